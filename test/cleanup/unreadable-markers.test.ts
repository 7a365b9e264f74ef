/** Objects among the markers that are none: counted, told of, and in nobody's way. */
import { expect, onTestFinished, test } from "vitest";
import { firstKeyDue } from "../../functions/domain/marker.ts";
import { cleanupOf, cleanupTransfers, counts, linesOf, markerStoreOf } from "../support/cleanup.ts";
import { putObject } from "../support/deeds.ts";
import { smallProject } from "../support/notified-project.ts";
import { s3Error, storeFaults } from "../support/store-faults.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

const hour = 3_600_000;

/** A harness with a marker that was due an hour ago, of a project to be copied. */
async function startWithMarker() {
  const harness = await TransferHarness.start();
  onTestFinished(() => harness[Symbol.asyncDispose]());
  const id = harness.simulator.createProject(smallProject);
  const times = { due: harness.now() - hour, since: harness.now() - 2 * hour };
  const marker = { kind: "recheck", id, chain: "0".repeat(20), attempt: 0, input: { id }, ...times } as const;
  await markerStoreOf(harness).write(marker);
  return { harness, pass: cleanupOf(harness) };
}

/** A key that looks like a marker's and was due two hours ago. */
const keyAt = (now: number, id = "cm1") => `${firstKeyDue(now - 2 * hour)}-deletion-${id}-${"1".repeat(20)}.json`;

test.each<[string, (now: number) => [key: string, body: string]]>([
  ["no JSON", (now) => [keyAt(now), "no JSON"]],
  ["a blank", (now) => [keyAt(now), " "]],
  ["a version to come", (now) => [keyAt(now), JSON.stringify({ schemaVersion: 2 })]],
  ["something too large to be one", (now) => [keyAt(now), " ".repeat(65_537)]],
  ["a note under a key with a date", (now) => [`${firstKeyDue(now - 2 * hour)}-notes.txt`, "{}"]],
  ["a note under a key without one", () => ["_cleanup/due/0-notes.txt", "{}"]],
  [
    "an input that is refused",
    (now) => [
      keyAt(now),
      JSON.stringify({
        schemaVersion: 1,
        kind: "deletion",
        input: { id: "cm1", later: 1 },
        since: new Date(now).toISOString(),
        attempt: 0,
      }),
    ],
  ],
])("%s is counted, logged with its key and passed over, once", async (_, objectAt) => {
  const { harness, pass } = await startWithMarker();
  const [key, body] = objectAt(harness.now());
  await putObject(harness, key, body);
  expect(await pass()).toEqual(counts({ due: 2, started: 1, unreadable: 1 }));
  expect(linesOf(harness, "unreadable marker")).toEqual([{ key, message: "unreadable marker" }]);
  expect(await cleanupTransfers(harness)).toMatchObject([{ status: "SUCCEEDED" }]);
  expect(await pass()).toEqual(counts());
  expect(linesOf(harness, "unreadable marker")).toHaveLength(1);
});

test("a page of nothing else is passed over, too", async () => {
  await using harness = await TransferHarness.start();
  for (const name of ["0", "1", "2"]) await putObject(harness, `_cleanup/due/${name}-notes.txt`, "{}");
  const pass = cleanupOf(harness);
  expect(await pass()).toEqual(counts({ due: 3, unreadable: 3 }));
  expect(await pass()).toEqual(counts());
});

test("a marker that is gone between list and look is one more", async () => {
  const gone = s3Error(404, "NoSuchKey");
  const { onRequest } = storeFaults("GetObject", [gone]);
  await using harness = await TransferHarness.start({ store: { onRequest } });
  const due = harness.now() - hour;
  const link = { kind: "deletion", chain: "0".repeat(20), since: due, attempt: 0 } as const;
  await markerStoreOf(harness).write({ ...link, id: "cm1", due, input: { id: "cm1" } });
  expect(await cleanupOf(harness)()).toEqual(counts({ due: 1, unreadable: 1 }));
});

test("a secret in a key that a person made up is not logged", async () => {
  const { harness, pass } = await startWithMarker();
  await putObject(harness, "_cleanup/due/0-mhk_live_SECRET", "mhk_live_SECRET");
  await pass();
  expect(linesOf(harness, "unreadable marker")).toHaveLength(1);
  expect(JSON.stringify(harness.log)).not.toContain("SECRET");
});
