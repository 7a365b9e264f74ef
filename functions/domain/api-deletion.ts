import type { Manifest } from "./manifest.ts";

/**
 * Milliseconds before the function's end at which verifying must be over: the DELETE that follows may take 15 s (the bound
 * of one call to the vendor), and the answer 1 s.
 */
export const reservedMilliseconds = 16_000;

/**
 * Largest deletion that is verified while the caller waits, in bytes of all outputs: 64 MiB, 23 minutes of 24 kHz mono WAV
 * (48,000 bytes a second). API Gateway waits 30 s and the function has 29 s, of which 16 s are kept for the DELETE: 13 s
 * are left. At 16 MiB/s, a fifth of what one connection to S3 brings (85 MB/s; S3 User Guide, "Performance guidelines"),
 * reading everything back takes 4 s, and reading every source again, where none has a strong ETag, 4 s more. 5 s remain
 * for the requests: {@link mostAnsweredOutputs}.
 */
export const largestAnsweredBytes = 64 * 1_024 ** 2;

/** Most outputs of such a deletion: 20 objects and 20 sources at 75 ms each are 3 s, and two looks at the project 2 s. */
export const mostAnsweredOutputs = 20;

/** Whether verifying what a manifest lists fits an answer. What is slower than expected is still ended by the clock. */
export function fitsAnswer({ outputs }: Pick<Manifest, "outputs">): boolean {
  const bytes = outputs.reduce((sum, output) => sum + output.bytes, 0);
  return outputs.length <= mostAnsweredOutputs && bytes <= largestAnsweredBytes;
}

/**
 * What a deletion by a transfer is started for, as part of its name: one a minute. Repeats within the minute are one; a
 * later request starts another, because the first may be over and have failed, and its name could not be used again.
 * @param now milliseconds since the epoch
 */
export function deletionOccasion(now: number): string {
  return `deletion in minute ${Math.floor(now / 60_000)}`;
}
