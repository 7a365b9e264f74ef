/** A project of several outputs at an origin behind one link, copied in virtual time: see shared-link.ts, timed-runs.ts. */
import type { AfterWrite } from "../../lib/local/object-store/object-store.ts";
import { audioBytes, type OriginProject, originSecret, startOriginProject } from "./origin-project.ts";
import { type SharedLinkOptions, startSharedLink } from "./shared-link.ts";
import { type StoreFaults, type StoreOperation, storeFaults } from "./store-faults.ts";
import { type TimedRuns, type Timing, timeRuns } from "./timed-runs.ts";

/** A running project of several outputs. */
export interface LinkedOutputs extends Omit<OriginProject, "origin" | "key"> {
  /** The outputs' bytes, in the project's order. */
  readonly bodies: readonly Buffer[];
  /** The runs of its copying function, and its time. */
  readonly timed: TimedRuns;
  /** How often each output was asked for at its origin. */
  readonly gets: readonly number[];
  /** How often the store was asked to do this, for each output. */
  readonly asked: (operation: StoreOperation) => readonly number[];
}

/** What is different about one. */
export interface LinkedOutputsOptions extends Timing, Pick<SharedLinkOptions, "pieces" | "ready" | "refuse"> {
  /** Bytes that come in a second; asked anew for each piece. Default 2,000. */
  readonly bytesPerSecond?: () => number;
  /** Counts what the store is asked, and lets it go wrong. Default: it does not. */
  readonly store?: StoreFaults & { readonly afterWrite?: AfterWrite };
}

/** Bytes that come in a second, unless a test says otherwise. */
export const usualBytesPerSecond = 2_000;

/** Starts a project with outputs of these sizes, in bytes. */
export async function startLinkedOutputs(
  sizes: readonly number[],
  options: LinkedOutputsOptions = {},
): Promise<LinkedOutputs> {
  const { bytesPerSecond = () => usualBytesPerSecond, store = storeFaults("GetObject", []) } = options;
  const bodies = sizes.map((bytes, index) => audioBytes(bytes, index + 1));
  const link = await startSharedLink({ ...options, bodies, onSent: (bytes) => timed.pass(bytes / bytesPerSecond()) });
  const project = await startOriginProject({ body: Buffer.alloc(0) }, undefined, {
    store,
    guardExceptions: [link.origin],
    downloads: (_, nthGet) => bodies.map((_, index) => `${link.url(index)}?X-Goog-Signature=${originSecret}${nthGet}`),
  });
  const timed = timeRuns(project.harness, options);
  return {
    ...project,
    bodies,
    timed,
    gets: link.gets,
    asked: (operation) => bodies.map((_, index) => store.counts[`${operation} ${index}-${index}.wav`] ?? 0),
    async [Symbol.asyncDispose]() {
      timed[Symbol.dispose]();
      await project[Symbol.asyncDispose]();
      await link.close();
    },
  };
}
