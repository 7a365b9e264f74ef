import type { DescribedExecution } from "../../functions/domain/api-transfer.ts";
import { type TerminalErrorName, terminalErrorNames } from "../../functions/domain/errors.ts";
import { buildEvent, messageIdOf } from "../../functions/domain/event.ts";
import { transferFrom } from "./transfer.ts";

/** Under which message id a transfer's end was told, and since when it can have been. */
export interface Announcement {
  /** The event's message id. */
  readonly messageId: string;
  /** Milliseconds since the epoch; no delivery of it is older. */
  readonly notBefore: number;
}

/** How far the vendor's clock and its dates without a zone may be off, in milliseconds: a day. */
const clockLeeway = 86_400_000;

/**
 * What a transfer's end was told as: the id is computed as `Notify` computed it. What can happen only once is told only
 * once, so an earlier transfer of the same project may have told it.
 * @returns undefined where nobody is told: it runs, it was stopped, or it ended while the project was pending
 */
export function announcementOf(execution: DescribedExecution): Announcement | undefined {
  const { name, startedAt, status, input, output, error } = transferFrom(execution);
  const failed = terminalErrorNames.find((known) => known === error?.name);
  const isTold = status === "SUCCEEDED" ? output !== null && output.verdict !== "pending" : failed !== undefined;
  if (!isTold || status === "ABORTED") return undefined;
  const ended = {
    execution: { name, startedAt },
    input,
    ...(output && { output }),
    ...(failed && { failure: { error: failed, detail: { errorMessage: "" } } }),
  };
  // The time is no part of the id.
  return { messageId: messageIdOf(buildEvent(ended, 0)), notBefore: firstTelling(startedAt, failed, output?.project) };
}

function firstTelling(
  startedAt: string,
  failed: TerminalErrorName | undefined,
  project: { readonly createdAt: string | null } | null | undefined,
): number {
  const happensOnce = failed === undefined || failed === "ProjectFailed" || failed === "ProjectCanceled";
  if (!happensOnce) return Date.parse(startedAt);
  return project?.createdAt ? Date.parse(project.createdAt) - clockLeeway : 0;
}
