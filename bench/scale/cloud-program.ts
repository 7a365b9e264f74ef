/**
 * The embedded cloud as a program: the synthesized workflows and the real functions, with the vendor and the object store in
 * other processes, so that its memory and its profile are its own.
 */
import { setImmediate } from "node:timers/promises";
import { type EmbeddedCloud, startEmbeddedCloud } from "../../lib/local/embedded-cloud.ts";
import { type FunctionConcurrency, localStateMachineArn } from "../../lib/local/local-machines.ts";
import type { SynthesizedTransfer } from "../../lib/local/synthesized-transfer.ts";
import type { ExecutionDescription } from "../../lib/local/workflows/execution.ts";
import { answerParent } from "./child.ts";
import { type ProfileShares, startProfile } from "./profile.ts";
import type { VendorPlace } from "./vendor-program.ts";

/** What it is asked. */
export type CloudQuestion =
  | {
      readonly kind: "start";
      readonly vendor: VendorPlace;
      readonly storeUrl: string;
      /** For the store that it has of its own and that nobody uses. */
      readonly directory: string;
      readonly transfer: SynthesizedTransfer;
      readonly concurrency: FunctionConcurrency;
    }
  | { readonly kind: "run"; readonly ids: readonly string[] };

/** How one transfer went. */
export interface TransferFigures {
  /** The project's id. */
  readonly id: string;
  /** Of the execution. */
  readonly status: string;
  /** Why it failed, if it did. */
  readonly error: string | undefined;
  /** From the start of the execution to its end, in milliseconds. */
  readonly milliseconds: number;
  /** Polls that were sent. */
  readonly polls: number;
}

/** How all of them went. */
export interface CrowdFigures {
  readonly transfers: readonly TransferFigures[];
  /** From the first start to the last end, in seconds. */
  readonly totalSeconds: number;
  /** Transfers that ran at the same time, at most. */
  readonly mostAtOnce: number;
  /** Polls that were put off because of the vendor's limit. */
  readonly deferrals: number;
  /** Calls of functions beyond their reserved concurrency, and other retries. */
  readonly retries: number;
  /** Processor time of this process, in seconds. */
  readonly cpuSeconds: number;
  /** Largest resident set of this process so far, in MiB. */
  readonly peakMiB: number;
  /** Where the processor time went. */
  readonly profile: ProfileShares;
}

/** Finished executions, deliveries among them, whose histories are kept; every manifest is looked at all the same. */
const rememberedExecutions = 1_000;

/** Executions started before others get to do something. */
const startedAtOnce = 50;

const counts = { running: 0, most: 0, deferrals: 0, retries: 0 };
let cloud: EmbeddedCloud | undefined;

async function start({ vendor, storeUrl, ...given }: Extract<CloudQuestion, { kind: "start" }>): Promise<void> {
  const sink = {
    info: (line: { readonly message?: unknown }) => {
      if (line.message === "not polled yet") counts.deferrals += 1;
    },
    warn: () => undefined,
  };
  cloud = await startEmbeddedCloud({
    ...given,
    vendor: { baseUrl: vendor.url, apiKey: vendor.apiKey },
    guardExceptions: [vendor.url],
    environment: { AWS_ENDPOINT_URL_S3: storeUrl },
    host: { now: Date.now, random: Math.random, sink },
    workflows: {
      finishedExecutions: rememberedExecutions,
      onEvent: ({ stateMachineArn }, { type }) => {
        if (stateMachineArn !== localStateMachineArn) return;
        if (type === "StateRetried") counts.retries += 1;
        if (type === "ExecutionStarted") counts.most = Math.max(counts.most, ++counts.running);
        if (type === "ExecutionEnded") counts.running -= 1;
      },
    },
  });
}

async function run(ids: readonly string[]): Promise<CrowdFigures> {
  if (!cloud) throw new Error("start comes first");
  const { workflows } = cloud;
  const endProfile = await startProfile();
  const [began, cpu] = [Date.now(), process.cpuUsage()];
  const ends: Promise<TransferFigures>[] = [];
  for (const [index, id] of ids.entries()) {
    const { executionArn } = workflows.start({ stateMachineArn: localStateMachineArn, input: JSON.stringify({ id }) });
    ends.push(workflows.completion(executionArn).then((end) => figuresOf(id, end)));
    if (index % startedAtOnce === 0) await setImmediate();
  }
  const transfers = await Promise.all(ends);
  const totalSeconds = (Date.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  // Before the profile is read, which takes memory of its own.
  const peakMiB = process.resourceUsage().maxRSS / 1_024;
  const { most: mostAtOnce, deferrals, retries } = counts;
  const cpuSeconds = (user + system) / 1_000_000;
  return { transfers, totalSeconds, mostAtOnce, deferrals, retries, cpuSeconds, peakMiB, profile: await endProfile() };
}

function figuresOf(id: string, { status, error, startDate, stopDate, output }: ExecutionDescription): TransferFigures {
  const { polls = 0 } = JSON.parse(output ?? "{}") as { polls?: number };
  const milliseconds = (stopDate?.getTime() ?? Number.NaN) - startDate.getTime();
  return { id, status, error, milliseconds, polls };
}

answerParent<CloudQuestion>(async (question) => (question.kind === "start" ? start(question) : run(question.ids)));
