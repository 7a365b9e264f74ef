/** Another writer at the same bucket: it writes before the copy, or in the middle of it. */
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { CopyRun } from "./copy-run.ts";
import type { ForeignWrite } from "./scenario.ts";
import { bytesOf } from "./source-bytes.ts";

/** Another writer. None of its deeds throws: what it could not do, it has not done. */
export interface OtherWriter {
  /** Puts an object under a key where nothing stands. */
  put(run: CopyRun, key: string, what: ForeignWrite): Promise<void>;
  /** Begins an upload and leaves it open. */
  open(run: CopyRun, key: string): Promise<void>;
  /** Aborts an upload of somebody else. */
  abort(key: string, uploadId: string | null): Promise<void>;
  /** Closes its connections. */
  close(): void;
}

/** A writer to a store at which nothing goes wrong. */
export function otherWriter(endpoint: string, bucket: string): OtherWriter {
  const credentials = { accessKeyId: "dummy", secretAccessKey: "dummy" };
  const client = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true, maxAttempts: 1 });
  return {
    async put(run, key, what) {
      const body = foreignBytes(run, key, what);
      const checksum = what === "equal bytes under another checksum" ? "CRC64NVME" : "CRC32";
      const put = { Bucket: bucket, Key: key, Body: body, IfNoneMatch: "*", ChecksumAlgorithm: checksum } as const;
      await client.send(new PutObjectCommand(put)).then(
        () => run.foreign.set(key, body),
        () => undefined,
      );
      run.journal.push(`  another writer: ${what} to ${key}${run.foreign.get(key) === body ? "" : ", refused"}`);
    },
    async open(run, key) {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
      if (UploadId) run.foreignUploads.add(UploadId);
    },
    async abort(key, uploadId) {
      if (!uploadId) return;
      const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
      await client.send(command).catch(() => undefined);
    },
    close: () => client.destroy(),
  };
}

function foreignBytes(run: CopyRun, key: string, what: ForeignWrite): Buffer {
  const index = Number(/\/(\d+)-[^/]*$/.exec(key)?.[1] ?? Number.NaN);
  const output = run.scenario.outputs[index];
  if (!output || what === "other bytes") return Buffer.from("{}\n");
  return bytesOf(index, output, run.versions[index]?.at(-1) ?? 0);
}
