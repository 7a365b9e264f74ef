import type { NewObject } from "./object-writer.ts";

/** An SDK call's result or error, as far as it tells how often the SDK tried. */
interface Attempted {
  readonly $metadata?: { readonly attempts?: number | undefined } | undefined;
}

/**
 * Makes a call to S3 for an object and counts the attempts after the first, whether it succeeds in the end or not.
 * @param send the call, to be ended by the object's signal
 */
export async function countedCall<Result extends Attempted>(
  { signal, meter }: Pick<NewObject, "signal" | "meter">,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<Result>,
): Promise<Result> {
  const count = ({ $metadata }: Attempted) => meter.retried(($metadata?.attempts ?? 1) - 1);
  const over = new AbortController();
  try {
    const result = await send({ abortSignal: AbortSignal.any([signal, over.signal]) });
    count(result);
    return result;
  } catch (error) {
    if (error instanceof Error && "$metadata" in error) count(error as Attempted);
    throw error;
  } finally {
    // An attempt that was answered before its body was sent sends on beside the next one: what it reads from is used again.
    over.abort();
  }
}
