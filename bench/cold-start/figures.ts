import { median } from "../copy/rounds.ts";
import { type Bundles, type EntryName, entryNames } from "./bundles.ts";
import type { Load } from "./load.ts";
import type { Loads } from "./loads.ts";

/** What one bundle comes to. */
export interface BundleFigures {
  /** Median time until it is loaded, in milliseconds. */
  readonly init_ms: number;
  /** Its size, in bytes. */
  readonly bundle_bytes: number;
  /** Median resident set of the process then, in MiB. */
  readonly rss_mib: number;
}

/** What `--json` prints: medians over rounds, compared. */
export interface Figures {
  /** Time until check-status is loaded by that of the naive poll. */
  readonly check_status_init_vs_naive: number;
  /** Size of check-status, in bytes. */
  readonly check_status_bundle_bytes: number;
  /** Time until the first answer of check-status, its loading included, by that of the naive poll. */
  readonly check_status_first_answer_vs_naive: number;
  /** Median time until the first answer of check-status, in milliseconds. */
  readonly check_status_first_answer_ms: number;
  /** Median time until the first answer of the naive poll, in milliseconds. */
  readonly naive_first_answer_ms: number;
  /** Memory that check-status takes above an empty handler by that of the naive poll. */
  readonly check_status_memory_vs_naive: number;
  /** Every bundle's own. */
  readonly bundles: Readonly<Record<EntryName, BundleFigures>>;
}

/** The figures of bundles and their loads. */
export function computeFigures({ entries }: Bundles, loads: Loads): Figures {
  const middle = (name: EntryName, of: (load: Load) => number) => median((loads.get(name) ?? []).map(of));
  const init = (name: EntryName) => middle(name, ({ initMilliseconds }) => initMilliseconds);
  const answer = (name: EntryName) => middle(name, ({ answerMilliseconds }) => answerMilliseconds ?? Number.NaN);
  const rss = (name: EntryName) => middle(name, ({ rssBytes }) => rssBytes / 1_024 ** 2);
  const own = entryNames.map((name) => {
    const { bytes } = entries[name];
    return [name, { init_ms: rounded(init(name)), bundle_bytes: bytes, rss_mib: rounded(rss(name)) }] as const;
  });
  return {
    check_status_init_vs_naive: rounded(init("check-status") / init("naive")),
    check_status_bundle_bytes: entries["check-status"].bytes,
    check_status_first_answer_vs_naive: rounded(answer("check-status") / answer("naive")),
    check_status_first_answer_ms: rounded(answer("check-status")),
    naive_first_answer_ms: rounded(answer("naive")),
    check_status_memory_vs_naive: rounded((rss("check-status") - rss("empty")) / (rss("naive") - rss("empty"))),
    bundles: Object.fromEntries(own) as Record<EntryName, BundleFigures>,
  };
}

/** Three digits after the point. */
function rounded(value: number): number {
  return Number(value.toFixed(3));
}
