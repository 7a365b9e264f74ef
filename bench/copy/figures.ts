import { type CopierName, checksummingPeerNames, peerNames } from "./copier.ts";
import type { HashPasses } from "./hash-passes.ts";
import type { Measurement } from "./measured-run.ts";
import type { OriginMode } from "./origin-address.ts";
import { median } from "./rounds.ts";
import type { Sample } from "./sample.ts";

/** What `--json` prints: medians over rounds, compared; null is what was not measured. */
export interface Figures {
  /** Ours' wall time by that of the fastest peer. */
  readonly wall_vs_best_peer: number | null;
  /** Ours' CPU time by that of the most frugal peer that also computes a checksum of every byte. */
  readonly cpu_vs_best_checksumming_peer: number | null;
  /** Ours' CPU time by that of the raw pipe, one SHA-256 pass and one CRC32 pass together. */
  readonly cpu_vs_floor_plus_hashes: number | null;
  /** The largest resident set of ours in any round of the main part, in MiB. */
  readonly peak_rss_mib: number | null;
  /** Ours' throughput by that of the fastest peer, where each connection gets 25 MiB/s. */
  readonly throttled_speedup: number | null;
  /** As the first, without ranges and with weak ETags: the worse of the two. */
  readonly unranged_wall_vs_best_peer: number | null;
  /** lib-storage's wall time for 200 outputs of 1 MiB, one after another, by ours, where each answer takes 10 ms. */
  readonly many_small_speedup: number | null;
  /** The same where each answer comes at once, as none does outside a loopback: no target. */
  readonly many_small_speedup_at_once: number | null;
  /** Largest resident set at 16 times the size less the median one at the size itself, in MiB. */
  readonly rss_growth_mib: number | null;
}

/** The figures of samples that were taken at this size. */
export function computeFigures(samples: readonly Sample[], passes: readonly HashPasses[], bytes: number): Figures {
  const timed = samples.filter(({ isCheck }) => !isCheck);
  const main = timed.filter(({ part }) => part === "main");
  const best = (name: keyof Measurement, of: readonly Sample[], among: readonly CopierName[]) =>
    Math.min(...among.map((peer) => middle(of, peer, name)).filter(Number.isFinite));
  const wallRatio = (of: readonly Sample[]) => middle(of, "ours", "wallSeconds") / best("wallSeconds", of, peerNames);
  const cpu = middle(main, "ours", "cpuSeconds");
  const hashes =
    median(passes.map(({ sha256Seconds }) => sha256Seconds)) + median(passes.map(({ crc32Seconds }) => crc32Seconds));
  const smallSpeedup = (mode: OriginMode) => {
    const small = timed.filter((sample) => sample.part === "small" && sample.mode === mode);
    return measured(middle(small, "lib-storage", "wallSeconds") / middle(small, "ours", "wallSeconds"));
  };
  const unranged = (["noranges", "weak"] as const).map((mode) =>
    wallRatio(timed.filter((sample) => sample.part === "unranged" && sample.mode === mode)),
  );
  const growth = timed.filter(({ part }) => part === "growth");
  const large = growth.filter((sample) => sample.bytes > bytes);
  return {
    wall_vs_best_peer: measured(wallRatio(main)),
    cpu_vs_best_checksumming_peer: measured(cpu / best("cpuSeconds", main, checksummingPeerNames)),
    cpu_vs_floor_plus_hashes: measured(cpu / (middle(main, "raw pipe", "cpuSeconds") + hashes)),
    peak_rss_mib: measured(Math.max(...main.filter(({ copier }) => copier === "ours").map(({ peakMiB }) => peakMiB))),
    throttled_speedup: measured(1 / wallRatio(timed.filter(({ part }) => part === "throttled"))),
    unranged_wall_vs_best_peer: measured(Math.max(...unranged)),
    many_small_speedup: smallSpeedup("distant"),
    many_small_speedup_at_once: smallSpeedup("plain"),
    rss_growth_mib: measured(
      middle(large, "ours", "peakMiB") -
        middle(
          growth.filter((sample) => sample.bytes === bytes),
          "ours",
          "peakMiB",
        ),
    ),
  };
}

/** The median of a copier's figure; NaN when it has none. */
export function middle(samples: readonly Sample[], copier: CopierName, name: keyof Measurement): number {
  return median(samples.filter((sample) => sample.copier === copier).map((sample) => sample[name]));
}

/** Three digits after the point; null for what was not measured. */
function measured(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(3)) : null;
}
