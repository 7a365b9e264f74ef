/** The metric filters against the lines that the real functions log, wrapped as Lambda wraps them. */
import { expect, test } from "vitest";
import { type Behaviour, drip, resetAt, status } from "../../../support/behaviour.ts";
import { foreignLines, lambdaLine } from "../../../support/lambda-line.ts";
import { startMisbehavingReceiver } from "../../../support/misbehaving-receiver.ts";
import { smallProject } from "../../../support/notified-project.ts";
import { audioBytes, signedUrl, startOriginProject } from "../../../support/origin-project.ts";
import { s3Error, storeFaults } from "../../../support/store-faults.ts";
import { TransferHarness } from "../../../support/transfer-harness.ts";
import { refusal } from "../../../support/vendor-answers.ts";
import { publishedFor } from "./metric-filters.ts";
import { watchedTemplate } from "./watched-stack.ts";

const template = watchedTemplate();

/** What the filters make of a harness's log, among lines that are not ours. */
const published = ({ log }: TransferHarness) =>
  publishedFor(template, [...foreignLines, ...log.map((line) => lambdaLine(line))]);

const repeated = <Value>(value: Value, times: number) => Array.from({ length: times }, () => value);

/** The numbers from 1 to this one. */
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test("every end of a transfer, its polls and its copy are counted once, and nothing else is", async () => {
  const refused = new Set<string>();
  await using harness = await TransferHarness.start({
    simulator: { onRequest: ({ projectId = "" }) => (refused.has(projectId) ? refusal(401) : undefined) },
  });
  const run = (plan: object, input: object = {}) => {
    const id = harness.simulator.createProject({ ...smallProject, ...plan });
    return harness.transfer({ id, ...input });
  };
  // First, because an execution's start is not in virtual time: waits of others would count to its deadline.
  const late = await run({ endIn: "rendering" }, { deadlineSeconds: 20 });
  const complete = await run({ renderingSeconds: 30, outputs: 2 });
  const uncopied = await run({}, { downloadOutputs: false });
  const failed = await run({ endIn: "error" });
  const canceled = await run({ endIn: "canceled" });
  const invalid = await harness.transfer({ id: "../" });
  const stranger = harness.simulator.createProject(smallProject);
  refused.add(stranger);
  const unauthorized = await harness.transfer({ id: stranger });
  await harness.deliveries();

  const ends = [late, complete, uncopied, failed, canceled, invalid, unauthorized];
  expect(ends.map(({ error }) => error)).toEqual([
    "DeadlineExceeded",
    undefined,
    undefined,
    "ProjectFailed",
    "ProjectCanceled",
    "InvalidInput",
    "Unauthorized",
  ]);
  const [copied, waited] = [complete.output.polls, late.waits.length + 1];
  expect([copied, waited].every((polls) => polls > 2)).toBe(true);
  const bytes = complete.output.outputs.reduce((sum, output) => sum + output.bytes, 0);
  const numbers = published(harness);
  expect(numbers).toMatchObject({
    "Transfers/transfer.completed": [1, 1],
    "Transfers/transfer.failed": [1, 1, 1],
    "Transfers/transfer.canceled": [1],
    "Transfers/transfer.timed_out": [1],
    TransfersUnauthorized: [1],
    // One that never polled has 0 of them.
    PollsOfTransfer: [waited, copied, 1, 1, 1, 0, 0],
    PollNumber: [...upTo(waited), ...upTo(copied), 1, 1, 1],
    OutputsCopied: [2],
    BytesCopied: [bytes],
    // One short run of the copy, to which nothing happened.
    BytesReceived: [bytes],
    CopyRetries: [0],
    CopyResumes: [0],
    DownloadUrlRefreshes: [0],
    "DeliveryAttempts/delivered": repeated(1, ends.length),
    // The deadline, and the refused key.
    "LeftToCleanup/recheck": [1, 1],
  });
  expect(numbers["SecondsToManifest"]).toEqual([expect.any(Number)]);
  expect(numbers["CopyBytesPerSecond"]).toEqual([expect.any(Number)]);
  expect(numbers["CopyBytesPerSecond"]?.[0]).toBeGreaterThan(0);
  const names = new Set(Object.keys(numbers).map((name) => name.split("/")[0]));
  const polled = ["PollsOfTransfer", "PollNumber"];
  const copies = ["OutputsCopied", "BytesCopied", "SecondsToManifest", "BytesReceived", "CopyBytesPerSecond"];
  const troubles = ["CopyRetries", "CopyResumes", "DownloadUrlRefreshes"];
  const others = ["Transfers", "TransfersUnauthorized", "DeliveryAttempts", "LeftToCleanup"];
  expect([...names].sort()).toEqual([...polled, ...copies, ...troubles, ...others].sort());
});

/** Breaks off slowly, because a client drops bytes that it has not read when the connection ends. */
const breakingOff = { ...resetAt(100_000), ...drip(20_000, 10) };

test("what a copy got over is counted: a fresh URL, a resume, a call to S3 again, and bytes that came twice", async () => {
  const body = audioBytes(300_000);
  const answers: Record<string, Behaviour[]> = {
    // Refused; then broken off, and resumed under its strong ETag.
    "a.wav": [status(403), breakingOff],
    // Broken off without an ETag, so that a second run of the copy begins it again: the first had copied the other.
    "b.wav": [{ content: { etag: null }, ...breakingOff }],
  };
  const store = storeFaults("PutObject", [s3Error(503, "SlowDown")], "0-a.wav");
  await using project = await startOriginProject(
    { body },
    ({ path }) => answers[/\w\.wav/.exec(path)?.[0] ?? ""]?.shift(),
    { downloads: (origin, nth) => ["a.wav", "b.wav"].map((name) => signedUrl(origin, nth, name)), store },
  );
  const end = await project.transfer({ deleteAfterDownload: false });
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 0 });
  const numbers = published(project.harness);
  expect(numbers).toMatchObject({
    OutputsCopied: [2],
    BytesCopied: [2 * body.length],
    // Of two runs of the copy.
    CopyRetries: [1, 0],
    CopyResumes: [1, 0],
    DownloadUrlRefreshes: [1, 0],
    BytesReceived: [expect.any(Number), body.length],
  });
  const [received = 0] = numbers["BytesReceived"] ?? [];
  expect(received).toBeGreaterThan(body.length);
  expect(received).toBeLessThanOrEqual(body.length + 100_000);
});

test("attempts are counted by their outcomes", async () => {
  await using receiver = await startMisbehavingReceiver(({ path, nth }) => {
    if (path === "/gone") return 410;
    return path === "/broken" || nth === 1 ? 500 : 204;
  });
  await using harness = await TransferHarness.start({ guardExceptions: [receiver.url] });
  const id = harness.simulator.createProject(smallProject);
  await harness.transfer({ id, notify: ["/gone", "/broken", "/second"].map((path) => receiver.url + path) });
  await harness.deliveries();
  expect(published(harness)).toMatchObject({
    // The event bus, and the endpoint that accepts at the second attempt.
    "DeliveryAttempts/delivered": [1, 1],
    "DeliveryAttempts/rejected": [1],
    "DeliveryAttempts/exhausted": [1],
    "DeliveryAttempts/retry": repeated(1, 9 + 1),
  });
});
