/** Numbers from 0 inclusive to 1 exclusive. */
export type Random = () => number;

/**
 * A seeded generator, so that a run can be repeated: mulberry32, with 32 bits of state. Node's own generators take no seed.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A draw from a lognormal distribution: exp(ln(median) + sigma × N(0, 1)), by Box and Muller's transform. */
export function lognormal(random: Random, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(sigma * normal);
}
