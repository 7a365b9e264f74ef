/** Values of the cleanup that its tests start from, and arbitrary ones; each test overrides the fields that it is about. */
import fc from "fast-check";
import { type ChainLink, largestAttempt, markerKinds } from "../../../functions/domain/cleanup-name.ts";
import type { Marker } from "../../../functions/domain/marker.ts";

/** 22 November 2026, 21:40 UTC: whole ten minutes. */
export const now = Date.UTC(2026, 10, 22, 21, 40);

/** One hour, in milliseconds. */
export const hour = 3_600_000;

/** One day, in milliseconds. */
export const day = 24 * hour;

/** A deletion that is pending for two hours, and was tried once. */
export function aMarker(over: Partial<Marker> = {}): Marker {
  return {
    kind: "deletion",
    id: "cm1",
    // Its due dates lie on whole ten minutes.
    chain: "0123456789ab00000000",
    due: now,
    since: now - 2 * hour,
    attempt: 0,
    input: { id: "cm1", deleteAfterDownload: true },
    ...over,
  };
}

/** Any moment from 1970 to 2285, in milliseconds since the epoch. */
export const moments = fc.integer({ min: 0, max: 9_966_153_599_999 });

/** Any project id. */
export const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

/** Any link of a chain. */
export const links: fc.Arbitrary<ChainLink> = fc.record({
  kind: fc.constantFrom(...markerKinds),
  chain: fc.stringMatching(/^[0-9a-f]{20}$/),
  since: moments.map((time) => time - (time % 1_000)),
  attempt: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: largestAttempt })),
});

/** Any marker. */
export const markers: fc.Arbitrary<Marker> = fc
  .tuple(links, ids, moments, fc.record({ deleteAfterDownload: fc.boolean() }, { requiredKeys: [] }))
  .map(([link, id, due, input]) => ({ ...link, id, due, input: { id, ...input } }));
