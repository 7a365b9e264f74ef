/** Passes that do not come to their end: what is left is done by the next one, and nothing twice. */
import { expect, onTestFinished, test } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import type { FunctionContext } from "../../functions/host.ts";
import type { Fault, FaultRequest } from "../../lib/local/object-store/object-store.ts";
import {
  beginInVirtualTime,
  cleanupOf,
  cleanupTransfers,
  counts,
  linesOf,
  markerStoreOf,
  secondsLeft,
} from "../support/cleanup.ts";
import { rejectionOf } from "../support/everything-in.ts";
import { smallProject } from "../support/notified-project.ts";
import { type StartFaults, startStepFunctionsProxy } from "../support/step-functions-proxy.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

const minute = 60_000;

/** A harness with so many markers that are due, a minute apart; each a project that is complete and was not copied. */
async function startWithMarkers(
  total: number,
  onRequest: (request: FaultRequest) => Fault | undefined = () => undefined,
) {
  const store: FaultRequest[] = [];
  const seen = (request: FaultRequest) => {
    store.push(request);
    return onRequest(request);
  };
  const harness = await TransferHarness.start({ store: { onRequest: seen } });
  onTestFinished(() => harness[Symbol.asyncDispose]());
  beginInVirtualTime(harness);
  const first = harness.now() - 200 * minute;
  const dues = Array.from({ length: total }, (_, index) => first + index * minute);
  for (const due of dues) {
    const id = harness.simulator.createProject(smallProject);
    const link = {
      kind: "recheck",
      chain: due.toString(16).padStart(20, "0"),
      since: first - (first % 1_000),
      attempt: 0,
    } as const;
    await markerStoreOf(harness).write({ ...link, id, due, input: { id } });
  }
  const read = () => store.filter(({ method, key }) => method === "GET" && key.startsWith("_cleanup/due/")).length;
  /** Every marker's transfer was started once, and succeeded. */
  const expectAllDone = async () => {
    const ends = await cleanupTransfers(harness);
    expect(ends.map(({ status }) => status)).toEqual(Array(total).fill("SUCCEEDED"));
    expect(new Set(ends.map(({ input }) => input["id"])).size).toBe(total);
  };
  return { harness, dues, read, store, expectAllDone, cursor: () => markerStoreOf(harness).readCursor(harness.now()) };
}

/** The cleanup behind a Step Functions of which single requests go wrong. */
async function cleanupBehind(harness: TransferHarness, faults: StartFaults) {
  const proxy = await startStepFunctionsProxy(faults);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  proxy.forwardTo(harness.cloud.stepFunctions.url);
  return cleanupOf(harness, { AWS_ENDPOINT_URL_SFN: proxy.url });
}

test("a pass notes how far it came, and the next one does not begin before that", async () => {
  const { harness, read, cursor, expectAllDone } = await startWithMarkers(3);
  const pass = cleanupOf(harness);
  expect(await pass()).toEqual(counts({ due: 3, started: 3 }));
  const first = await cursor();
  expect(harness.now() - (first ?? 0)).toBeLessThan(minute);
  expect(await pass()).toEqual(counts());
  // Nothing was due, so that nothing is written: two LISTs are all that an idle pass costs.
  expect([read(), await cursor()]).toEqual([3, first]);
  await expectAllDone();
});

test("an idle pass asks twice, and writes nothing", async () => {
  const { harness, store } = await startWithMarkers(0);
  await cleanupOf(harness, { [environmentNames.abortOrphanedUploads]: undefined })();
  expect(store.map(({ method, query }) => [method, query.get("prefix")])).toEqual([
    ["GET", "_cleanup/cursors/"],
    ["GET", "_cleanup/due/"],
  ]);
});

test("Step Functions down in the middle stops the pass, which fails; the next one does the rest", async () => {
  const { harness, dues, read, cursor, expectAllDone } = await startWithMarkers(25);
  const isDown = { now: true };
  const pass = await cleanupBehind(harness, (nth) =>
    isDown.now && nth > 10 ? { status: 400, type: "AccessDeniedException" } : undefined,
  );
  expect(await rejectionOf(pass())).toMatchObject({ name: "WorkflowsUnavailable" });
  expect(linesOf(harness, "swept")).toEqual([
    { trigger: "schedule", ...counts({ due: 20, started: 10, failed: 10, more: true }), message: "swept" },
  ]);
  expect(await cursor()).toBe(dues[10]);
  isDown.now = false;
  expect(await pass()).toEqual(counts({ due: 15, started: 15 }));
  expect(read()).toBe(20 + 15);
  await expectAllDone();
});

test("a start whose answer is lost is made once", async () => {
  const { harness, expectAllDone } = await startWithMarkers(12);
  // Twice: a start that both meet is made by its third and last attempt.
  const pass = await cleanupBehind(harness, (nth) => (nth === 3 || nth === 6 ? "answer-lost" : undefined));
  expect(await pass()).toMatchObject({ due: 12, failed: 0, more: false });
  await expectAllDone();
});

test("S3 that refuses one marker stops the pass before it", async () => {
  const isRefused = { now: false };
  let at = "";
  const { harness, dues, cursor, expectAllDone } = await startWithMarkers(5, ({ method, key }) =>
    isRefused.now && method === "GET" && key === at ? { status: 403, code: "AccessDenied", message: "No." } : undefined,
  );
  at = (await harness.keysBelow("_cleanup/due/"))[3] ?? "";
  isRefused.now = true;
  const pass = cleanupOf(harness);
  expect(await rejectionOf(pass())).toMatchObject({ message: expect.stringContaining(at) });
  expect(await cursor()).toBe(dues[3]);
  isRefused.now = false;
  // The last one was started by the first pass already.
  expect(await pass()).toMatchObject({ due: 2, failed: 0 });
  await expectAllDone();
});

test.each(["_cleanup/cursors/", "_cleanup/due/"])("S3 that does not list %s fails the pass", async (prefix) => {
  const { harness } = await startWithMarkers(1, ({ query }) =>
    query.get("prefix") === prefix ? { status: 403, code: "AccessDenied", message: "No." } : undefined,
  );
  expect(await rejectionOf(cleanupOf(harness)())).toMatchObject({ message: expect.stringContaining("AccessDenied") });
  expect(linesOf(harness, "swept")).toMatchObject([{ failed: 1, more: true, due: 0 }]);
});

test("a cursor that cannot be written fails the pass; the next one does all again, and starts nothing twice", async () => {
  const isRefused = { now: true };
  const { harness, expectAllDone } = await startWithMarkers(4, ({ method, key }) =>
    isRefused.now && method === "PUT" && key.startsWith("_cleanup/cursors/")
      ? { status: 403, code: "AccessDenied", message: "No." }
      : undefined,
  );
  const pass = cleanupOf(harness);
  expect(await rejectionOf(pass())).toMatchObject({ message: expect.stringContaining("_cleanup/cursors/") });
  await cleanupTransfers(harness);
  isRefused.now = false;
  expect(await pass()).toEqual(counts({ due: 4 }));
  await expectAllDone();
});

test("a pass whose time is nearly up stops in time, without failing, and the next one goes on", async () => {
  const { harness, dues, cursor, expectAllDone } = await startWithMarkers(25);
  const pass = cleanupOf(harness);
  let batches = 0;
  const context: FunctionContext = { getRemainingTimeInMillis: () => (batches++ < 2 ? 900_000 : 59_999) };
  expect(await pass({}, context)).toEqual(counts({ due: 20, started: 20, more: true }));
  expect(linesOf(harness, "swept")).toMatchObject([{ trigger: "hand", more: true }]);
  expect(await cursor()).toBe(dues[20]);
  expect(await pass({}, secondsLeft(59))).toEqual(counts({ more: true }));
  expect(await pass()).toEqual(counts({ due: 5, started: 5 }));
  await expectAllDone();
});

test("passes at once start each transfer once", async () => {
  const { harness, expectAllDone } = await startWithMarkers(12);
  const pass = cleanupOf(harness);
  const all = await Promise.all([pass(), pass(), pass()]);
  expect(all.map(({ due, failed }) => [due, failed])).toEqual(Array(3).fill([12, 0]));
  await expectAllDone();
});

test("an alarm triggers a pass like any other", async () => {
  const { harness, expectAllDone } = await startWithMarkers(1);
  await cleanupOf(harness)({ source: "aws.cloudwatch", alarmData: { alarmName: "pending-deletions" } });
  expect(linesOf(harness, "swept")).toMatchObject([{ trigger: "alarm pending-deletions", started: 1 }]);
  await expectAllDone();
});

test("the function says at its first call what its environment lacks", async () => {
  await using harness = await TransferHarness.start();
  for (const name of [environmentNames.bucket, environmentNames.transferStateMachine, environmentNames.recheckDays]) {
    expect(() => cleanupOf(harness, { [name]: "" })).toThrow(name);
  }
});
