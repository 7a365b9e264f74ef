import type { TransferInput } from "./input.ts";
import type { Manifest } from "./manifest.ts";
import { type ProjectSummary, summarize } from "./project.ts";
import type { Receipt } from "./receipt.ts";
import type { Decision, Observation, Verdict } from "./verdict.ts";

/** Most bytes of receipts (as JSON) that an output carries. Workflow state ends at 262,144 bytes, and holds more than these. */
export const largestReceiptsBytes = 131_072;

/** What an execution of the transfer workflow answers. */
export interface TransferOutput {
  /** The project's id. */
  readonly id: string;
  /** Our reading of the project. */
  readonly verdict: Verdict;
  /** The vendor's raw word; null when the vendor was never reached or no longer has the project. */
  readonly status: string | null;
  /** The project without its download URLs; null when the vendor was never reached. */
  readonly project: ProjectSummary | null;
  /** One receipt an output, in the project's order. Empty when nothing was to be copied, or see `outputsOmitted`. */
  readonly outputs: readonly Receipt[];
  /** Set when the receipts exceed 131,072 bytes as JSON: how many there are. They stand in the manifest. */
  readonly outputsOmitted?: number;
  /** Where the manifest is; null when nothing was copied. */
  readonly manifest: {
    /** Bucket name. */
    readonly bucket: string;
    /** Object key. */
    readonly key: string;
  } | null;
  /** Whether the remote project is deleted: `pending` means that it was asked for and will be done by the cleanup. */
  readonly deleted: "yes" | "not-requested" | "pending";
  /** Number of polls. */
  readonly polls: number;
  /** Start of the execution, UTC, ISO 8601. */
  readonly startedAt: string;
  /** End of the last step that did something, UTC, ISO 8601. */
  readonly finishedAt: string;
  /** Whether the deliveries of the transfer's event were started; false where there is none: while still pending. */
  readonly announced: boolean;
  /** The input's metadata. */
  readonly metadata: TransferInput["metadata"];
}

/** The output's part about receipts: the receipts, or their number where they would not fit the workflow's state. */
export function fitReceipts(receipts: readonly Receipt[]): Pick<TransferOutput, "outputs" | "outputsOmitted"> {
  const fits = Buffer.byteLength(JSON.stringify(receipts)) <= largestReceiptsBytes;
  return fits ? { outputs: receipts } : { outputs: [], outputsOmitted: receipts.length };
}

/** The output after a poll, or after one that was not sent: what is known of the project, nothing copied. */
export function afterPoll(
  transfer: TransferInput,
  observation: Observation | undefined,
  { verdict, counts }: Pick<Decision, "verdict" | "counts">,
  context: { readonly startedAt: string; readonly now: number; readonly previous: TransferOutput | undefined },
): TransferOutput {
  const seen = observation?.kind === "project" ? observation.project : undefined;
  return {
    id: transfer.id,
    verdict,
    status: seen?.status ?? context.previous?.status ?? null,
    project: seen ? summarize(seen) : (context.previous?.project ?? null),
    outputs: [],
    manifest: null,
    deleted: "not-requested",
    polls: counts.polls,
    startedAt: context.startedAt,
    finishedAt: new Date(context.now).toISOString(),
    announced: false,
    metadata: transfer.metadata,
  };
}

/** The output once the manifest stands. A deletion that was asked for is pending until the deleting function says yes. */
export function afterCopy(
  output: TransferOutput,
  transfer: TransferInput,
  {
    manifest,
    bucket,
    key,
    project,
    status,
  }: {
    readonly manifest: Manifest;
    readonly bucket: string;
    readonly key: string;
    readonly project: ProjectSummary;
    readonly status: string | null;
  },
  now: number,
): TransferOutput {
  return {
    ...output,
    verdict: "complete",
    status,
    project,
    ...fitReceipts(manifest.outputs),
    manifest: { bucket, key },
    deleted: transfer.deleteAfterDownload ? "pending" : "not-requested",
    finishedAt: new Date(now).toISOString(),
  };
}

/**
 * What a finished copy comes to: outputs, bytes, and seconds from the poll that saw the project complete.
 * @param seen the output as that poll left it
 */
export function copyFigures(
  { outputs }: Manifest,
  seen: TransferOutput,
  now: number,
): { readonly outputs: number; readonly bytes: number; readonly seconds: number } {
  const bytes = outputs.reduce((sum, receipt) => sum + receipt.bytes, 0);
  return { outputs: outputs.length, bytes, seconds: Math.max(0, now - Date.parse(seen.finishedAt)) / 1_000 };
}

/** The output once the remote project is gone. */
export function afterDelete(output: TransferOutput, now: number): TransferOutput {
  return { ...output, deleted: "yes", finishedAt: new Date(now).toISOString() };
}
