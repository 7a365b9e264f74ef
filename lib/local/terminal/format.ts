/** A size for people, in decimal units: `312 B`, `48.0 kB`, `1.3 MB`. @param bytes at least 0 */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return step === 0 ? `${bytes} B` : `${(bytes / 1_000 ** step).toFixed(1)} ${units[step]}`;
}

/** Time since a start for people, `mm:ss.t`. @param milliseconds at least 0 */
export function formatClock(milliseconds: number): string {
  const tenths = Math.floor(Math.max(0, milliseconds) / 100);
  const minutes = String(Math.floor(tenths / 600)).padStart(2, "0");
  const seconds = String(Math.floor((tenths % 600) / 10)).padStart(2, "0");
  return `${minutes}:${seconds}.${tenths % 10}`;
}
