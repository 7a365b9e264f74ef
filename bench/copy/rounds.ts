/**
 * The order in which a round takes its entries: each round begins one further on, so that none is always first, or always
 * after the same one.
 */
export function rotated<Entry>(entries: readonly Entry[], round: number): Entry[] {
  const start = entries.length === 0 ? 0 : round % entries.length;
  return [...entries.slice(start), ...entries.slice(0, start)];
}

/** The middle of the values; the mean of the two middle ones when their number is even. NaN when there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [upper = Number.NaN, lower = upper] = [sorted[middle], sorted[sorted.length % 2 === 1 ? middle : middle - 1]];
  return (lower + upper) / 2;
}
