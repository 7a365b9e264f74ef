import { inspect } from "node:util";

/** All text that an error could bring into a log: message, stack, causes, properties, hidden ones too. */
export function everythingIn(error: unknown): string {
  return inspect(error, { depth: 12, showHidden: true, maxArrayLength: null, maxStringLength: null });
}

/** What a promise was rejected with. @throws {Error} when it was not */
export async function rejectionOf(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    (value) => new Error(`not rejected: ${inspect(value)}`),
    (error: unknown) => ({ error }),
  );
  if (outcome instanceof Error) throw outcome;
  if (outcome.error instanceof Error) return outcome.error;
  throw new Error(`rejected with something that is no error: ${inspect(outcome.error)}`);
}
