import { expect, onTestFinished, test } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import type { SimulatedFault } from "../../lib/local/simulator/request-hook.ts";
import { cutAt } from "../support/behaviour.ts";
import { type OriginScript, startMisbehavingOrigin } from "../support/misbehaving-origin.ts";
import { type HarnessOptions, TransferHarness } from "../support/transfer-harness.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";

/** Complete from its first second. */
const atOnce = { queuedSeconds: 0, renderingSeconds: 0 };

async function runOrigin(content: string, script?: OriginScript) {
  const origin = await startMisbehavingOrigin(
    { body: Buffer.from(content), contentType: "application/json", etag: null },
    script,
  );
  onTestFinished(() => origin.close());
  return origin;
}

/** A harness whose vendor answers the first polls with these. */
function withFirstPolls(answers: readonly SimulatedFault[], options: HarnessOptions = {}) {
  return TransferHarness.start({ ...options, simulator: { onRequest: firstAnswers("GET", answers) } });
}

test("connections that are reset are polled again inside the deadline", async () => {
  await using harness = await withFirstPolls(["reset", "reset", "reset"]);
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 0 });
  expect(end.output).toMatchObject({ polls: 4, deleted: "yes" });
  expect(end.waits).toHaveLength(3);
  expect(harness.simulator.project(id).deletes).toBe(1);
});

test.each([
  ["a name that does not resolve", "https://nobody.invalid", /ENOTFOUND|EAI_AGAIN/],
  ["a port where nobody listens", "http://127.0.0.1:1", /ECONNREFUSED/],
])("%s is polled until the deadline, whose cause says so", async (_, baseUrl, cause) => {
  const environment = { [environmentNames.baseUrl]: baseUrl, [environmentNames.guardExceptions]: "http://127.0.0.1:1" };
  await using harness = await TransferHarness.start({ environment });
  const end = await harness.transfer({ id: "cproject", deadlineSeconds: 4 });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.cause).toMatch(cause);
  expect(end.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(4);
});

test.each([401, 402, 403])("%i ends Unauthorized at once, with the vendor's words", async (status) => {
  const onRequest = everyAnswer("GET", refusal(status, "no_entry", "Not with this key."));
  await using harness = await TransferHarness.start({ simulator: { onRequest } });
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "Unauthorized", waits: [], retries: 0 });
  expect(end.cause).toContain(`the vendor answered ${status} (no_entry: Not with this key.)`);
  expect(harness.simulator.project(id)).toMatchObject({ gets: 1, downloads: 0, deletes: 0 });
});

test("a wrong key ends Unauthorized after one look", async () => {
  await using harness = await TransferHarness.start({ environment: { [environmentNames.apiKey]: "mhk_wrong" } });
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id });
  expect(end).toMatchObject({ status: "FAILED", error: "Unauthorized" });
  expect(harness.simulator.project(id).gets).toBe(1);
});

test.each([400, 410, 422])("%i is no answer to wait out: it ends TransferFailed at once", async (status) => {
  await using harness = await TransferHarness.start({ simulator: { onRequest: everyAnswer("GET", refusal(status)) } });
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", waits: [], retries: 0 });
  expect(harness.simulator.project(id)).toMatchObject({ gets: 1, downloads: 0, deletes: 0 });
});

test.each([301, 307])("a redirect of the API (%i) is not followed: the key goes nowhere else", async (status) => {
  const elsewhere = await runOrigin("{}");
  const onRequest = everyAnswer("GET", { status, headers: { location: `${elsewhere.url}/v1/audio-projects/x` } });
  await using harness = await TransferHarness.start({ simulator: { onRequest }, guardExceptions: [elsewhere.url] });
  const end = await harness.transfer({ id: harness.simulator.createProject(atOnce) });
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(end.cause).toContain(`the vendor answered ${status}`);
  expect(elsewhere.connections).toBe(0);
});

test.each<[string, string]>([
  ["a page in HTML", "<!doctype html><title>Down for maintenance</title>"],
  ["nothing", ""],
  ["JSON that ends early", '{"id":"x","status":"comp'],
  ["a JSON array", "[]"],
  ["JSON without a status", '{"id":"x","enabled":true,"downloads":[]}'],
  ["downloads that are no list", '{"id":"x","status":"complete","enabled":true,"downloads":"none"}'],
  ["more than 2 MiB", JSON.stringify({ id: "x", status: "complete", padding: "x".repeat(2 * 1_024 ** 2) })],
])("200 with %s is not an answer: polled again, never taken for complete", async (_, body) => {
  await using harness = await withFirstPolls([
    { status: 200, body },
    { status: 200, body },
  ]);
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 0 });
  expect(end.output).toMatchObject({ polls: 3, deleted: "yes" });
  expect(harness.simulator.project(id).deletes).toBe(1);
});

test("an answer whose body breaks off is polled again", async () => {
  const answer = JSON.stringify({ id: "cproject", status: "complete", enabled: true, downloads: [] });
  const api = await runOrigin(answer, (_request, nth) => (nth === 1 ? cutAt(20) : undefined));
  const environment = { [environmentNames.baseUrl]: api.url, [environmentNames.guardExceptions]: api.url };
  await using harness = await TransferHarness.start({ environment });
  const end = await harness.transfer({ id: "cproject", downloadOutputs: false });
  expect(end.status).toBe("SUCCEEDED");
  expect(end.output).toMatchObject({ verdict: "complete", polls: 2 });
});

test.each(["COMPLETE", "completed", ""])("the unknown status %j is not complete", async (endIn) => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ ...atOnce, endIn });
  const end = await harness.transfer({ id, deadlineSeconds: 60, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.cause).toMatch(/(\d+) polls, \1 with an unknown status/);
  expect(harness.simulator.project(id)).toMatchObject({ downloads: 0, deletes: 0 });
});

test("an unknown status that becomes complete is copied", async () => {
  let polls = 0;
  const onRequest = ({ method }: { method: string }) => {
    if (method === "GET" && ++polls === 4) harness.simulator.changeProject(id, { endIn: "complete" });
    return undefined;
  };
  await using harness = await TransferHarness.start({ simulator: { onRequest } });
  const id = harness.simulator.createProject({ ...atOnce, endIn: "mastering" });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end.status).toBe("SUCCEEDED");
  expect(end.output).toMatchObject({ polls: 4, status: "complete", deleted: "yes" });
});

test("a vendor that fails while the copy asks for URLs is asked again by the workflow's Retry", async () => {
  const answers = [undefined, refusal(503), refusal(429), undefined];
  await using harness = await TransferHarness.start({ simulator: { onRequest: firstAnswers("GET", answers) } });
  const end = await harness.transfer({ id: harness.simulator.createProject(atOnce) });
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 2, waits: [] });
});

test("and ends TransferFailed with the vendor's answer when the attempts are used up", async () => {
  const onRequest = everyAnswer("GET", refusal(503), 1);
  await using harness = await TransferHarness.start({ simulator: { onRequest } });
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 20 });
  expect(end.cause).toBe(`GET of project ${id}: HTTP 503`);
  expect(harness.simulator.project(id)).toMatchObject({ gets: 22, downloads: 0, deletes: 0 });
});

test("a key that is revoked between poll and copy ends Unauthorized", async () => {
  await using harness = await TransferHarness.start({ simulator: { onRequest: everyAnswer("GET", refusal(401), 1) } });
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "Unauthorized", retries: 0 });
  expect(harness.simulator.project(id)).toMatchObject({ gets: 2, downloads: 0, deletes: 0 });
});
