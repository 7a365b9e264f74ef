/** A project of several outputs at an origin that sends each of them piece by piece. */
import type { AfterWrite } from "../../lib/local/object-store/object-store.ts";
import type { RecordedRequest } from "./misbehaving-origin.ts";
import { audioBytes, type OriginProject, signedUrl, startOriginProject } from "./origin-project.ts";
import type { StoreFaults, StoreOperation } from "./store-faults.ts";

/** A running project of several outputs. */
export interface ManyOutputs extends OriginProject {
  /** The outputs' bytes, in the project's order. */
  readonly bodies: readonly Buffer[];
  /** How often each output was asked for at its origin. */
  readonly gets: () => readonly number[];
  /** How often the store was asked to do this, for each output. */
  readonly asked: (operation: StoreOperation) => readonly number[];
}

/**
 * Pieces of the largest output; those of the others are as large. There is time in between, so that what is downloaded at
 * once arrives at once and shares the link fairly.
 */
const mostPieces = 64;

/**
 * Starts a project with outputs of these sizes, in bytes. Without an ETag: each is downloaded over one connection, because
 * how many there are would depend on the machine.
 * @param store counts what the store is asked, and lets it go wrong
 */
export async function startManyOutputs(
  sizes: readonly number[],
  store: StoreFaults & { readonly afterWrite?: AfterWrite },
): Promise<ManyOutputs> {
  const bodies = sizes.map((bytes, index) => audioBytes(bytes, index + 1));
  const drip = { bytes: Math.ceil(Math.max(...sizes) / mostPieces), milliseconds: 1 };
  const indexOf = ({ path }: RecordedRequest) => Number(/\/(\d+)\.wav/.exec(path)?.[1]);
  const project = await startOriginProject(
    { body: Buffer.alloc(0), etag: null },
    (request) => ({ content: { body: bodies[indexOf(request)] ?? Buffer.alloc(0) }, drip }),
    { store, downloads: (origin, nthGet) => bodies.map((_, index) => signedUrl(origin, nthGet, `${index}.wav`)) },
  );
  const requestsFor = (index: number) => project.origin.requests.filter((request) => indexOf(request) === index).length;
  return {
    ...project,
    bodies,
    gets: () => bodies.map((_, index) => requestsFor(index)),
    asked: (operation) => bodies.map((_, index) => store.counts[`${operation} ${index}-${index}.wav`] ?? 0),
  };
}
