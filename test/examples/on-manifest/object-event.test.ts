/** The example on the embedded cloud: its synthesized rule, its function, and events of objects that transfers write. */
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createReadManifest, type ObjectCreatedEvent } from "../../../examples/on-manifest/read-manifest.ts";
import { localBucket } from "../../../lib/local/embedded-cloud.ts";
import type { EventPattern } from "../../../lib/local/event-bus/event-pattern.ts";
import type { TargetEvent } from "../../../lib/local/event-bus/rule.ts";
import { smallProject } from "../../support/notified-project.ts";
import { TransferHarness } from "../../support/transfer-harness.ts";
import { completedPattern } from "./documented-event.ts";
import { synthesizedPattern } from "./synthesized-example.ts";

const manifestWritten = synthesizedPattern(localBucket);

/** Everything that a pattern lets through, from now on. */
function eventsOf({ cloud }: TransferHarness, pattern: EventPattern): TargetEvent[] {
  const events: TargetEvent[] = [];
  cloud.eventBus.addRule({ pattern, target: (event) => events.push(event) });
  return events;
}

/** The example's function behind its rule: the events that it was called with, and what it made of them. */
function addExample({ cloud, s3 }: TransferHarness) {
  const lines: object[] = [];
  const sink = { info: (line: object) => lines.push(line), warn: (line: object) => lines.push(line) };
  const readManifest = createReadManifest(s3, sink);
  const calls: TargetEvent[] = [];
  const results: unknown[] = [];
  cloud.eventBus.addRule({
    pattern: manifestWritten,
    target: async (event) => {
      calls.push(event);
      results.push(await readManifest(event as unknown as ObjectCreatedEvent));
    },
  });
  return { calls, results, lines };
}

const keysOf = (events: readonly TargetEvent[]) =>
  events.map(({ detail }) => (detail as unknown as ObjectCreatedEvent["detail"]).object.key);

test("one call for a transfer, by the event of its manifest, and the receipts of all outputs come back", async () => {
  await using harness = await TransferHarness.start();
  const announced = eventsOf(harness, { source: ["aws.s3"], "detail-type": ["Object Created"] });
  const { calls, results, lines } = addExample(harness);
  const id = harness.simulator.createProject({ ...smallProject, outputs: 3 });
  const { status, output } = await harness.transfer({ id });
  expect(status).toBe("SUCCEEDED");
  await harness.cloud.eventBus.settled();

  expect(keysOf(announced).sort()).toEqual([...output.outputs.map(({ key }) => key), output.manifest?.key].sort());
  expect(keysOf(calls)).toEqual([output.manifest?.key]);
  expect(announced).toContainEqual(calls[0]);
  expect(output.outputs).toHaveLength(3);
  expect(results).toEqual([{ projectId: id, outputs: output.outputs }]);
  expect(lines).toMatchObject(output.outputs.map(({ key, sha256 }) => ({ message: "output saved", key, sha256 })));
});

test("a second transfer of the same project writes nothing, so it calls nothing", async () => {
  await using harness = await TransferHarness.start();
  const { calls } = addExample(harness);
  const id = harness.simulator.createProject(smallProject);
  for (const name of ["first", "second"]) {
    expect(await harness.transfer({ id }, name)).toMatchObject({ status: "SUCCEEDED" });
  }
  await harness.cloud.eventBus.settled();
  expect(calls).toHaveLength(1);
});

test("no call for markers of the cleanup, for what only resembles a manifest, or for another bucket", async () => {
  await using harness = await TransferHarness.start();
  const announced = eventsOf(harness, { "detail-type": ["Object Created"] });
  const { calls } = addExample(harness);
  const put = (Bucket: string, Key: string) =>
    harness.s3.send(new PutObjectCommand({ Bucket, Key, Body: "{}", IfNoneMatch: "*" }));
  const keys = [
    "_cleanup/due/20261122T214000123Z-deletion-cm1-0123456789ab.json",
    "_cleanup/cursors/98204630279877",
    "audio-projects/cm1/0-manifest.json",
    "audio-projects/cm1/manifest.json.part",
    "manifest.json",
  ];
  for (const key of keys) await put(localBucket, key);
  await harness.s3.send(new CreateBucketCommand({ Bucket: "other-bucket" }));
  await put("other-bucket", "audio-projects/cm1/manifest.json");
  await harness.cloud.eventBus.settled();
  expect(keysOf(announced).sort()).toEqual([...keys, "audio-projects/cm1/manifest.json"].sort());
  expect(calls).toEqual([]);
});

test("the README's other pattern gets transfer.completed of each transfer, with its receipts, and no other end", async () => {
  await using harness = await TransferHarness.start();
  const completed = eventsOf(harness, completedPattern as EventPattern);
  const failing = harness.simulator.createProject({ ...smallProject, endIn: "error" });
  expect(await harness.transfer({ id: failing })).toMatchObject({ error: "ProjectFailed" });
  const id = harness.simulator.createProject(smallProject);
  const { output } = await harness.transfer({ id });
  await harness.deliveries();
  await harness.cloud.eventBus.settled();
  const { manifest, outputs } = output;
  expect(completed).toMatchObject([
    {
      source: "magic-hour-audio-transfer",
      "detail-type": "transfer.completed",
      detail: { id: expect.stringMatching(/^msg_/), type: "transfer.completed", data: { manifest, outputs } },
    },
  ]);
  expect(harness.cloud.eventBus.events.map((event) => event["detail-type"])).toEqual([
    "transfer.failed",
    "transfer.completed",
  ]);
});
