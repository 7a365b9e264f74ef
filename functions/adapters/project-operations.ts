import { deletionOccasion, fitsAnswer, reservedMilliseconds } from "../domain/api-deletion.ts";
import { VendorRefused } from "../domain/api-errors.ts";
import type { Deletion } from "../domain/api-project.ts";
import type { DeletionRequest } from "../domain/api-request.ts";
import { CopyInterrupted, StoreUnavailable, TransferFailed } from "../domain/errors.ts";
import { parseInput } from "../domain/input.ts";
import { transferNameOf } from "../domain/transfer-name.ts";
import type { Observation } from "../domain/verdict.ts";
import { boundedDeletion } from "./bounded-deletion.ts";
import { type DeletePorts, deleteVerified } from "./delete-verified.ts";
import type { TransferOperations } from "./transfer-operations.ts";

/** What looking at and deleting projects needs. */
export interface ProjectPorts extends Omit<DeletePorts, "signal"> {
  /** For what takes longer than an answer. */
  readonly transfers: Pick<TransferOperations, "start">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The vendor's projects, as the HTTP API offers them. */
export interface ProjectOperations {
  /** One look at a project. @throws {Unauthorized | VendorRefused} */
  look(id: string): Promise<Observation>;
  /**
   * Deletes a project. Unless forced, only by {@link deleteVerified}; where that takes longer than an answer, a transfer
   * is started that does the same without haste.
   * @param remainingMilliseconds until the function ends
   * @throws {TransferFailed} when the deletion is refused: no manifest of the project stands, or something differs
   * @throws {VendorRefused} when the vendor refuses one that is forced
   * @throws {Unauthorized | VendorUnavailable | StoreUnavailable | WorkflowsUnavailable}
   */
  delete(request: DeletionRequest, remainingMilliseconds: number): Promise<Deletion>;
}

/** The vendor's projects. */
export function createProjectOperations(ports: ProjectPorts): ProjectOperations {
  const { magicHour, transfers, now, log } = ports;

  const byTransfer = async ({ id, downloadDirectory }: DeletionRequest): Promise<Deletion> => {
    const input = { id, downloadDirectory, deleteAfterDownload: true };
    const { execution } = await transfers.start({ name: transferNameOf(input, deletionOccasion(now())), input });
    return { kind: "transfer", execution };
  };

  const verified = async (request: DeletionRequest, remainingMilliseconds: number): Promise<Deletion> => {
    const signal = AbortSignal.timeout(Math.max(0, remainingMilliseconds - reservedMilliseconds));
    const bounded = boundedDeletion({ ...ports, signal });
    const manifest = await bounded.store.readManifest(request.downloadDirectory).catch((error: unknown) => {
      // Without its manifest a project is not handed to a transfer, which would copy instead of refusing.
      throw error instanceof CopyInterrupted ? new StoreUnavailable("S3 did not show the manifest in time") : error;
    });
    const isOurs = manifest?.project.id === request.id;
    if (isOurs && !fitsAnswer(manifest)) return byTransfer(request);
    try {
      await deleteVerified(parseInput({ id: request.id, downloadDirectory: request.downloadDirectory }), bounded);
    } catch (error) {
      if (!(error instanceof CopyInterrupted)) throw error;
      if (isOurs) return byTransfer(request);
      throw new StoreUnavailable("S3 did not show the manifest in time");
    }
    return { kind: "deleted" };
  };

  return {
    look: (id) => orVendorRefused(magicHour.getProject(id)),
    async delete(request, remainingMilliseconds) {
      if (!request.force) return verified(request, remainingMilliseconds);
      // Before it is sent, because its answer may be lost.
      log.warn("deletion by force", { id: request.id });
      await orVendorRefused(magicHour.deleteProject(request.id));
      return { kind: "deleted" };
    },
  };
}

/** Where nothing of ours is in the way, a refusal is the vendor's own. @throws {VendorRefused} instead of TransferFailed */
async function orVendorRefused<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof TransferFailed ? new VendorRefused(error.message) : error;
  }
}
