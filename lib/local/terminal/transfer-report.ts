import { basename, dirname, join, relative } from "node:path";
import { styleText } from "node:util";
import type { TransferState } from "../../../functions/contract.ts";
import type { TransferOutput } from "../../../functions/domain/transfer-output.ts";
import type { ExecutionDescription } from "../workflows/execution.ts";
import type { WorkflowEvent } from "../workflows/workflow-event.ts";
import { formatBytes, formatClock } from "./format.ts";

/** Colours and attributes that `styleText` knows, as far as reports use them. */
export type Style = (format: "bold" | "dim" | "green" | "red" | "yellow" | "cyan", text: string) => string;

/** Styles for a stream: none unless it is a terminal and NO_COLOR is unset (`styleText` looks at both). */
export function styleFor(stream: NodeJS.WritableStream): Style {
  return (format, text) => styleText(format, text, { stream: stream as NodeJS.WriteStream, validateStream: true });
}

/** States that only steer: a person follows the transfer without them. */
const steering = new Set([
  "Begin",
  "Settled?",
  "More outputs?",
  "Delete asked?",
  "Succeeded?",
  "Named failure",
  "Attempts used up",
  "Unnamed failure",
]);

/**
 * What a person sees of one event of the workflow, as a line; undefined when it is not worth one.
 * @param startedAt milliseconds since the epoch
 */
export function reportEvent(event: WorkflowEvent, startedAt: number, style: Style): string | undefined {
  const line = (text: string) => `${style("dim", formatClock(event.timestamp - startedAt))}  ${text}`;
  switch (event.type) {
    case "StateEntered":
      if (steering.has(event.state) || event.state === "Wait") return undefined;
      return line(style("cyan", event.state));
    case "StateExited":
      return event.state === "Check status" ? describePoll(event.output as TransferState, line) : undefined;
    case "StateFailed":
      return event.stateType === "Task"
        ? line(`  ${style("yellow", `${event.error}: ${causeText(event.cause)}`)}`)
        : undefined;
    case "StateRetried":
      return line(`  ${style("yellow", `again (attempt ${event.attempt + 1})`)}`);
    default:
      return undefined;
  }
}

function describePoll({ check, output, failure }: TransferState, line: (text: string) => string): string | undefined {
  // A poll that ended in an error left no decision: its error has been shown.
  if (!check) return undefined;
  const seen = `poll ${output?.polls}: ${output?.status ?? "no project"}, ${output?.verdict}`;
  if (check.next === "wait") return line(`  ${seen}; next poll in ${check.waitSeconds} s`);
  return line(failure ? `  ${seen}; ${failure.error}` : `  ${seen}`);
}

/** The sentence inside a Lambda error's Cause, which is JSON. */
function causeText(cause: string | undefined): string {
  try {
    return String((JSON.parse(cause ?? "") as { errorMessage?: unknown }).errorMessage ?? cause);
  } catch {
    return cause ?? "no cause";
  }
}

/** What a person reads when the transfer is over: where the files are, or what went wrong. */
export function reportEnd(end: ExecutionDescription, directory: string, style: Style): string {
  if (end.status !== "SUCCEEDED" || end.output === undefined) {
    return `${style("red", `${end.status} ${end.error ?? ""}`)}: ${end.cause ?? "no cause given"}`;
  }
  const output = JSON.parse(end.output) as TransferOutput;
  return [
    `${style("green", "Done")}: project ${output.id} is ${output.verdict}, ${output.polls} polls`,
    ...reportFiles(output, directory, style),
    `  remote project: ${deletedText[output.deleted]}`,
  ].join("\n");
}

function reportFiles({ manifest, outputs, outputsOmitted }: TransferOutput, directory: string, style: Style): string[] {
  if (!manifest) return [];
  const folder = relative(process.cwd(), join(directory, manifest.bucket, dirname(manifest.key)));
  const files = outputs.map(
    ({ key, bytes, sha256 }) =>
      `    ${basename(key)}  ${formatBytes(bytes)}  ${style("dim", `sha256 ${sha256.slice(0, 16)}…`)}`,
  );
  const omitted = outputsOmitted ? [`    ${outputsOmitted} outputs, listed in the manifest`] : [];
  return [`  ${style("bold", folder)}`, ...files, ...omitted, `    ${basename(manifest.key)}`];
}

const deletedText: Readonly<Record<TransferOutput["deleted"], string>> = {
  yes: "deleted, after every byte was verified",
  "not-requested": "kept (--delete deletes it after verification)",
  pending: "could not be deleted now; everything is copied",
};
