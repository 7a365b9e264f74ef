/** How long a poll that failed is waited out: backoff, jitter, Retry-After, deadline. */
import { expect, test } from "vitest";
import type { SimulatedFault } from "../../lib/local/simulator/request-hook.ts";
import { type HarnessOptions, TransferHarness } from "../support/transfer-harness.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";

/** Complete from its first second. */
const atOnce = { queuedSeconds: 0, renderingSeconds: 0 };

/** A harness whose vendor answers the first polls with these. */
function withFirstPolls(answers: readonly SimulatedFault[], options: HarnessOptions = {}) {
  return TransferHarness.start({ ...options, simulator: { onRequest: firstAnswers("GET", answers) } });
}

test("a burst of errors is met with a backoff whose ceiling doubles", async () => {
  const burst = [500, 502, 503, 504, 500, 503, 500, 408].map((status) => refusal(status));
  await using harness = await withFirstPolls(burst, { random: () => 1 - Number.EPSILON });
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id });
  expect(end).toMatchObject({ status: "SUCCEEDED", waits: [6, 12, 24, 48, 96, 192, 300, 300], retries: 0 });
});

test("and whose jitter is full: with the other end of the dice only the interval is left", async () => {
  await using harness = await withFirstPolls(Array(6).fill(refusal(503)), { random: () => 0 });
  const end = await harness.transfer({ id: harness.simulator.createProject(atOnce) });
  expect(end).toMatchObject({ status: "SUCCEEDED", waits: [3, 3, 3, 3, 3, 3] });
});

test("a vendor that is down for good ends DeadlineExceeded, naming its last answer", async () => {
  await using harness = await TransferHarness.start({ simulator: { onRequest: everyAnswer("GET", refusal(503)) } });
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id, deadlineSeconds: 300, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.cause).toContain("HTTP 503");
  expect(harness.simulator.project(id)).toMatchObject({ downloads: 0, deletes: 0 });
});

test("and one look at it, without waiting for completion, gives up after five minutes", async () => {
  await using harness = await TransferHarness.start({ simulator: { onRequest: everyAnswer("GET", refusal(503)) } });
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id, waitForCompletion: false, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(300);
  expect(harness.simulator.project(id).deletes).toBe(0);
});

/** The first wait of a transfer whose first poll met 429 or 503 with this Retry-After, without jitter. */
async function firstWaitAfter(retryAfter: string, status = 429, deadlineSeconds = 600): Promise<number | undefined> {
  await using harness = await withFirstPolls([{ status, headers: { "retry-after": retryAfter }, body: "" }], {
    random: () => 0,
  });
  const end = await harness.transfer({ id: harness.simulator.createProject(atOnce), deadlineSeconds });
  expect(end.status).toBe("SUCCEEDED");
  expect(end.waits).toHaveLength(1);
  return end.waits[0];
}

test.each([
  ["in seconds", "120", 429, 600, 120],
  ["with a 503", "120", 503, 600, 120],
  ["shorter than the interval", "1", 429, 600, 3],
  ["as a date that has passed", "Thu, 01 Jan 1970 00:00:00 GMT", 429, 600, 3],
  ["as garbage", "soon", 429, 600, 3],
  ["below zero", "-5", 429, 600, 3],
  ["huge: clamped to the deadline, at which a last poll is taken", "99999999999999999999", 429, 600, 600],
  ["as a date in 9999", "Fri, 31 Dec 9999 23:59:59 GMT", 429, 600, 600],
  ["huge under a long deadline: a day", "99999999", 429, 30 * 86_400, 86_400],
])("Retry-After %s", async (_, retryAfter, status, deadlineSeconds, wait) => {
  expect(await firstWaitAfter(retryAfter, status, deadlineSeconds)).toBe(wait);
});

test("Retry-After as a date to come", async () => {
  // HTTP dates have whole seconds, so up to one is lost, and more where the machine is slow.
  const wait = await firstWaitAfter(new Date(Date.now() + 300_000).toUTCString());
  expect(wait).toBeGreaterThan(200);
  expect(wait).toBeLessThanOrEqual(300);
});
