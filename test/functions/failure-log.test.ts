import { expect, test } from "vitest";
import { TransferFailed } from "../../functions/domain/errors.ts";
import { loggingFailures } from "../../functions/failure-log.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { everyAnswer, refusal } from "../support/vendor-answers.ts";

const state = { execution: { name: "run-1", startedAt: "2026-11-22T21:40:00.000Z" }, input: {} };
const context = { getRemainingTimeInMillis: () => 1 };

test("what a function throws is logged with the execution, and thrown on as it is", async () => {
  const lines: object[] = [];
  const sink = { info: () => undefined, warn: (line: object) => void lines.push(line) };
  const thrown = new TransferFailed("GET of https://audio.example/a.wav?X-Goog-Signature=SECRET: refused");
  const run = loggingFailures<typeof state>({ now: Date.now, random: Math.random, sink }, () => Promise.reject(thrown));
  await expect(run(state, context)).rejects.toBe(thrown);
  expect(lines).toEqual([
    { message: "failed", execution: "run-1", error: "TransferFailed", reason: expect.stringContaining("GET of https") },
  ]);
  expect(JSON.stringify(lines)).not.toContain("SECRET");
});

test("a transfer whose function throws has a line of it, by the execution's name", async () => {
  await using harness = await TransferHarness.start({ simulator: { onRequest: everyAnswer("GET", refusal(401)) } });
  const id = harness.simulator.createProject();
  await harness.transfer({ id }, "refused");
  const failed = harness.log.filter((line) => "message" in line && line.message === "failed");
  expect(failed).toEqual([
    { message: "failed", execution: "refused", error: "Unauthorized", reason: expect.stringContaining("401") },
  ]);
});
