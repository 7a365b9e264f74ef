import { ListObjectsV2Command, PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningStore } from "./store-fixture.ts";
import { BUCKET, runStore } from "./store-fixture.ts";

// In the order of their UTF-8 bytes, which is neither that of a language nor that of UTF-16.
const KEYS = ["B", "a", "due/1/x & <y>.wav", "due/1/z", "due/2/x", "z+ z", "é", "\uff5e", "\u{1f3b5}"];

let running: RunningStore;
beforeAll(async () => {
  running = await runStore();
  for (const Key of KEYS.toReversed()) {
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
  }
});
afterAll(async () => await running.stop());

test("every key, in the order of its bytes", async () => {
  const list = await running.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  expect(list.Contents?.map(({ Key }) => Key)).toEqual(KEYS);
  expect(list).toMatchObject({ IsTruncated: false, KeyCount: KEYS.length });
  expect(list.Contents?.[0]).toMatchObject({ Size: 1, StorageClass: "STANDARD", ChecksumType: "FULL_OBJECT" });
});

test("percent-encoded when asked for", async () => {
  const list = await running.client.send(
    new ListObjectsV2Command({ Bucket: BUCKET, EncodingType: "url", Prefix: "z" }),
  );
  expect(list.Contents?.map(({ Key }) => Key)).toEqual(["z%2B%20z"]);
});

test("pages of one, two and more give the same keys, with and without a delimiter", async () => {
  const all = async (pageSize: number, Delimiter?: string): Promise<(string | undefined)[]> => {
    const names: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2(
      { client: running.client, pageSize },
      { Bucket: BUCKET, Delimiter },
    )) {
      names.push(
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      );
    }
    return names;
  };
  for (const pageSize of [1, 2, 1000]) {
    expect(await all(pageSize)).toEqual(KEYS);
    expect((await all(pageSize, "/")).toSorted()).toEqual(
      ["B", "a", "due/", "z+ z", "é", "\u{1f3b5}", "\uff5e"].toSorted(),
    );
  }
});

test("prefix, delimiter and start-after", async () => {
  const list = await running.client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "due/", Delimiter: "/" }));
  expect(list.CommonPrefixes).toEqual([{ Prefix: "due/1/" }, { Prefix: "due/2/" }]);
  expect(list.Contents).toBeUndefined();
  const later = await running.client.send(
    new ListObjectsV2Command({ Bucket: BUCKET, StartAfter: "due/2/x", MaxKeys: 1 }),
  );
  expect(later.Contents?.map(({ Key }) => Key)).toEqual(["z+ z"]);
  expect(later.IsTruncated).toBe(true);
});

test("a bucket, token or page size that is none", async () => {
  const list = (input: object): Promise<unknown> =>
    running.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input }));
  await expect(list({ Bucket: "nowhere" })).rejects.toMatchObject({ name: "NoSuchBucket" });
  await expect(list({ ContinuationToken: "not a token" })).rejects.toMatchObject({ name: "InvalidArgument" });
  await expect(list({ MaxKeys: -1 })).rejects.toMatchObject({ name: "InvalidArgument" });
});
