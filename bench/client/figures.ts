import { median } from "../copy/rounds.ts";
import { queuedSeconds } from "./parts.ts";
import { type ClientName, type CopyPartName, type CopySample, clientNames, type PollSample } from "./sample.ts";

/** What `--json` prints: medians over rounds, ours by the vendor's; null is what was not measured. */
export interface Figures {
  /** Peak resident set with one large output. */
  readonly rss_ratio: number | null;
  /** Wall time where each connection gets 25 MiB/s: the worse of one large output and eight. */
  readonly wall_ratio: number | null;
  /** Polls for a project of 21 s: the worst of its courses. */
  readonly polls_ratio: number | null;
  /** How much later, in seconds, a completion is seen than by the vendor's: the worst of its courses. */
  readonly detection_delay_difference_s: number | null;
  /** Wall time from a loopback that is as fast as it can: one large output, and eight. */
  readonly wall_ratio_one_loopback: number | null;
  readonly wall_ratio_eight_loopback: number | null;
  /** Wall time where each connection gets 25 MiB/s: one large output, and eight. */
  readonly wall_ratio_one_throttled: number | null;
  readonly wall_ratio_eight_throttled: number | null;
  /** Peak resident set with eight outputs. */
  readonly rss_ratio_eight: number | null;
  /** Longest delay of the event loop with one large output. */
  readonly loop_delay_ratio: number | null;
  /** Peak resident sets with one large output, in MiB. */
  readonly ours_peak_rss_mib: number | null;
  readonly vendor_peak_rss_mib: number | null;
  /** Longest delays of the event loop with one large output, in milliseconds. */
  readonly ours_loop_delay_ms: number | null;
  readonly vendor_loop_delay_ms: number | null;
  /** Polls of ours and seconds until it saw the completion, in the worst course. */
  readonly ours_polls: number | null;
  readonly ours_detection_delay_s: number | null;
  /** The same of the vendor's, in its own worst course. */
  readonly vendor_polls: number | null;
  readonly vendor_detection_delay_s: number | null;
}

/** The figures of all samples. */
export function computeFigures(copies: readonly CopySample[], polls: readonly PollSample[]): Figures {
  const copied = (part: CopyPartName, field: CopyField) => ours(middlesOf(copies, part, field));
  const large = { rss: middlesOf(copies, "one", "peakMiB"), delay: middlesOf(copies, "one", "mostDelayMs") };
  const wall = { one: copied("one-throttled", "wallSeconds"), eight: copied("eight-throttled", "wallSeconds") };
  const counts = pollMiddles(polls, "polls");
  const delays = pollMiddles(polls, "delaySeconds");
  const worst = (values: readonly number[]) => (values.length === 0 ? Number.NaN : Math.max(...values));
  const worstOf = (pairs: readonly Pair[], client: ClientName) => worst(pairs.map((pair) => pair[client]));
  const figures = {
    rss_ratio: ours(large.rss),
    wall_ratio: worst([wall.one, wall.eight]),
    polls_ratio: worst(counts.map(ours)),
    detection_delay_difference_s: worst(delays.map((pair) => pair.ours - pair.vendor)),
    wall_ratio_one_loopback: copied("one", "wallSeconds"),
    wall_ratio_eight_loopback: copied("eight", "wallSeconds"),
    wall_ratio_one_throttled: wall.one,
    wall_ratio_eight_throttled: wall.eight,
    rss_ratio_eight: copied("eight", "peakMiB"),
    loop_delay_ratio: ours(large.delay),
    ours_peak_rss_mib: large.rss.ours,
    vendor_peak_rss_mib: large.rss.vendor,
    ours_loop_delay_ms: large.delay.ours,
    vendor_loop_delay_ms: large.delay.vendor,
    ours_polls: worstOf(counts, "ours"),
    ours_detection_delay_s: worstOf(delays, "ours"),
    vendor_polls: worstOf(counts, "vendor"),
    vendor_detection_delay_s: worstOf(delays, "vendor"),
  };
  const rounded = Object.entries(figures).map(([name, value]) => [name, measured(value)]);
  return Object.fromEntries(rounded) as Figures;
}

/** What a copy's medians are taken of. */
export type CopyField = "wallSeconds" | "cpuSeconds" | "peakMiB" | "mostDelayMs" | "p99DelayMs";

/** A value of each client; NaN is what was not measured. */
export type Pair = Readonly<Record<ClientName, number>>;

/** Ours by the vendor's. */
const ours = (pair: Pair) => pair.ours / pair.vendor;

/** The medians of both clients in a part. */
export function middlesOf(samples: readonly CopySample[], part: CopyPartName, field: CopyField): Pair {
  const own = samples.filter((sample) => sample.part === part);
  return pairOf((client) => own.filter((sample) => sample.client === client).map((sample) => sample[field]));
}

/** The medians of both clients in each course of a polled project, where it was measured. */
function pollMiddles(samples: readonly PollSample[], field: "polls" | "delaySeconds"): Pair[] {
  if (samples.length === 0) return [];
  return queuedSeconds.map((queued) => {
    const own = samples.filter((sample) => sample.queuedSeconds === queued);
    return pairOf((client) => own.filter((sample) => sample.client === client).map((sample) => sample[field]));
  });
}

function pairOf(valuesOf: (client: ClientName) => readonly number[]): Pair {
  const [first, second] = clientNames.map((client) => median(valuesOf(client)));
  return { ours: first ?? Number.NaN, vendor: second ?? Number.NaN };
}

/** Three digits after the point; null for what was not measured. */
function measured(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(3)) : null;
}
