/** What happens in the middle of something else, too seldom to be met through sockets. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { ObjectFiles } from "../../../../lib/local/object-store/object-files.ts";
import type { S3Error } from "../../../../lib/local/object-store/s3-error.ts";

const bucket = "audio";

test("a key that is looked at while its object is committed is free or taken, and never a foreign file", async () => {
  const directory = await mkdtemp(join(tmpdir(), "object-store-races-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const objects = await ObjectFiles.load(directory, () => undefined);
  await objects.createBucket(bucket);
  const write = { onlyNew: true, reason: "PutObject", requestId: "1", sourceAddress: "127.0.0.1" } as const;
  for (let round = 0; round < 20; round += 1) {
    const key = `d/${round}.wav`;
    const received = join(directory, `${round}.received`);
    await writeFile(received, "bytes");
    const version = { etag: '"e"', versionId: "v", lastModified: new Date().toISOString() };
    const checksum = { algorithm: "CRC32", value: "AAAAAA==", type: "FULL_OBJECT" } as const;
    let isCommitted = false;
    const record = { key, bytes: 5, headers: {}, checksum, ...version };
    const committing = objects.commit(bucket, record, received, write).finally(() => {
      isCommitted = true;
    });
    const looks: Promise<string>[] = [];
    while (!isCommitted) {
      const look = objects.checkWritable(bucket, key, true);
      looks.push(look.then(() => "free").catch(({ code }: S3Error) => code));
      await setImmediate();
    }
    await committing;
    expect(["free", "PreconditionFailed"]).toEqual(expect.arrayContaining([...new Set(await Promise.all(looks))]));
  }
});
