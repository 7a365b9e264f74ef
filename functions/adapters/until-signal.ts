/**
 * The work's result, or an error once the signal fires, whichever is first. What is given up goes on unheard: it must be
 * harmless, whatever comes of it.
 * @param late makes the error
 * @throws what the work throws, or `late`'s error; the work is not begun when the signal has fired before
 */
export async function untilSignal<Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
  late: () => Error,
): Promise<Result> {
  if (signal.aborted) throw late();
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const interrupt = () => reject(late());
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await Promise.race([work(), interrupted]);
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}
