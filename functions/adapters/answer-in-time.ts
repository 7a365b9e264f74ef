/**
 * Waits for work, but not longer than this. What is given up goes on unheard: it must be harmless, whatever comes of it.
 * @param milliseconds from now; none or less gives up at once, unless the work is done already
 * @param late the error to give up with
 * @throws what the work throws, or `late`
 */
export async function inTime<Result>(work: Promise<Result>, milliseconds: number, late: Error): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late), Math.max(0, milliseconds));
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
