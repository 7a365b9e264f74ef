/** A source at an origin that paces each connection: so that connections are the slow part, and more of them are faster. */
import { type Behaviour, drip } from "../../support/behaviour.ts";
import type { OriginScript, RecordedRequest } from "../../support/misbehaving-origin.ts";
import { hurrySampling } from "./hurried-sampling.ts";
import { audio, partBytes } from "./running-source.ts";

/** Its bytes: sixteen parts, of one segment each, and a bit. */
export const body = audio(16 * partBytes + 1_234);

/** Its tag. */
export const etag = '"v1"';

/** What a connection gives at most: 16 KiB in 4 ms. A part takes 12 ms, all of them 0.2 s one after another. */
export const paced = drip(16 * 1_024, 4);

/** A script that paces all answers and changes one, by the number of its request from 1; the second is the first ranged one. */
export const except =
  (changed: number, behaviour: Behaviour): OriginScript =>
  (_request, nth) =>
    nth === changed ? { ...paced, ...behaviour } : paced;

/**
 * A script for a reader that comes to two connections and stays at two, whatever its speed: from its second request on it
 * looks at that no more. Its third request is the first connection's own first ranged one, or the second's next.
 */
export function withTwo(script: OriginScript): OriginScript {
  const stop = hurrySampling();
  return (request, nth) => {
    if (nth === 2) stop();
    return script(request, nth);
  };
}

/** What a request asked for: its first byte and its last, both inclusive; `last` is undefined where it was all the rest. */
export function rangeOf(request: RecordedRequest | undefined): { first?: number; last?: number | undefined } {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request?.headers.range ?? "") ?? [];
  return { ...(first !== undefined && { first: Number(first), last: last ? Number(last) : undefined }) };
}
