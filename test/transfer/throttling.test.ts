/** Many transfers of one account under the vendor's limit, through the synthesized workflow. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, inject, onTestFinished, test } from "vitest";
import type { TransferState } from "../../functions/contract.ts";
import type { TransferOutput } from "../../functions/domain/transfer-output.ts";
import { type EmbeddedCloudOptions, startEmbeddedCloud } from "../../lib/local/embedded-cloud.ts";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import {
  type MagicHourSimulatorOptions,
  startMagicHourSimulator,
} from "../../lib/local/simulator/magic-hour-simulator.ts";
import { manifestIn } from "../support/transfer-expectations.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";

const small = { queuedSeconds: 0, renderingSeconds: 0, prompt: "Hi", sizeBytes: 4_844 };

/** Lets so many transfers run at once, in real time: a limit is one of requests a second. */
async function runCrowd(
  crowd: number,
  { simulator: of, ...cloudOptions }: Partial<EmbeddedCloudOptions> & { simulator?: MagicHourSimulatorOptions },
) {
  const directory = await mkdtemp(join(tmpdir(), "transfer-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const simulator = await startMagicHourSimulator(of);
  onTestFinished(() => simulator.close());
  const retries = { count: 0 };
  const cloud = await startEmbeddedCloud({
    directory,
    transfer: inject("transfer"),
    vendor: { baseUrl: simulator.url, apiKey: simulator.apiKey },
    guardExceptions: [simulator.url],
    host: { now: Date.now, random: Math.random, sink: { info: () => undefined, warn: () => undefined } },
    ...cloudOptions,
    workflows: {
      ...cloudOptions.workflows,
      onEvent: (_, { type }) => {
        if (type === "StateRetried") retries.count += 1;
      },
    },
  });
  onTestFinished(() => cloud.close());
  const ids = Array.from({ length: crowd }, () => simulator.createProject(small));
  const began = Date.now();
  const ends = await Promise.all(
    ids.map(async (id, nth) => {
      // Two thirds come when the limit is known, the first third finds it out.
      if (nth >= crowd / 3) await setTimeout(1_000);
      const input = JSON.stringify({ id });
      const { executionArn } = cloud.workflows.start({ stateMachineArn: localStateMachineArn, input });
      const { status, output } = await cloud.workflows.completion(executionArn);
      const { polls, outputs } = JSON.parse(output ?? "{}") as TransferOutput;
      const states = cloud.workflows
        .history(executionArn, { maxResults: 1_000 })
        .items.flatMap(({ stateExitedEventDetails: exited }) => (exited?.name === "Check status" ? [exited] : []))
        .map((exited) => JSON.parse(exited.output ?? "{}") as TransferState);
      return { status, polls, outputs: outputs.length, states };
    }),
  );
  return { ends, ids, retries: retries.count, seconds: (Date.now() - began) / 1_000, traffic: simulator.traffic() };
}

test("under a limit every transfer ends well, polls that were not sent count for nothing, few requests are refused", async () => {
  const crowd = 60;
  const { ends, traffic } = await runCrowd(crowd, { simulator: { rateLimit: { perSecond: 16 } } });
  let deferrals = 0;
  for (const { status, outputs, polls, states } of ends) {
    expect([status, outputs]).toEqual(["SUCCEEDED", 1]);
    const putOff = states.filter(
      ({ check }, nth) => check?.counts.polls === (states[nth - 1]?.check?.counts.polls ?? 0),
    );
    expect(polls).toBe(states.length - putOff.length);
    deferrals += putOff.length;
    for (const { check, output } of putOff) {
      expect(check).toMatchObject({ next: "wait", turn: { limit: { top: expect.any(Number) } } });
      expect(check?.waitSeconds).toBeGreaterThanOrEqual(1);
      expect(output?.verdict).toBe("pending");
    }
  }
  // Two for each transfer, and each refused one once more; the crowd that came before the first 429 is refused.
  expect(traffic.requests - traffic.throttled).toBe(2 * crowd);
  expect(traffic.throttled).toBeLessThan(1.5 * crowd);
  expect(deferrals).toBeGreaterThan(0);
});

test("beyond a ceiling on polls and copies Lambda throttles, and the workflow's Retry holds", async () => {
  const concurrency = { "check-status": { most: 1 }, "download-outputs": { most: 1 } };
  const { ends, retries } = await runCrowd(12, { concurrency, workflows: { retryMilliseconds: 40 } });
  expect(ends.map(({ status, outputs }) => [status, outputs])).toEqual(Array(12).fill(["SUCCEEDED", 1]));
  expect(retries).toBeGreaterThan(11);
});

test("a vendor that refuses everything: the deadline holds, with a last poll at it, and waits grow", async () => {
  const simulator = { onRequest: everyAnswer("GET", refusal(429)) };
  await using harness = await TransferHarness.start({ simulator, random: () => 0.9 });
  const id = harness.simulator.createProject(small);
  const began = harness.now();
  const end = await harness.transfer({ id, deadlineSeconds: 900 });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.cause).toContain("HTTP 429");
  expect((harness.now() - began) / 1_000).toBeLessThan(900 + 60);
  expect(Math.max(...end.waits)).toBeGreaterThan(100);
  expect(harness.simulator.project(id).gets).toBeLessThan(60);
  expect(end.everythingWritten).not.toContain(harness.simulator.apiKey);
});

test("a copy that the vendor refuses is repeated by the workflow", async () => {
  const onRequest = firstAnswers("GET", [undefined, refusal(429), refusal(429)]);
  await using harness = await TransferHarness.start({ simulator: { onRequest } });
  const id = harness.simulator.createProject(small);
  const end = await harness.transfer({ id });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { polls: 1 } });
  expect(end.retries).toBeGreaterThanOrEqual(2);
  expect((await manifestIn(harness, `audio-projects/${id}`)).outputs).toHaveLength(1);
});
