/** What the example's README shows as JSON, so that its tests run on the very text that people read. */
import { readFileSync } from "node:fs";
import type { ObjectCreatedEvent } from "../../../examples/on-manifest/read-manifest.ts";
import { buildManifest, type Manifest } from "../../../functions/domain/manifest.ts";
import { aProject, aReceipt } from "../../functions/domain/domain-fixture.ts";
import { BUCKET } from "../../lib/local/object-store/store-fixture.ts";

const readme = readFileSync(new URL("../../../examples/on-manifest/README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]): unknown => JSON.parse(text));

/** The README's event of a manifest, its pattern, and the pattern for `transfer.completed`. */
export const [documentedEvent, manifestPattern, completedPattern] = blocks as [
  ObjectCreatedEvent & { readonly source: string; readonly "detail-type": string },
  unknown,
  unknown,
];

/** The README's event, but of this object; without `versionId` as a bucket sends it that keeps no versions. */
export function eventOf(object: {
  readonly key: string;
  readonly size?: number;
  readonly versionId?: string | undefined;
}) {
  const { "version-id": _, ...documented } = documentedEvent.detail.object;
  const { key, size = documented.size, versionId } = object;
  return {
    ...documentedEvent,
    detail: {
      ...documentedEvent.detail,
      bucket: { name: BUCKET },
      object: { ...documented, key, size, ...(versionId !== undefined && { "version-id": versionId }) },
    },
  } satisfies ObjectCreatedEvent;
}

/** The manifest of two outputs. */
export function twoOutputs(): Manifest {
  const receipts = ["0-output.wav", "1-output.mp3"].map((name, index) =>
    aReceipt({
      bucket: BUCKET,
      key: `audio-projects/cm1/${name}`,
      bytes: 44 + index,
      sha256: `${index}`.repeat(64),
      contentType: index === 0 ? "audio/wav" : "audio/mpeg",
    }),
  );
  return buildManifest(aProject(), receipts, Date.parse("2026-11-22T10:00:00.000Z"));
}
