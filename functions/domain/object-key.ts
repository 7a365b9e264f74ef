/** Longest file name part of an object key, in characters (all ASCII, so bytes). */
const longestName = 120;

/** File name of the manifest: it has no index in front, so no output can have it. */
export const manifestName = "manifest.json";

/**
 * A file name from any source name: only A-Z a-z 0-9 . _ - remain, at most 120 characters, the extension kept.
 * Other characters become `_`; nothing left becomes `output`.
 */
export function safeName(sourceName: string): string {
  const safe = sourceName
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "_");
  if (/^[._-]*$/.test(safe)) return "output";
  if (safe.length <= longestName) return safe;
  const dot = safe.lastIndexOf(".");
  const extension = dot > 0 && safe.length - dot <= 16 ? safe.slice(dot) : "";
  return safe.slice(0, longestName - extension.length) + extension;
}

/**
 * The object key of an output: `<directory>/<index>-<safe source name>`. Deterministic, and two outputs never share one,
 * because the index is theirs alone and ends at the first `-`.
 * @param index position in the project's `downloads`, from 0
 */
export function outputKey(directory: string, index: number, sourceName: string): string {
  return `${directory}/${index}-${safeName(sourceName)}`;
}

/** The object key of a transfer's manifest. */
export function manifestKey(directory: string): string {
  return `${directory}/${manifestName}`;
}
