import * as v from "valibot";
import type { PlannedOutput } from "./output.ts";
import { type Project, type ProjectSummary, summarize } from "./project.ts";
import { isReceiptOf, type Receipt } from "./receipt.ts";

/** All receipts of a transfer, written last: the commit record. Whoever reads it may trust it without looking further. */
export interface Manifest {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  /** The project as it was when its outputs were copied. */
  readonly project: { readonly id: string } & ProjectSummary;
  /** One receipt an output, in the project's order; never empty. */
  readonly outputs: readonly Receipt[];
  /** When it was written, UTC, ISO 8601. */
  readonly createdAt: string;
}

const nullableText = v.nullable(v.string());

const receiptSchema = v.object({
  bucket: v.string(),
  key: v.string(),
  versionId: v.exactOptional(v.string()),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  checksum: v.object({ algorithm: v.literal("CRC32"), value: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{6}==$/)) }),
  contentType: v.string(),
  sourceName: v.string(),
  sourceId: v.string(),
  sourceEtag: v.exactOptional(v.string()),
});

const manifestSchema = v.object({
  schemaVersion: v.literal(1),
  project: v.object({
    id: v.string(),
    name: nullableText,
    type: nullableText,
    createdAt: nullableText,
    creditsCharged: v.nullable(v.number()),
    enabled: v.boolean(),
    error: v.nullable(v.object({ code: nullableText, message: nullableText })),
  }),
  outputs: v.pipe(v.array(receiptSchema), v.minLength(1)),
  createdAt: v.string(),
});

/** The manifest of a project whose every output has a verified receipt. */
export function buildManifest(project: Project, outputs: readonly Receipt[], now: number): Manifest {
  return {
    schemaVersion: 1,
    project: { id: project.id, ...summarize(project) },
    outputs,
    createdAt: new Date(now).toISOString(),
  };
}

/** Reads a manifest from its JSON text; undefined when the text is anything else. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const parsed = v.safeParse(manifestSchema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** The manifest's JSON text. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Whether the manifest lists exactly these outputs, in this order: none missing, none more, none exchanged. */
export function listsExactly(manifest: Manifest, outputs: readonly PlannedOutput[]): boolean {
  return (
    manifest.outputs.length === outputs.length &&
    outputs.every((output, position) => {
      const receipt = manifest.outputs[position];
      return receipt !== undefined && isReceiptOf(receipt, output);
    })
  );
}

/** Whether two manifests of one project record the same bytes under the same keys. */
export function recordsSameBytes(one: Manifest, other: Manifest): boolean {
  const facts = (manifest: Manifest) =>
    JSON.stringify(manifest.outputs.map((o) => [o.key, o.bytes, o.sha256, o.sourceId]));
  return one.project.id === other.project.id && facts(one) === facts(other);
}
