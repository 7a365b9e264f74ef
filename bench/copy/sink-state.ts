/** How the bench asks the discarding S3 what it has. No bucket's name begins with an underscore. */
import type { DiscardedObject } from "./sink-objects.ts";

/** Route of the state: GET reads it, DELETE forgets everything. */
export const stateRoute = "/_bench/stored";

/** What the discarding S3 has. */
export interface StoredState {
  /** Objects by path, `/bucket/key`. */
  readonly objects: Readonly<Record<string, DiscardedObject>>;
  /** Uploads that are neither completed nor aborted. */
  readonly openUploads: number;
}

/** What stands at the discarding S3. */
export async function readStored(url: string): Promise<StoredState> {
  const response = await fetch(`${url}${stateRoute}`);
  return (await response.json()) as StoredState;
}

/** Lets the discarding S3 forget everything, before the next run. */
export async function forgetStored(url: string): Promise<void> {
  await (await fetch(`${url}${stateRoute}`, { method: "DELETE" })).arrayBuffer();
}
