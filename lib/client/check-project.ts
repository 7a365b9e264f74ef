import { TransferFailed } from "../../functions/domain/errors.ts";
import type { TransferInput } from "../../functions/domain/input.ts";
import { manifestKey } from "../../functions/domain/object-key.ts";
import { locationOf } from "../../functions/domain/receipt.ts";
import type { CheckedRequest } from "./checked-request.ts";
import { followCopy } from "./copy-updates.ts";
import { type Destination, openDestination } from "./destination.ts";
import { savedOutput } from "./outputs-there.ts";
import type { Patience } from "./passing-failures.ts";
import { type Poll, pollProject } from "./polls.ts";
import { type ClientPorts, noLog } from "./ports.ts";
import type { CheckResult, ProjectUpdate } from "./results.ts";
import { saveOutputs } from "./save-outputs.ts";
import { terminalErrorOf } from "./terminal-errors.ts";

/** Of a result to which no output belongs. */
const nothingSaved = { outputs: [], downloadedPaths: [], deleted: "not-requested" } as const;

/** What a check is told and tells. */
export interface Checking {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Hears of polls and of the copy. */
  readonly onUpdate: (update: ProjectUpdate) => void;
}

/**
 * Polls a project, saves its outputs and deletes it, as far as asked: the transfer workflow, in process.
 * @throws the signal's reason
 * @throws what the workflow would end with, under the same name, and `OutputsIncomplete`
 */
export async function checkProject(
  { transfer, place }: CheckedRequest,
  ports: ClientPorts,
  checking: Checking,
): Promise<CheckResult> {
  const { signal, onUpdate } = checking;
  const startedAt = ports.now();
  const destination = transfer.downloadOutputs ? await openDestination(place, ports, signal) : undefined;
  const poll = await lastPoll(pollProject(transfer, ports, { startedAt, signal }), onUpdate);
  const { decision, status, project, update } = poll;
  if (decision.failure) throw terminalErrorOf(decision.failure);
  if (decision.next === "download" && destination) {
    const patience = { deadlineAt: startedAt + transfer.deadlineSeconds * 1_000, signal };
    return saveProject(transfer, poll, { ...checking, ...patience, ports, destination });
  }
  const { id } = transfer;
  // Nothing else is done with a project that was not seen, but to wait or to fail.
  if (!project) throw new TransferFailed(`project ${id} was not seen`);
  return { id, verdict: decision.verdict, status, project, ...nothingSaved, polls: update.polls };
}

/** What saving needs besides. */
interface SavingProject extends Checking, Patience {
  readonly ports: ClientPorts;
  readonly destination: Destination;
}

/** Saves the outputs of a project that has settled, and deletes it if asked. */
async function saveProject(
  transfer: TransferInput,
  { decision, update }: Poll,
  { ports, destination, signal, onUpdate, deadlineAt }: SavingProject,
): Promise<CheckResult> {
  const { id, deleteAfterDownload } = transfer;
  const { store, directory } = destination;
  const { magicHour, http, maxOutputBytes, now } = ports;
  using _following = followCopy(id, directory, (progress) => onUpdate({ ...update, progress }));
  const { manifest, status, project } = await saveOutputs(transfer, {
    ports,
    copy: { magicHour, http, store, maxOutputBytes, now, log: noLog },
    isKnownGone: decision.verdict === "gone",
    deadlineAt,
    signal,
  });
  if (deleteAfterDownload) {
    // Loaded when it is needed: what verifies a deletion brings the SDK's S3 client with it.
    const { deleteSaved } = await import("./delete-project.ts");
    await deleteSaved(transfer, destination, ports, { deadlineAt, signal });
  }
  const outputs = manifest.outputs.map(savedOutput);
  return {
    id,
    verdict: "complete",
    status,
    project,
    outputs,
    downloadedPaths: outputs.map(({ where }) => where),
    manifest: locationOf({ bucket: store.bucket, key: manifestKey(directory) }),
    deleted: deleteAfterDownload ? "yes" : "not-requested",
    polls: update.polls,
  };
}

async function lastPoll(polls: AsyncIterable<Poll>, onUpdate: (update: ProjectUpdate) => void): Promise<Poll> {
  let last: Poll | undefined;
  for await (const poll of polls) {
    last = poll;
    onUpdate(poll.update);
  }
  if (last) return last;
  throw new Error("a project was not polled at all");
}
