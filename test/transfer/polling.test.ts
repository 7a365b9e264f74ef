import { expect, test } from "vitest";
import { notFoundGrace, withoutDownloadsGrace } from "../../functions/domain/verdict.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

test("queued, rendering and complete: polled with waits, copied, kept", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ queuedSeconds: 4, renderingSeconds: 4 });
  const end = await harness.transfer({ id, metadata: { order: 7 } });
  expect(end).toMatchObject({ status: "SUCCEEDED", waits: [3, 3, 3] });
  expect(end.output).toMatchObject({
    id,
    verdict: "complete",
    status: "complete",
    deleted: "not-requested",
    polls: 4,
    metadata: { order: 7 },
    project: { type: "VOICE_GENERATOR", enabled: true },
    manifest: { bucket: "audio-outputs", key: `audio-projects/${id}/manifest.json` },
  });
  expect(end.states.filter((state) => state === "Check status")).toHaveLength(4);
  expect(harness.simulator.project(id)).toMatchObject({ deletes: 0, deleted: false });
});

test("a stack may poll less often and give up sooner: the input's own deadline counts before the stack's", async () => {
  const environment = { POLL_INTERVAL_SECONDS: "60", DEADLINE_SECONDS: "100" };
  await using harness = await TransferHarness.start({ environment });
  const id = harness.simulator.createProject({ renderingSeconds: 130 });
  const givenUp = await harness.transfer({ id });
  expect(givenUp).toMatchObject({ status: "FAILED", error: "DeadlineExceeded", waits: [60, 40] });
  const end = await harness.transfer({ id, deadlineSeconds: 1_000 });
  expect(end).toMatchObject({ status: "SUCCEEDED", waits: [60] });
});

test("error ends ProjectFailed with the vendor's code and message, and deletes nothing", async () => {
  await using harness = await TransferHarness.start();
  const error = { code: "no_speech", message: "The prompt has no words." };
  const id = harness.simulator.createProject({ endIn: "error", error });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "ProjectFailed" });
  expect(end.cause).toContain("no_speech: The prompt has no words.");
  expect(harness.simulator.project(id).deletes).toBe(0);
});

test("canceled ends ProjectCanceled, and deletes nothing", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ endIn: "canceled" });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "ProjectCanceled" });
  expect(harness.simulator.project(id).deletes).toBe(0);
});

test("a draft is given up after an hour, not at the transfer's deadline", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ endIn: "draft" });
  const end = await harness.transfer({ id });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.cause).toMatch(/still draft after 36\d\d s/);
});

test("an unknown status is polled until the deadline and never taken for complete", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ endIn: "archived" });
  const end = await harness.transfer({ id, deadlineSeconds: 600, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.cause).toMatch(/still archived after 6\d\d s and \d+ polls, \d+ with an unknown status/);
  expect(harness.simulator.project(id)).toMatchObject({ downloads: 0, deletes: 0 });
});

test("complete beside a non-null error is complete: only the status decides", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ error: { code: "odd", message: "the vendor's own example" } });
  const end = await harness.transfer({ id });
  expect(end.status).toBe("SUCCEEDED");
  expect(end.output.outputs).toHaveLength(1);
});

test("complete without downloads is polled again, and copied once the links are there", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0, withoutDownloads: 2 });
  const end = await harness.transfer({ id });
  expect(end.status).toBe("SUCCEEDED");
  expect(end.output.polls).toBe(3);
});

test("complete without downloads for ever fails after a bounded number of polls, and deletes nothing", async () => {
  await using harness = await TransferHarness.start();
  const plan = { queuedSeconds: 0, renderingSeconds: 0, withoutDownloads: Number.POSITIVE_INFINITY };
  const id = harness.simulator.createProject(plan);
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(harness.simulator.project(id)).toMatchObject({ gets: withoutDownloadsGrace + 1, deletes: 0 });
});

test("enabled: false before the copy ends ProjectGone", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ disabled: true });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "ProjectGone" });
  expect(harness.simulator.project(id)).toMatchObject({ downloads: 0, deletes: 0 });
});

test("404 is waited out shortly, then ends ProjectGone", async () => {
  await using harness = await TransferHarness.start();
  const end = await harness.transfer({ id: "cnobodyknowsthisproject" });
  expect(end).toMatchObject({ status: "FAILED", error: "ProjectGone" });
  expect(end.waits).toHaveLength(notFoundGrace);
});

test("404 that becomes a project within the grace is no failure", async () => {
  let refusals = 2;
  const onRequest = ({ path }: { path: string }) => {
    if (!path.startsWith("/v1/audio-projects/") || refusals === 0) return undefined;
    refusals -= 1;
    return { status: 404, body: JSON.stringify({ code: "not_found", message: "Not found" }) };
  };
  await using harness = await TransferHarness.start({ simulator: { onRequest } });
  const end = await harness.transfer({ id: harness.simulator.createProject() });
  expect(end.status).toBe("SUCCEEDED");
});

test("an answer for another project is a hard failure", async () => {
  let other = "";
  const onRequest = ({ path }: { path: string }) =>
    path.startsWith("/v1/audio-projects/")
      ? { status: 200, body: JSON.stringify({ id: other, status: "complete", enabled: true, downloads: [] }) }
      : undefined;
  await using harness = await TransferHarness.start({ simulator: { onRequest } });
  other = harness.simulator.createProject();
  const end = await harness.transfer({ id: harness.simulator.createProject(), deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(end.cause).toContain(other);
  expect(harness.simulator.project(other).deletes).toBe(0);
});

test("the deadline ends a pending project by name, after a last poll at the deadline", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ endIn: "rendering" });
  const end = await harness.transfer({ id, deadlineSeconds: 100 });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(100);
});

test("waitForCompletion: false looks once at a pending project and ends with it", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ endIn: "queued" });
  const end = await harness.transfer({ id, waitForCompletion: false });
  expect(end).toMatchObject({ status: "SUCCEEDED", waits: [] });
  expect(end.output).toMatchObject({ verdict: "pending", status: "queued", outputs: [], manifest: null, polls: 1 });
});

test("waitForCompletion: false still copies a project that is already complete", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0 });
  const end = await harness.transfer({ id, waitForCompletion: false });
  expect(end.status).toBe("SUCCEEDED");
  expect(end.output.outputs).toHaveLength(1);
});

test("downloadOutputs: false waits for completion and copies nothing", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject();
  const end = await harness.transfer({ id, downloadOutputs: false });
  expect(end.status).toBe("SUCCEEDED");
  expect(end.output).toMatchObject({ verdict: "complete", outputs: [], manifest: null });
  expect(harness.simulator.project(id).downloads).toBe(0);
});

test.each([
  ["no object", "text", /JSON object/],
  ["no id", {}, /^id: must be a string of 1 to 64/],
  ["a path as id", { id: "../x" }, /^id: may hold only/],
  ["an unknown field", { id: "abc", wait: true }, /"wait": unknown field/],
  ["a deadline out of bounds", { id: "abc", deadlineSeconds: 0 }, /deadlineSeconds: .* from 1 to 31449600/],
])("bad input (%s) ends InvalidInput, naming the field and the bound", async (_, input, cause) => {
  await using harness = await TransferHarness.start();
  const end = await harness.transfer(input);
  expect(end).toMatchObject({ status: "FAILED", error: "InvalidInput" });
  expect(end.cause).toMatch(cause);
});
