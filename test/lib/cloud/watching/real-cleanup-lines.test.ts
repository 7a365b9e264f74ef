/** The metric filters against the lines that the cleanup, and what leaves markers for it, really log. */
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createCleanup } from "../../../../functions/cleanup.ts";
import { environmentNames, functionTimeoutSeconds } from "../../../../functions/contract.ts";
import { localBucket } from "../../../../lib/local/embedded-cloud.ts";
import { localStateMachineArn } from "../../../../lib/local/local-machines.ts";
import { foreignLines, lambdaLine } from "../../../support/lambda-line.ts";
import { smallProject } from "../../../support/notified-project.ts";
import { TransferHarness } from "../../../support/transfer-harness.ts";
import { everyAnswer, refusal } from "../../../support/vendor-answers.ts";
import { publishedFor } from "./metric-filters.ts";
import { watchedTemplate } from "./watched-stack.ts";

const hour = 3_600;

const template = watchedTemplate();

/** What the cleanup's filters make of a harness's log, among lines that are not ours. */
function published({ log }: TransferHarness) {
  const lines = log.map((line) => lambdaLine(line));
  const all = publishedFor(template, [...foreignLines, ...lines]);
  return Object.fromEntries(Object.entries(all).filter(([name]) => /^(?:Cleanup|LeftToCleanup)/.test(name)));
}

function passOf(harness: TransferHarness) {
  const environment = { ...harness.cloud.environment, [environmentNames.transferStateMachine]: localStateMachineArn };
  const run = createCleanup(environment, harness.host);
  return () => run({}, { getRemainingTimeInMillis: () => functionTimeoutSeconds.cleanup * 1_000 });
}

test("what transfers leave, and what the cleanup makes of it, is counted once", async () => {
  await using harness = await TransferHarness.start({
    simulator: { onRequest: everyAnswer("DELETE", refusal(500)) },
  });
  const pass = passOf(harness);
  const project = (plan: object) => harness.simulator.createProject({ ...smallProject, ...plan });
  const late = await harness.transfer({ id: project({ endIn: "rendering" }), deadlineSeconds: 20 });
  const kept = await harness.transfer({ id: project({}), deleteAfterDownload: true });
  expect([late.error, kept.output.deleted]).toEqual(["DeadlineExceeded", "pending"]);
  await harness.s3.send(
    new PutObjectCommand({ Bucket: localBucket, Key: "_cleanup/due/20200101T000000000Z-x.json", Body: "{}" }),
  );

  harness.skip(25 * hour);
  const first = await pass();
  await harness.deliveries();
  const numbers = published(harness);
  expect(numbers).toMatchObject({
    "LeftToCleanup/recheck": [1],
    CleanupPasses: [1],
    CleanupDue: [3],
    CleanupStarted: [1],
    CleanupWaiting: [1],
    CleanupGivenUp: [0],
    CleanupUnreadable: [1],
    CleanupOverdueDeletions: [1],
    CleanupFailed: [0],
    CleanupUploadsAborted: [0],
  });
  expect(first).toMatchObject({ due: 3, started: 1 });
  expect(numbers["LeftToCleanup/deletion"]?.length).toBeGreaterThan(0);

  harness.skip(9 * 24 * hour);
  await pass();
  expect(published(harness)["CleanupGivenUp"]).toEqual([0, 1]);
});

test("a pass that fails is counted, with what failed", async () => {
  await using harness = await TransferHarness.start();
  const pass = passOf(harness);
  await harness.transfer({
    id: harness.simulator.createProject({ ...smallProject, endIn: "rendering" }),
    deadlineSeconds: 20,
  });
  harness.skip(2 * hour);
  await harness.cloud.store.close();
  await expect(pass()).rejects.toThrow();
  const { CleanupPasses: passes, CleanupFailed: [failed = 0] = [] } = published(harness);
  expect(passes).toEqual([1]);
  expect(failed).toBeGreaterThan(0);
});
