import { CopyInterrupted, ProjectGone, TransferFailed } from "../domain/errors.ts";
import { defaultDirectoryOf, type TransferInput } from "../domain/input.ts";
import { buildManifest, listsExactly, type Manifest, recordsSameBytes } from "../domain/manifest.ts";
import { planOutputs } from "../domain/output.ts";
import { type Project, type ProjectSummary, summarize } from "../domain/project.ts";
import { locationOf, matchesReceipt, type Receipt } from "../domain/receipt.ts";
import { verdictOf } from "../domain/verdict.ts";
import { boundedCopy } from "./bounded-copy.ts";
import { copyOutputs } from "./copy-outputs.ts";
import type { GuardedHttp } from "./guarded-http.ts";
import type { Log } from "./log.ts";
import type { MagicHour } from "./magic-hour.ts";
import type { OutputStore } from "./output-store.ts";
import { findProject } from "./read-project.ts";

/** Milliseconds before a function's end at which nothing is waited for any more, so that it ends by itself. */
const ending = 5_000;

/** What copying a project needs. */
export interface CopyPorts {
  /** The vendor's API. */
  readonly magicHour: MagicHour;
  /** The way to the download hosts. */
  readonly http: GuardedHttp;
  /** Where outputs go. */
  readonly store: OutputStore;
  /** Largest output accepted, in bytes. */
  readonly maxOutputBytes: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Where log lines go. */
  readonly log: Log;
}

/** One run of the copy: what earlier ones left and how long it may take. */
export interface CopyRun {
  /** Milliseconds this run has left. */
  readonly remaining: () => number;
  /** Receipts of earlier runs, which spare reading those objects again. Default none. */
  readonly earlier?: readonly Receipt[];
  /** Whether the polls found the project gone already: then one more 404 needs no second look. Default false. */
  readonly isKnownGone?: boolean;
  /** Ends the run early, as if its time were up. Default never. */
  readonly signal?: AbortSignal;
}

/** What one run of the copy achieved: all, with the manifest standing, or a part. */
export type CopyOutcome =
  | {
      readonly more: true;
      /** Receipts of what stands so far, in the project's order. */
      readonly receipts: readonly Receipt[];
    }
  | {
      readonly more: false;
      /** The standing manifest. */
      readonly manifest: Manifest;
      /** The project as the vendor shows it now; as the manifest shows it, when the vendor no longer has it. */
      readonly project: ProjectSummary;
      /** The vendor's status; null when it no longer has the project. */
      readonly status: string | null;
    };

/**
 * Copies every output of a project that is not in S3 yet, then writes the manifest. Can run any number of times, at any
 * time, with the same end: what stands verified is not copied again, and a project deleted after an earlier transfer is
 * answered for by its manifest.
 * @throws {ProjectGone} when the vendor no longer has the project and no manifest stands
 * @throws {TransferFailed | VendorUnavailable | StoreUnavailable | CopyInterrupted | CopyTooSlow} see their definitions
 */
export async function copyProject(transfer: TransferInput, given: CopyPorts, run: CopyRun): Promise<CopyOutcome> {
  const end = AbortSignal.timeout(Math.max(0, Math.floor(run.remaining() - ending)));
  const ports = boundedCopy(given, run.signal ? AbortSignal.any([end, run.signal]) : end);
  const { store, now, log } = ports;
  const { id, downloadDirectory } = transfer;
  // In this order: a project is deleted after its manifest is written, so that one found gone has it by now.
  const found = await findProject(id, ports.magicHour);
  const standing = await store.readManifest(downloadDirectory);
  if (standing && standing.project.id !== id) {
    throw new TransferFailed(
      `${downloadDirectory} holds the manifest of project ${standing.project.id}: choose another downloadDirectory`,
    );
  }
  if (found.kind === "gone") {
    if (standing) return answerFromManifest(id, standing, store);
    // Complete at the last poll and not found a moment later: a single 404 is not believed.
    if (found.how === "404" && !run.isKnownGone) {
      throw new CopyInterrupted(`project ${id} was complete, and the vendor now answers 404`);
    }
    throw new ProjectGone(
      `project ${id} is gone (${found.how}), and no manifest in ${downloadDirectory} says that it was copied${await elsewhere(transfer, store)}`,
    );
  }

  const outputs = planOutputs(requireComplete(found.project), downloadDirectory);
  if (standing && !listsExactly(standing, outputs)) {
    throw new TransferFailed(
      `the outputs of project ${id} are no longer those of its manifest in ${downloadDirectory}: nothing is changed`,
    );
  }
  const known = [...(standing?.outputs ?? []), ...(run.earlier ?? [])];
  const receipts = await copyOutputs(outputs, {
    id,
    directory: downloadDirectory,
    known,
    ports,
    remaining: run.remaining,
    ...(run.signal && { signal: run.signal }),
  });
  if (receipts.length < outputs.length) return { more: true, receipts };
  const manifest = buildManifest(found.project, receipts, now());
  if (standing && !recordsSameBytes(standing, manifest)) {
    throw new TransferFailed(`what was copied anew differs from the manifest in ${downloadDirectory}: both are kept`);
  }
  const written = standing ?? (await store.writeManifest(downloadDirectory, manifest));
  log.info("manifest stands", { id, directory: downloadDirectory, outputs: receipts.length });
  return { more: false, manifest: written, project: summarize(found.project), status: found.project.status };
}

/** The project, complete and with outputs. @throws {CopyInterrupted} when it no longer is */
function requireComplete(project: Project): Project {
  const { id, status, downloads } = project;
  if (verdictOf(project) === "complete" && downloads.length > 0) return project;
  throw new CopyInterrupted(`project ${id} was complete, and is now ${status} with ${downloads.length} downloads`);
}

/**
 * Where else a project that is gone was copied to, as the end of a sentence: a transfer with the usual directory, such as one
 * that the vendor's webhook started, may have copied and deleted it before this one could look.
 */
async function elsewhere({ id, downloadDirectory }: TransferInput, store: OutputStore): Promise<string> {
  const usual = defaultDirectoryOf(id);
  if (usual === downloadDirectory) return "";
  const copied = (await store.readManifest(usual).catch(() => undefined))?.project.id === id;
  return copied ? `; another transfer copied it to ${usual}` : "";
}

async function answerFromManifest(id: string, standing: Manifest, store: OutputStore): Promise<CopyOutcome> {
  for (const receipt of standing.outputs) {
    if (matchesReceipt(await store.head(receipt.key), receipt)) continue;
    throw new TransferFailed(`project ${id} is gone, and ${locationOf(receipt)} is not what its manifest says`);
  }
  return { more: false, manifest: standing, project: standing.project, status: null };
}
