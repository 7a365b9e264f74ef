import { TransferFailed, VendorUnavailable } from "../domain/errors.ts";
import type { TransferInput } from "../domain/input.ts";
import { listsExactly, type Manifest } from "../domain/manifest.ts";
import { type PlannedOutput, planOutputs } from "../domain/output.ts";
import type { Project } from "../domain/project.ts";
import { locationOf, type Receipt } from "../domain/receipt.ts";
import { verdictOf } from "../domain/verdict.ts";
import { type CopyBudget, createCopyBudget } from "./copy-budget.ts";
import type { GuardedHttp } from "./guarded-http.ts";
import type { Log } from "./log.ts";
import type { MagicHour } from "./magic-hour.ts";
import type { OutputStore } from "./output-store.ts";
import { findProject, freshUrl } from "./read-project.ts";
import { isSourceUnchanged } from "./source-unchanged.ts";

/** What a deletion needs. */
export interface DeletePorts {
  /** The vendor's API. */
  readonly magicHour: MagicHour;
  /** The way to the download hosts. */
  readonly http: GuardedHttp;
  /** Where the outputs must be. */
  readonly store: OutputStore;
  /** Where log lines go. */
  readonly log: Log;
  /** Ends looking at the sources. */
  readonly signal: AbortSignal;
}

/**
 * Deletes the remote project, which cannot be undone, and so only after all of this, in this order: the manifest of this
 * project stands; every object it lists is read back from S3, byte for byte, and has its size, CRC32 and SHA-256; the
 * project is complete and its outputs, as the vendor lists them now, are exactly those of the manifest; every source still
 * has the bytes that were copied; and the project, read a last time, still lists the same. A project that is gone already
 * is success. Can run any number of times.
 * @throws {TransferFailed} when the deletion is refused
 * @throws {VendorUnavailable | StoreUnavailable | CopyInterrupted} when it could not be done or its outcome is unknown
 */
export async function deleteVerified({ id, downloadDirectory }: TransferInput, ports: DeletePorts): Promise<void> {
  const { magicHour, store, log } = ports;
  const manifest = await store.readManifest(downloadDirectory);
  if (manifest?.project.id !== id) throw refused(id, `no manifest of it stands in ${downloadDirectory}`);
  for (const receipt of manifest.outputs) await verify(id, receipt, store);
  const found = await findProject(id, magicHour);
  if (found.kind === "gone") return;
  const outputs = requireListed(found.project, downloadDirectory, manifest);
  const budget = createCopyBudget(ports.http, ports.signal);
  try {
    for (const output of outputs) await requireUnchanged(output, manifest, id, { ...ports, budget });
  } finally {
    budget.close();
  }
  // Once more, because reading sources may take minutes in which an output can have been added.
  const last = await findProject(id, magicHour);
  if (last.kind === "gone") return;
  requireListed(last.project, downloadDirectory, manifest);
  try {
    await magicHour.deleteProject(id);
  } catch (error) {
    // The answer may be lost while the project is deleted: what counts is whether it is still there.
    if (!(error instanceof VendorUnavailable)) throw error;
    if ((await findProject(id, magicHour)).kind !== "gone") throw error;
  }
  log.info("remote project deleted", { id, outputs: manifest.outputs.length });
}

async function verify(id: string, receipt: Receipt, store: OutputStore): Promise<void> {
  const where = locationOf(receipt);
  if (receipt.bucket !== store.bucket) throw refused(id, `${where} is not in ${store.bucket || "a directory"}`);
  const read = await store.readBack(receipt.key);
  if (!read) throw refused(id, `${where} is missing`);
  if (read.bytes !== receipt.bytes) throw refused(id, `${where} has ${read.bytes} bytes instead of ${receipt.bytes}`);
  if (read.crc32 !== receipt.checksum.value || read.sha256 !== receipt.sha256) {
    throw refused(id, `the bytes of ${where} are not those that were copied`);
  }
}

/** The outputs that the vendor lists now. @throws {TransferFailed} unless they are exactly those of the manifest */
function requireListed(project: Project, directory: string, manifest: Manifest): PlannedOutput[] {
  if (verdictOf(project) !== "complete") throw refused(project.id, `its status is ${project.status}`);
  const outputs = planOutputs(project, directory);
  if (listsExactly(manifest, outputs)) return outputs;
  throw refused(project.id, "its outputs are no longer those of the manifest");
}

/** @throws {TransferFailed} when the output's source has other bytes than those that were copied */
async function requireUnchanged(
  output: PlannedOutput,
  manifest: Manifest,
  id: string,
  { magicHour, signal, budget }: DeletePorts & { readonly budget: CopyBudget },
): Promise<void> {
  const receipt = manifest.outputs[output.index];
  const source = { url: output.url, refreshUrl: () => freshUrl(output, id, magicHour) };
  if (receipt && (await isSourceUnchanged(receipt, source, budget, signal))) return;
  throw refused(id, `the source of ${output.key} has changed since it was copied`);
}

function refused(id: string, why: string): TransferFailed {
  return new TransferFailed(`project ${id} is not deleted: ${why}`);
}
