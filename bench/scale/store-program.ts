/** The embedded cloud's object store as a program. */
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import { startObjectStore } from "../../lib/local/object-store/object-store.ts";
import { answerParent } from "./child.ts";

/** What it is asked: to start. */
export interface StoreQuestion {
  /** Where its files go. */
  readonly directory: string;
}

answerParent<StoreQuestion>(async ({ directory }) => {
  const { url } = await startObjectStore({ directory, buckets: [localBucket], port: 0 });
  return url;
});
