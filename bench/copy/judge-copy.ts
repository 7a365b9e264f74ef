import { parseManifest } from "../../functions/domain/manifest.ts";
import { manifestName } from "../../functions/domain/object-key.ts";
import type { Receipt } from "../../functions/domain/receipt.ts";
import type { Copier, CopyJob } from "./copier.ts";
import { checkingBucket } from "./sink-body.ts";
import type { DiscardedObject } from "./sink-objects.ts";
import type { StoredState } from "./sink-state.ts";
import type { SourceFile } from "./source-bytes.ts";
import { sourceCrc32, sourceDigest } from "./source-digest.ts";

/** What is wrong with a job's result at the discarding S3: nothing when the list is empty. */
export async function judgeCopy(stored: StoredState, copier: Copier, job: CopyJob): Promise<string[]> {
  const prefix = `/${job.bucket}/${copier.keyPrefix(job)}`;
  const copied = Object.entries(stored.objects).filter(([path]) => path.startsWith(prefix) && path.endsWith(".wav"));
  const problems = copied.length === job.outputs ? [] : [`${copied.length} of ${job.outputs} outputs stand`];
  for (const [path, { bytes }] of copied) {
    if (bytes !== job.bytes) problems.push(`${path}: ${bytes} of ${job.bytes} bytes came`);
  }
  return copier.name === "ours" ? [...problems, ...(await judgeOurs(stored, prefix, job))] : problems;
}

/** Ours promises more: exact hashes in a manifest, checksums that S3 can hold it to, and nothing left open. */
async function judgeOurs({ objects, openUploads }: StoredState, prefix: string, job: CopyJob): Promise<string[]> {
  const manifest = parseManifest(objects[`${prefix}${manifestName}`]?.text ?? "");
  if (!manifest) return ["no manifest stands"];
  const problems = openUploads === 0 ? [] : [`${openUploads} uploads were left open`];
  if (manifest.outputs.length !== job.outputs) problems.push(`the manifest lists ${manifest.outputs.length} outputs`);
  for (const [index, receipt] of manifest.outputs.entries()) {
    const source = { bytes: job.bytes, index };
    const object = objects[`/${receipt.bucket}/${receipt.key}`];
    const isChecked = job.bucket === checkingBucket;
    const problem =
      (await judgeReceipt(receipt, object, source)) ?? (isChecked ? await judgeBytes(object, source) : undefined);
    if (problem) problems.push(`${receipt.key}: ${problem}`);
  }
  return problems;
}

/** What the receipt says and what S3 was told, against the source. */
async function judgeReceipt(receipt: Receipt, object: DiscardedObject | undefined, source: SourceFile) {
  const { bytes, sha256, crc32 } = await sourceDigest(source);
  if (receipt.bytes !== bytes) return `the receipt says ${receipt.bytes} of ${bytes} bytes`;
  if (receipt.sha256 !== sha256) return "the receipt's SHA-256 is not the source's";
  if (receipt.checksum.value !== crc32) return "the receipt's CRC32 is not the source's";
  if (!object) return "no object stands";
  if (object.claimed !== crc32) return "S3 was given another CRC32 of the whole";
  if (object.claimedBytes !== null && object.claimedBytes !== bytes) return "S3 was given another size of the whole";
  if (object.parts.some(({ claimed }) => claimed === null)) return "a body came without a CRC32";
  return undefined;
}

/** What really came, body by body in the order of the part numbers, against the source's bytes at that place. */
async function judgeBytes(object: DiscardedObject | undefined, source: SourceFile): Promise<string | undefined> {
  let at = 0;
  for (const { bytes, claimed, computed } of object?.parts ?? []) {
    const expected = await sourceCrc32(source, at, at + bytes);
    if (computed !== expected) return `the bytes from ${at} on are not the source's`;
    if (claimed !== expected) return `the CRC32 of the body from ${at} on is not the source's`;
    at += bytes;
  }
  return undefined;
}
