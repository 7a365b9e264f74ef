/** What goes wrong in one run of the copy property: plain records, so that fast-check shrinks and prints them. */
import type { StoreOperation } from "../store-faults.ts";

/** A version of an output's source: 0 and 1 have the same length, 2 is a byte shorter. */
export type SourceVersion = 0 | 1 | 2;

/** How the origin answers one GET of an output. A version given is what the source has turned into, from this GET on. */
export type OriginStep = { readonly version?: SourceVersion } & (
  | {
      readonly does:
        | "honest"
        | "reset before headers"
        | "close-delimited"
        | "chunked"
        | "gzip"
        | "HTML page"
        | "HTML page called audio"
        | "XML page called audio"
        | "empty"
        | "redirect"
        | "expire URL"
        | "ignore Range"
        | "ignore If-Match"
        | "uncalled-for 206"
        | "no ETag"
        | "weak ETag"
        | "other ETag";
    }
  /** The body stops at this byte of the answer: in order, by a reset, or in silence until the attempt's time is up. */
  | { readonly does: "cut" | "reset" | "stall"; readonly at: number }
  /**
   * So many bytes more than announced; or a 206 that is shorter or longer than asked for and says so, one that does not say
   * so, or one that begins so much before.
   */
  | {
      readonly does: "surplus" | "short 206" | "long 206" | "shrunk 206" | "swollen 206" | "shifted 206";
      readonly bytes: number;
    }
  | { readonly does: "changed total"; readonly total: number }
  | { readonly does: "Content-Range"; readonly text: string }
  | { readonly does: "status"; readonly status: number }
  /** The body in three pieces with so many milliseconds in between. */
  | { readonly does: "pause"; readonly milliseconds: number }
);

/** One output and its source. */
export interface OutputScenario {
  /** Length of versions 0 and 1, in bytes. */
  readonly bytes: number;
  /** What the source says of its version. */
  readonly etag: "strong" | "weak" | "none";
  /** Media type; null announces none. */
  readonly contentType: string | null;
  /** Answers to GETs of it, in order of arrival; honest from then on. */
  readonly answers: readonly OriginStep[];
  /** What somebody else has put under its key before: these bytes, others, or an upload that is not finished. */
  readonly before?: ForeignWrite | "open upload" | undefined;
  /** Whether its download URL points at a private address. */
  readonly isPrivate?: boolean | undefined;
}

/** What another writer puts under a key: the source's present bytes (with a CRC32, or with S3's default checksum), or others. */
export type ForeignWrite = "equal bytes" | "equal bytes under another checksum" | "other bytes";

/** What becomes of a call of S3. */
export type StoreDeed =
  | "reset"
  | "reset in body"
  | "answer lost"
  | "damaged on the way"
  | "swallowed"
  | "error in 200"
  | "error in 200, carried out"
  | "a part left out"
  | "parts exchanged"
  | "late"
  | "answered late"
  | "upload aborted meanwhile"
  | ForeignWrite
  /** `503 SlowDown`: answered without carrying it out. */
  | `${number} ${string}`;

/** Operations of S3 that the copy uses. */
export type CopyOperation = StoreOperation | "ListObjectsV2";

/** What becomes of some calls of one operation. */
export interface StoreStep {
  readonly on: CopyOperation;
  /** Calls of this operation by this run are counted from 1, repeats by the SDK too. */
  readonly nth: number;
  /** How many calls from that one on. The SDK makes five attempts. */
  readonly times: number;
  readonly does: StoreDeed;
  /** Where in the request's body something happens, in bytes; for `late`, milliseconds. */
  readonly at: number;
}

/** How the vendor answers one GET of the project. */
export type VendorStep = "honest" | "503" | "reset" | "404";

/** Time of an attempt: all that Lambda gives, enough to finish an output and not to begin another, or milliseconds. */
export type AttemptTime = "plenty" | "one output" | number;

/** One run. */
export interface Scenario {
  readonly outputs: readonly OutputScenario[];
  /** GETs of the project by the copy, in order; honest from then on. */
  readonly vendor: readonly VendorStep[];
  readonly store: readonly StoreStep[];
  /** Times of the attempts of each transfer; `plenty` from then on. */
  readonly attempts: readonly AttemptTime[];
  /** How many transfers of the project run at once. */
  readonly transfers: 1 | 2;
  /** What each connection to the origin is held to: so many bytes, then a pause. */
  readonly pace?: { readonly bytes: number; readonly milliseconds: number } | undefined;
}

/** A scenario in lines, for the report of a failing case. */
export function describeScenario({ outputs, vendor, store, attempts, transfers, pace }: Scenario): string {
  return [
    `${transfers} transfer(s); times of attempts: ${listed(attempts)}`,
    ...(pace ? [`origin: ${pace.bytes} bytes every ${pace.milliseconds} ms on a connection`] : []),
    ...outputs.map(({ answers, ...facts }, index) => `output ${index}: ${factsOf(facts)}; GETs: ${answers.map(said)}`),
    `vendor: ${listed(vendor)}`,
    ...store.map(
      ({ on, nth, times, does, at }) => `S3: ${on} #${nth}${times > 1 ? ` ×${times}` : ""}: ${does} (${at})`,
    ),
  ].join("\n");
}

const listed = (items: readonly unknown[]) => items.join(", ") || "nothing special";

const factsOf = (facts: object) =>
  Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));

function said({ does, version, ...rest }: OriginStep): string {
  const change = version === undefined ? "" : `[turned into version ${version}] `;
  return ` ${change}${[does, ...Object.values(rest)].join(" ")}`;
}
