import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import type { LambdaContext } from "../../../../lib/local/workflows/lambda-invocation.ts";
import type { WorkflowEvent } from "../../../../lib/local/workflows/workflow-event.ts";
import { machine, named, outputOf, runOnce, task } from "./machines.ts";

const TYPED = { ErrorEquals: ["States.ALL"], ResultPath: "$.failure" };

describe("retries and catches", () => {
  const retrying = (errors: string[]) =>
    machine(
      {
        Try: task("attempt", {
          Retry: [{ ErrorEquals: errors, IntervalSeconds: 20, MaxAttempts: 2 }],
          Catch: [{ ...TYPED, Next: "Caught" }],
          End: true,
        }),
        Caught: { Type: "Pass", End: true },
      },
      { attempt },
    );
  const attempt = vi.fn(async (_event: unknown, _context: LambdaContext): Promise<unknown> => ({}));

  test("an error is retried by its name, with another request id each time", async () => {
    attempt.mockReset().mockRejectedValueOnce(named("Busy", "later")).mockResolvedValueOnce({ done: true });
    const result = await runOnce(retrying(["Busy"]), {}, { retryMilliseconds: 0 });
    expect(outputOf(result)).toEqual({ done: true });
    const [first, second] = attempt.mock.calls.map(([, context]) => context.awsRequestId);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
  });

  test("another name is not retried, and Catch gets Error and Cause as Lambda forms them", async () => {
    attempt.mockReset().mockRejectedValue(named("Refused", "never"));
    const { failure } = outputOf(await runOnce(retrying(["Busy"]), {})) as { failure: Record<string, string> };
    expect(attempt).toHaveBeenCalledTimes(1);
    expect(failure["Error"]).toBe("Refused");
    expect(JSON.parse(failure["Cause"] ?? "")).toEqual({
      errorType: "Refused",
      errorMessage: "never",
      trace: expect.arrayContaining([expect.stringContaining("    at ")]),
    });
  });

  test("retries end at MaxAttempts", async () => {
    attempt.mockReset().mockRejectedValue(named("Busy", "later"));
    await runOnce(retrying(["States.TaskFailed"]), {}, { retryMilliseconds: 0 });
    expect(attempt).toHaveBeenCalledTimes(3);
  });

  test("a thrown text is an error named after its type", async () => {
    const host = machine({ Try: task("attempt", { End: true }) }, { attempt: () => Promise.reject("no") });
    const { status, error, cause } = await runOnce(host);
    expect([status, error]).toEqual(["FAILED", "string"]);
    expect(JSON.parse(cause ?? "")).toEqual({ errorType: "string", errorMessage: "no", trace: [] });
  });
});

describe("how an execution ends", () => {
  test.each([
    [
      { ErrorPath: "$.e", CausePath: "$.c" },
      { error: "Gone", cause: "It is gone." },
    ],
    [
      { Error: "Fixed", Cause: "Said so." },
      { error: "Fixed", cause: "Said so." },
    ],
    [{ Error: "Fixed" }, { error: "Fixed" }],
    [{}, {}],
  ])("a Fail state with %j gives %j", async (fields, expected) => {
    const { status, error, cause } = await runOnce(machine({ End: { Type: "Fail", ...fields } }), {
      e: "Gone",
      c: "It is gone.",
    });
    expect({ status, error, cause }).toEqual({ status: "FAILED", error: undefined, cause: undefined, ...expected });
  });

  test("the error of a handler that nothing catches is that of the execution", async () => {
    const host = machine({ Try: task("f", { End: true }) }, { f: () => Promise.reject(named("Refused", "never")) });
    const { error, cause } = await runOnce(host);
    expect(error).toBe("Refused");
    expect(JSON.parse(cause ?? "")).toMatchObject({ errorMessage: "never" });
  });

  test("a task past its time-out fails with States.Timeout, which States.TaskFailed does not catch", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const fields = { TimeoutSeconds: 1, Catch: [{ ErrorEquals: ["States.TaskFailed"], Next: "Try" }], End: true };
    const result = await runOnce(machine({ Try: task("slow", fields) }, { slow: () => gate }));
    open();
    expect([result.status, result.error, result.cause]).toEqual(["FAILED", "States.Timeout", undefined]);
    const types = result.workflows.history(result.executionArn).items.map(({ type }) => type);
    expect(types.slice(-2)).toEqual(["LambdaFunctionTimedOut", "ExecutionFailed"]);
  });

  test("a function past its own, shorter time-out fails as Lambda says it", async () => {
    const slow = { handler: () => delay(10_000, undefined, { ref: false }), timeoutSeconds: 0.05 };
    const { error, cause } = await runOnce(machine({ Try: task("slow", { End: true }) }, { slow }));
    expect(error).toBe("Sandbox.Timedout");
    expect(cause).toContain("Error: Task timed out after 0.05 seconds");
  });

  test("the time-out of the machine ends it, and one above 24.8 days does not fire at once", async () => {
    const states = { Rest: { Type: "Wait", Seconds: 100, End: true } };
    const late = await runOnce(machine(states, {}, { TimeoutSeconds: 1 }));
    expect(late.status).toBe("TIMED_OUT");
    const early = await runOnce(
      machine(states, {}, { TimeoutSeconds: 3_000_000 }),
      {},
      { waitMilliseconds: { Rest: 5 } },
    );
    expect(early.status).toBe("SUCCEEDED");
  });
});

describe("payloads", () => {
  test("event and result are copies through JSON, and undefined is null", async () => {
    const seen: unknown[] = [];
    const host = machine(
      { One: task("date", { Next: "Two" }), Two: task("nothing", { End: true }) },
      {
        date: async (event) => {
          (event as Record<string, unknown>)["changed"] = true;
          return { at: new Date(0), dropped: undefined };
        },
        nothing: async (event) => void seen.push(event),
      },
    );
    const result = await runOnce(host, { given: 1 });
    expect(result.input).toBe('{"given":1}');
    expect(seen).toEqual([{ at: "1970-01-01T00:00:00.000Z" }]);
    expect(outputOf(result)).toBeNull();
  });

  test("a result above 262,144 bytes fails, and States.ALL does not catch it", async () => {
    // 262,142 letters and two quotes are 262,144 bytes of JSON.
    const big = (letters: number) => runOnce(catching, { letters });
    const catching = machine(
      { Try: task("f", { Catch: [{ ...TYPED, Next: "Caught" }], End: true }), Caught: { Type: "Pass", End: true } },
      { f: async (event) => "x".repeat((event as { letters: number }).letters) },
    );
    expect((await big(262_142)).status).toBe("SUCCEEDED");
    expect(await big(262_143)).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
  });

  test("a state's output above the limit fails too, although each result is below it", async () => {
    const host = machine(
      {
        One: task("half", { ResultPath: "$.one", Next: "Two" }),
        Two: task("half", { ResultPath: "$.two", End: true }),
      },
      { half: async () => "x".repeat(140_000) },
    );
    const { error, cause } = await runOnce(host);
    expect(error).toBe("States.DataLimitExceeded");
    expect(cause).toContain("'Two'");
  });

  test("the context has the function's name and the time left of its time-out", async () => {
    const left = async (_event: unknown, { functionName, getRemainingTimeInMillis }: LambdaContext) => ({
      functionName,
      left: getRemainingTimeInMillis(),
    });
    const { functionName, left: milliseconds } = outputOf(
      await runOnce(machine({ Ask: task("left", { End: true }) }, { left: { handler: left, timeoutSeconds: 20 } })),
    ) as { functionName: string; left: number };
    expect(functionName).toBe("left");
    expect(milliseconds).toBeGreaterThan(0);
    expect(milliseconds).toBeLessThanOrEqual(20_000);
  });
});

test("$$ gives the execution and the state machine", async () => {
  const paths = [
    "Execution.Id",
    "Execution.Name",
    "Execution.StartTime",
    "Execution.Input",
    "Execution.RoleArn",
    "StateMachine.Id",
    "StateMachine.Name",
  ];
  const parameters = Object.fromEntries(paths.map((path) => [`${path.replace(".", "")}.$`, `$$.${path}`]));
  const result = await runOnce(machine({ Look: { Type: "Pass", Parameters: parameters, End: true } }), { a: 1 });
  expect(outputOf(result)).toEqual({
    ExecutionId: result.executionArn,
    ExecutionName: result.name,
    ExecutionStartTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    ExecutionInput: { a: 1 },
    ExecutionRoleArn: "arn:aws:iam::000000000000:role/Machine",
    StateMachineId: result.stateMachineArn,
    StateMachineName: "Machine",
  });
});

test("events are told in order: a state is entered before its task starts, and left after it", async () => {
  const events: WorkflowEvent[] = [];
  const host = machine({ Poll: task("poll", { End: true }) }, { poll: async () => ({ status: "rendering" }) });
  await runOnce(host, {}, { onEvent: (_execution, event) => events.push(event) });
  expect(events.map(({ type }) => type)).toEqual([
    "ExecutionStarted",
    "StateEntered",
    "TaskScheduled",
    "TaskStarted",
    "TaskSucceeded",
    "StateExited",
    "ExecutionEnded",
  ]);
  expect(events[4]).toMatchObject({ state: "Poll", output: { status: "rendering" } });
});
