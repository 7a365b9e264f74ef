import { CopyInterrupted, ProjectGone, TransferFailed, VendorUnavailable } from "../domain/errors.ts";
import type { TransferInput } from "../domain/input.ts";
import { buildManifest, listsExactly, type Manifest, recordsSameBytes } from "../domain/manifest.ts";
import { type PlannedOutput, planOutputs } from "../domain/output.ts";
import { type Project, type ProjectSummary, summarize } from "../domain/project.ts";
import { matchesReceipt, type Receipt } from "../domain/receipt.ts";
import { verdictOf } from "../domain/verdict.ts";
import { copyOutput, findReceipt } from "./copy-output.ts";
import type { GuardedHttp } from "./guarded-http.ts";
import type { Log } from "./log.ts";
import type { MagicHour } from "./magic-hour.ts";
import type { OutputStore } from "./output-store.ts";

/** Milliseconds kept back at the end of a function's time, to abort an open upload and to answer. */
const reserve = 15_000;

/** Milliseconds below which no further output is begun, when one was copied in this run already. */
const shortestStart = 60_000;

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

/** What one run of the copy achieved: all, with the manifest standing, or a part. */
export type CopyOutcome =
  | { readonly more: true }
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
 * @param remaining milliseconds this run has left
 * @throws {ProjectGone} when the vendor no longer has the project and no manifest stands
 * @throws {TransferFailed | VendorUnavailable | StoreUnavailable | CopyInterrupted} see their definitions
 */
export async function copyProject(
  transfer: TransferInput,
  ports: CopyPorts,
  remaining: () => number,
): Promise<CopyOutcome> {
  const { store, now, log } = ports;
  const { id, downloadDirectory } = transfer;
  // In this order: a project is deleted after its manifest is written, so that one found gone has it by now.
  const project = await readProject(id, ports.magicHour);
  const standing = await store.readManifest(downloadDirectory);
  if (standing && standing.project.id !== id) {
    throw new TransferFailed(
      `${downloadDirectory} holds the manifest of project ${standing.project.id}: choose another downloadDirectory`,
    );
  }
  if (!project) return answerFromManifest(transfer, standing, store);

  const outputs = planOutputs(project, downloadDirectory);
  if (standing && !listsExactly(standing, outputs)) {
    throw new TransferFailed(
      `the outputs of project ${id} are no longer those of its manifest in ${downloadDirectory}: nothing is changed`,
    );
  }
  const receipts = await copyOutputs(outputs, { id, standing, ports, remaining });
  if (!receipts) return { more: true };
  const manifest = buildManifest(project, receipts, now());
  if (standing && !recordsSameBytes(standing, manifest)) {
    throw new TransferFailed(`what was copied anew differs from the manifest in ${downloadDirectory}: both are kept`);
  }
  const written = standing ?? (await store.writeManifest(downloadDirectory, manifest));
  log.info("manifest stands", { id, directory: downloadDirectory, outputs: receipts.length });
  return { more: false, manifest: written, project: summarize(project), status: project.status };
}

/** The project while it is complete and has outputs; undefined when the vendor no longer has it. */
async function readProject(id: string, magicHour: MagicHour): Promise<Project | undefined> {
  const observation = await magicHour.getProject(id);
  if (observation.kind === "unavailable") throw new VendorUnavailable(`GET of project ${id}: ${observation.reason}`);
  if (observation.kind === "not-found") return undefined;
  const { project } = observation;
  const verdict = verdictOf(project);
  if (verdict === "gone") return undefined;
  if (verdict === "complete" && project.downloads.length > 0) return project;
  throw new CopyInterrupted(
    `project ${id} was complete, and is now ${project.status} with ${project.downloads.length} downloads`,
  );
}

async function answerFromManifest(
  { id, downloadDirectory }: TransferInput,
  standing: Manifest | undefined,
  store: OutputStore,
): Promise<CopyOutcome> {
  if (!standing)
    throw new ProjectGone(`project ${id} is gone, and no manifest in ${downloadDirectory} says that it was copied`);
  for (const receipt of standing.outputs) {
    if (matchesReceipt(await store.head(receipt.key), receipt)) continue;
    throw new TransferFailed(
      `project ${id} is gone, and s3://${receipt.bucket}/${receipt.key} is not what its manifest says`,
    );
  }
  return { more: false, manifest: standing, project: standing.project, status: null };
}

interface CopyRun {
  readonly id: string;
  readonly standing: Manifest | undefined;
  readonly ports: CopyPorts;
  readonly remaining: () => number;
}

/** All receipts in order; undefined when this run's time would not do for the next output. */
async function copyOutputs(outputs: readonly PlannedOutput[], run: CopyRun): Promise<Receipt[] | undefined> {
  const { id, standing, ports, remaining } = run;
  const { http, store, maxOutputBytes: maxBytes, magicHour, log, now } = ports;
  const signal = AbortSignal.timeout(Math.max(0, remaining() - reserve));
  const context = {
    id,
    http,
    store,
    maxBytes,
    signal,
    refreshUrl: (output: PlannedOutput) => freshUrl(output, id, magicHour),
  };
  const receipts: Receipt[] = [];
  let longest = 0;
  for (const output of outputs) {
    const found = await findReceipt(output, context, standing);
    if (found) {
      receipts.push(found);
      continue;
    }
    if (longest > 0 && remaining() - reserve < Math.max(shortestStart, 2 * longest)) return undefined;
    const began = now();
    const receipt = await copyOutput(output, context);
    longest = Math.max(longest, now() - began, 1);
    log.info("output copied", { id, key: receipt.key, bytes: receipt.bytes, milliseconds: now() - began });
    receipts.push(receipt);
  }
  return receipts;
}

/** The same output's URL from a new GET. @throws {CopyInterrupted} when the project no longer has it: planned again. */
async function freshUrl(output: PlannedOutput, id: string, magicHour: MagicHour): Promise<string> {
  const project = await readProject(id, magicHour);
  const fresh = project && planOutputs(project, "").find(({ index }) => index === output.index);
  if (fresh?.sourceId === output.sourceId) return fresh.url;
  throw new CopyInterrupted(`${output.key}: project ${id} no longer lists this output at its place`);
}
