import * as v from "valibot";

/** What one pass of the cleanup did. */
export interface CleanupCounts {
  /** Markers that were due and taken up. */
  due: number;
  /** Transfers started. One that was started before, by a pass that was killed, is not counted. */
  started: number;
  /** Markers that another one, due later, takes the place of: the project is still pending, or not to be deleted yet. */
  waiting: number;
  /** Markers that nothing follows: pending for longer than is looked at, or a retention that was switched off. */
  givenUp: number;
  /** Objects among the markers that are none. */
  unreadable: number;
  /** Deletions asked for more than 24 hours ago, and taken up once more. */
  overdueDeletions: number;
  /** Markers and requests that failed. */
  failed: number;
  /** Orphaned uploads aborted. */
  uploadsAborted: number;
  /** Whether something due may be left for another pass. */
  more: boolean;
}

/** Age at which a deletion is overdue, in milliseconds: 24 hours. */
const overdueAfter = 86_400_000;

/** Before a pass. */
export function nothingSwept(): CleanupCounts {
  return {
    due: 0,
    started: 0,
    waiting: 0,
    givenUp: 0,
    unreadable: 0,
    overdueDeletions: 0,
    failed: 0,
    uploadsAborted: 0,
    more: false,
  };
}

/** Whether a deletion is overdue. @param since milliseconds since the epoch */
export function isOverdue(since: number, now: number): boolean {
  return now - since > overdueAfter;
}

const triggerSchema = v.variant("source", [
  v.object({ source: v.literal("aws.events") }),
  v.object({ source: v.literal("aws.cloudwatch"), alarmData: v.object({ alarmName: v.string() }) }),
]);

/**
 * What a pass was triggered by, for its summary: `schedule`, `alarm <name>` (Lambda as a CloudWatch alarm's action gets
 * `source` and `alarmData`: CloudWatch User Guide, "Invoke a Lambda function from an alarm"), or anything else, `hand`.
 */
export function triggerOf(event: unknown): string {
  const parsed = v.safeParse(triggerSchema, event);
  if (!parsed.success) return "hand";
  return parsed.output.source === "aws.events" ? "schedule" : `alarm ${parsed.output.alarmData.alarmName}`;
}
