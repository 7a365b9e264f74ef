/** The bytes of the sources: of each version other ones at every place, so that no mixture of two passes for one. */
import { audioBytes } from "../origin-project.ts";
import type { OutputScenario, SourceVersion } from "./scenario.ts";

/** Largest source, in bytes. */
export const largestSource = 24 * 1_024 ** 2;

/** Outputs of a project begin so far apart, in bytes. */
const apart = 4_096;

/** Most outputs of a project. */
const mostSources = 4;

/** What turns version 0 into each version. */
const masks = [0x00, 0xff, 0x5a] as const;

/** A byte that no text has, by version: a body of one byte is media too. */
const firstBytes = [0x01, 0x02, 0x03] as const;

const bases = masks.map((mask, version) => {
  const base = audioBytes(largestSource + mostSources * apart, 7);
  for (let at = 0; at < base.length; at += 1)
    base[at] = at % apart === 0 ? (firstBytes[version] ?? 0) : (base[at] ?? 0) ^ mask;
  return base;
});

/** The bytes of one version of an output's source. Not to be changed. */
export function bytesOf(index: number, { bytes }: Pick<OutputScenario, "bytes">, version: SourceVersion): Buffer {
  const size = version === 2 ? Math.max(Math.min(1, bytes), bytes - 1) : bytes;
  return (bases[version] ?? Buffer.alloc(0)).subarray(index * apart, index * apart + size);
}

/** The ETag of one version; a weak one is the same for all. */
export function etagOf({ etag }: Pick<OutputScenario, "etag">, version: SourceVersion): string | null {
  if (etag === "none") return null;
  return etag === "weak" ? 'W/"any"' : `"v${version}"`;
}
