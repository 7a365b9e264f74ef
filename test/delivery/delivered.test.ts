/** What a receiver that works gets of a transfer that works. */
import { expect, test } from "vitest";
import { largestEventBytes } from "../../functions/domain/event.ts";
import {
  eventOf,
  expectSigned,
  signingSecret,
  startNotifiedProject,
  webhookDeliveries,
} from "../support/notified-project.ts";
import { type TransferEnd, TransferHarness } from "../support/transfer-harness.ts";

/** What an event tells of a transfer that is complete. */
function dataOf({ output }: TransferEnd, execution: string): object {
  const { announced: _, ...data } = output;
  return { ...data, execution, error: null };
}

test("a completed transfer is delivered at once, by one signed POST", async () => {
  await using project = await startNotifiedProject({ paths: ["/hook?team=blue"] });
  const { harness, receiver } = project;
  const before = harness.now();
  const end = await project.transfer();
  const [delivery] = await project.deliveries();
  expect(delivery).toMatchObject({ status: "SUCCEEDED", waits: [], attempts: [{ attempt: 1, outcome: "delivered" }] });
  expect(receiver.attempts).toHaveLength(1);
  const [attempt] = receiver.attempts;
  expect(attempt).toMatchObject({
    method: "POST",
    path: "/hook?team=blue",
    messageId: expect.stringMatching(/^msg_[0-9a-f]{40}$/),
    headers: {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(attempt?.body ?? "")),
      "user-agent": "magic-hour-audio-transfer",
    },
  });
  if (attempt) expectSigned(attempt);
  expect(attempt?.timestamp).toBeGreaterThanOrEqual(Math.floor(before / 1_000));
  expect(attempt?.timestamp).toBeLessThanOrEqual(harness.now() / 1_000);
  expect([end.status, end.output.announced]).toEqual(["SUCCEEDED", true]);
});

test("its body is the event: the output of the execution, with places in S3", async () => {
  await using project = await startNotifiedProject({ plan: { outputs: 2 } });
  const metadata = { customer: "Zoë 🎧", order: 17 };
  const end = await project.transfer({ metadata }, "order-17");
  const [delivery] = await project.deliveries();
  const body = project.receiver.attempts[0]?.body ?? "";
  expect(JSON.parse(body)).toEqual({
    type: "transfer.completed",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    data: dataOf(end, "order-17"),
  });
  const { data } = eventOf({ body });
  const directory = `audio-projects/${project.id}`;
  expect(data.manifest).toEqual({ bucket: "audio-outputs", key: `${directory}/manifest.json` });
  expect(data.outputs.map(({ bucket, key }) => `${bucket}/${key}`)).toEqual([
    `audio-outputs/${directory}/0-output.wav`,
    `audio-outputs/${directory}/1-output.wav`,
  ]);
  expect(data).toMatchObject({ id: project.id, verdict: "complete", metadata, deleted: "not-requested" });
  expect(delivery?.input.event).toEqual(JSON.parse(body));
});

test("no URL of the vendor, no key and no secret is in anything that is sent or kept; no path of an endpoint is logged", async () => {
  await using project = await startNotifiedProject({ paths: ["/hook/s3cret-path?token=s3cret-token"] });
  const { harness, receiver } = project;
  const end = await project.transfer({ deleteAfterDownload: true });
  const kept = [end, ...(await harness.deliveries())].map((one) => one.everythingWritten).join("\n");
  const sent = JSON.stringify([receiver.attempts, harness.cloud.eventBus.events]);
  // Looking for secrets means something only where the rest is found.
  for (const text of [kept, sent]) expect(text).toContain(project.id);
  const [, secret = ""] = signingSecret.split("_");
  for (const text of [kept, sent]) {
    for (const hidden of [harness.simulator.apiKey, secret, "/downloads/", harness.simulator.url, "X-Goog-"]) {
      expect(text.includes(hidden), hidden).toBe(false);
    }
  }
  const log = JSON.stringify(harness.log);
  expect(log).toContain(`"to":"${receiver.url}"`);
  expect(log).not.toContain("s3cret");
});

test("several endpoints get the same event under the same id, each by a delivery of its own", async () => {
  await using project = await startNotifiedProject({ paths: ["/a", "/b", "/c?d"] });
  await project.transfer();
  const deliveries = await project.deliveries();
  expect(deliveries.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
  expect(new Set(deliveries.map(({ name }) => name)).size).toBe(3);
  const { attempts } = project.receiver;
  expect(attempts.map(({ path }) => path).toSorted()).toEqual(["/a", "/b", "/c?d"]);
  expect(new Set(attempts.map(({ messageId }) => messageId)).size).toBe(1);
  expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
  for (const attempt of attempts) expectSigned(attempt);
});

test("endpoints of the stack and of the input are told together, each once, however often and in whatever spelling", async () => {
  await using project = await startNotifiedProject({ paths: ["/own", "/both"] });
  const { url } = project.receiver;
  const sameHost = url.replace("http://127.0.0.1", "HTTP://127.1");
  await project.transfer({
    notify: [`${url}/both`, `${sameHost}/own`, `${url}/named`, `${url}/named`, `${url}/own?other`],
  });
  expect(await project.deliveries()).toHaveLength(4);
  const paths = project.receiver.attempts.map(({ path }) => path);
  expect(paths.toSorted()).toEqual(["/both", "/named", "/own", "/own?other"]);
});

test("without any endpoint the event is on the bus all the same, with the message id inside", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0 });
  const end = await harness.transfer({ id }, "first");
  expect(end.output.announced).toBe(true);
  expect(await webhookDeliveries(harness)).toEqual([]);
  const deliveries = await harness.deliveries();
  const [{ messageId, event } = {}] = deliveries.map(({ input }) => input);
  expect(deliveries).toMatchObject([{ status: "SUCCEEDED", attempts: [{ attempt: 1, outcome: "delivered" }] }]);
  expect(harness.cloud.eventBus.events).toMatchObject([
    { bus: "default", source: "magic-hour-audio-transfer", "detail-type": "transfer.completed" },
  ]);
  expect(harness.cloud.eventBus.events[0]?.detail).toEqual({ id: messageId, ...event });
  expect(event?.data).toEqual(dataOf(end, "first"));
});

test("a webhook and the bus tell the same under the same id", async () => {
  await using project = await startNotifiedProject();
  await project.transfer();
  await project.harness.deliveries();
  const [attempt] = project.receiver.attempts;
  const [onBus] = project.harness.cloud.eventBus.events;
  expect(onBus?.detail).toEqual({ id: attempt?.messageId, ...JSON.parse(attempt?.body ?? "{}") });
});

test("while secrets are rotated each message carries a signature of both, the new one's first", async () => {
  const secrets = [
    `whsec_${Buffer.alloc(24, 1).toString("base64")}`,
    `whsec_${Buffer.alloc(64, 2).toString("base64")}`,
  ];
  await using project = await startNotifiedProject({ notifier: { signingSecret: secrets.join(" ") } });
  await project.transfer();
  await project.deliveries();
  expect(project.receiver.attempts).toHaveLength(1);
  for (const attempt of project.receiver.attempts) expectSigned(attempt, secrets);
});

test("an event with more receipts than fit stays below 20 kB: it counts them, and the manifest has them", async () => {
  await using project = await startNotifiedProject({ plan: { outputs: 60 } });
  const end = await project.transfer();
  await project.deliveries();
  const body = project.receiver.attempts[0]?.body ?? "";
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(largestEventBytes);
  expect(eventOf({ body }).data).toMatchObject({ outputs: [], outputsOmitted: 60, manifest: end.output.manifest });
  expect(end.output.outputs).toHaveLength(60);
});
