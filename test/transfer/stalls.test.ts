/**
 * Servers that take a request and never answer, against the product's real time-outs: 10 s for the vendor's API, 15 s for
 * a download. The tests wait for them side by side and assert no time.
 */
import { describe, expect, test } from "vitest";
import { honest, stallBeforeHeaders } from "../support/behaviour.ts";
import { audioBytes, first, startOriginProject } from "../support/origin-project.ts";
import { expectExact } from "../support/transfer-expectations.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { firstAnswers } from "../support/vendor-answers.ts";

const atOnce = { queuedSeconds: 0, renderingSeconds: 0 };

describe.concurrent("a server that never answers", () => {
  test("to a poll: it is timed out and polled again", async () => {
    await using harness = await TransferHarness.start({ simulator: { onRequest: firstAnswers("GET", ["stall"]) } });
    const end = await harness.transfer({ id: harness.simulator.createProject(atOnce) });
    expect(end).toMatchObject({ status: "SUCCEEDED", retries: 0, output: { polls: 2 } });
    expect(end.waits).toHaveLength(1);
  });

  test("to a download: it is timed out, and the copy repeated", async () => {
    const body = audioBytes(50_000);
    await using project = await startOriginProject({ body }, first(stallBeforeHeaders, honest));
    const end = await project.transfer();
    await expectExact(project.harness, end, [body]);
    expect(end.retries).toBe(1);
  });

  test("to a DELETE that it did not carry out: it is looked for, found, and deleted again", async () => {
    await using harness = await TransferHarness.start({ simulator: { onRequest: firstAnswers("DELETE", ["stall"]) } });
    const id = harness.simulator.createProject(atOnce);
    const end = await harness.transfer({ id, deleteAfterDownload: true });
    expect(end).toMatchObject({ status: "SUCCEEDED", retries: 1, output: { deleted: "yes" } });
    expect(harness.simulator.project(id)).toMatchObject({ deletes: 2, deleted: true });
  });
});
