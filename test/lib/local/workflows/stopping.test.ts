import { setTimeout as delay } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { Workflows } from "../../../../lib/local/workflows/workflows.ts";
import { machine, named, task } from "./machines.ts";

test("a handler that is running when the execution is stopped changes nothing any more", async () => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const after = vi.fn(async () => ({}));
  const slow = async () => {
    enter();
    await gate;
    return { late: true };
  };
  const host = machine({ Slow: task("slow", { Next: "After" }), After: task("after", { End: true }) }, { slow, after });
  const workflows = new Workflows({ stateMachines: [host] });
  const { executionArn } = workflows.start({ stateMachineArn: host.arn });
  await entered;
  const { stopDate } = workflows.stop(executionArn, { error: "Stopped", cause: "By hand." });
  const stopped = { status: "ABORTED", error: "Stopped", cause: "By hand.", stopDate };
  expect(workflows.describe(executionArn)).toMatchObject(stopped);
  open();
  // Long enough for the interpreter to have gone on, had it been able to.
  await delay(50);
  expect(await workflows.completion(executionArn)).toMatchObject(stopped);
  expect(after).not.toHaveBeenCalled();
  expect(workflows.history(executionArn).items.map(({ type, previousEventId }) => [type, previousEventId])).toEqual([
    ["ExecutionStarted", 0],
    ["TaskStateEntered", 0],
    ["LambdaFunctionScheduled", 2],
    ["LambdaFunctionStarted", 3],
    ["ExecutionAborted", 0],
  ]);
});

test("a state that waits for its retry is not retried after the stop", async () => {
  const { promise: failed, resolve: fail } = Promise.withResolvers<void>();
  const busy = vi.fn(async () => {
    fail();
    throw named("Busy", "later");
  });
  const host = machine(
    { Try: task("busy", { Retry: [{ ErrorEquals: ["Busy"], IntervalSeconds: 60, MaxAttempts: 5 }], End: true }) },
    { busy },
  );
  const workflows = new Workflows({ stateMachines: [host] });
  const { executionArn } = workflows.start({ stateMachineArn: host.arn });
  await failed;
  await delay(20);
  workflows.stop(executionArn);
  await delay(50);
  expect(busy).toHaveBeenCalledTimes(1);
});

test("a stop ends a wait, and stopping again changes nothing", async () => {
  const host = machine({ Rest: { Type: "Wait", Seconds: 1_000_000, End: true } });
  const workflows = new Workflows({ stateMachines: [host] });
  const { executionArn } = workflows.start({ stateMachineArn: host.arn });
  const { stopDate } = workflows.stop(executionArn, { error: "First" });
  expect(workflows.stop(executionArn, { error: "Second" })).toEqual({ stopDate });
  expect(await workflows.completion(executionArn)).toMatchObject({ status: "ABORTED", error: "First" });
});

test("close aborts what is running", async () => {
  const host = machine({ Rest: { Type: "Wait", Seconds: 1_000_000, End: true } });
  const workflows = new Workflows({ stateMachines: [host] });
  const arns = [1, 2].map(() => workflows.start({ stateMachineArn: host.arn }).executionArn);
  workflows.close();
  const ends = await Promise.all(arns.map((arn) => workflows.completion(arn)));
  expect(ends.map(({ status }) => status)).toEqual(["ABORTED", "ABORTED"]);
});
