/**
 * `Upload` of @aws-sdk/lib-storage, 8 MiB × 4, fed by the body of a GET, one source after another:
 * `node lib-storage.cjs <bucket> <key prefix> <source URL>…`. The endpoint and the keys are in the environment.
 */
import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { request } from "undici";

const [, , bucket = "", prefix = "", ...sources] = process.argv;

async function copyAll(): Promise<void> {
  // Everything else is the SDK's default: a CRC32 for each part, too.
  const client = new S3Client({ forcePathStyle: true });
  for (const [index, source] of sources.entries()) {
    const { body } = await request(source);
    const params = { Bucket: bucket, Key: `${prefix}${index}.wav`, Body: body, ContentType: "audio/wav" };
    await new Upload({ client, params, partSize: 8 * 1_024 ** 2, queueSize: 4 }).done();
  }
}

copyAll().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  },
);
