import { expect, test } from "vitest";
import { machine, named, runOnce, task } from "./machines.ts";

const INPUT_DETAILS = { truncated: false };

/** Every expected list follows one that localstack recorded from AWS, in tests/aws/services/stepfunctions/v2. */
async function historyOf(...[host, input, options]: Parameters<typeof runOnce>) {
  const { workflows, executionArn } = await runOnce(host, input, options);
  return workflows.history(executionArn, { maxResults: 1000 }).items;
}

async function chainOf(...given: Parameters<typeof runOnce>) {
  return (await historyOf(...given)).map(({ id, previousEventId, type }) => [id, previousEventId, type]);
}

test("a caught error (error_handling/test_task_lambda, test_raise_exception_catch)", async () => {
  const host = machine(
    {
      Start: task("f", { Catch: [{ ErrorEquals: ["States.TaskFailed"], Next: "Handler" }], End: true }),
      Handler: { Type: "Pass", End: true },
    },
    { f: () => Promise.reject(named("Refused", "never")) },
  );
  expect(await chainOf(host)).toEqual([
    [1, 0, "ExecutionStarted"],
    [2, 0, "TaskStateEntered"],
    [3, 2, "LambdaFunctionScheduled"],
    [4, 3, "LambdaFunctionStarted"],
    [5, 4, "LambdaFunctionFailed"],
    [6, 5, "TaskStateExited"],
    [7, 6, "PassStateEntered"],
    [8, 7, "PassStateExited"],
    [9, 8, "ExecutionSucceeded"],
  ]);
});

test("the details of a task that succeeds (services/test_lambda_task)", async () => {
  const host = machine({ Start: task("f", { End: true }) }, { f: async () => ({ b: 2 }) });
  const events = await historyOf(host, { a: 1 });
  const input = { input: '{"a":1}', inputDetails: INPUT_DETAILS };
  const output = { output: '{"b":2}', outputDetails: INPUT_DETAILS };
  const resource = "arn:aws:lambda:us-east-1:000000000000:function:f";
  expect(events.map(({ id: _, previousEventId: __, timestamp, ...rest }) => [timestamp instanceof Date, rest])).toEqual(
    [
      [
        true,
        {
          type: "ExecutionStarted",
          executionStartedEventDetails: { ...input, roleArn: "arn:aws:iam::000000000000:role/Machine" },
        },
      ],
      [true, { type: "TaskStateEntered", stateEnteredEventDetails: { name: "Start", ...input } }],
      [
        true,
        {
          type: "LambdaFunctionScheduled",
          lambdaFunctionScheduledEventDetails: { resource, ...input, timeoutInSeconds: 30 },
        },
      ],
      [true, { type: "LambdaFunctionStarted" }],
      [true, { type: "LambdaFunctionSucceeded", lambdaFunctionSucceededEventDetails: output }],
      [true, { type: "TaskStateExited", stateExitedEventDetails: { name: "Start", ...output } }],
      [true, { type: "ExecutionSucceeded", executionSucceededEventDetails: output }],
    ],
  );
});

test("a retry is a second invocation in the same state", async () => {
  let calls = 0;
  const f = async () => {
    calls += 1;
    if (calls === 1) throw named("Busy", "later");
  };
  const host = machine({ Start: task("f", { Retry: [{ ErrorEquals: ["Busy"] }], End: true }) }, { f });
  expect((await chainOf(host, {}, { retryMilliseconds: 0 })).slice(4)).toEqual([
    [5, 4, "LambdaFunctionFailed"],
    [6, 5, "LambdaFunctionScheduled"],
    [7, 6, "LambdaFunctionStarted"],
    [8, 7, "LambdaFunctionSucceeded"],
    [9, 8, "TaskStateExited"],
    [10, 9, "ExecutionSucceeded"],
  ]);
});

test("Choice, Wait, Succeed and Fail (scenarios/test_sfn_scenarios)", async () => {
  const host = machine({
    Ask: { Type: "Choice", Choices: [{ Variable: "$.ok", BooleanEquals: true, Next: "Good" }], Default: "Rest" },
    Rest: { Type: "Wait", Seconds: 100, Next: "Bad" },
    Good: { Type: "Succeed" },
    Bad: { Type: "Fail", Error: "Bad" },
  });
  expect((await chainOf(host, { ok: true })).slice(1)).toEqual([
    [2, 0, "ChoiceStateEntered"],
    [3, 2, "ChoiceStateExited"],
    [4, 3, "SucceedStateEntered"],
    [5, 4, "SucceedStateExited"],
    [6, 5, "ExecutionSucceeded"],
  ]);
  expect((await chainOf(host, { ok: false }, { waitMilliseconds: { Rest: 0 } })).slice(3)).toEqual([
    [4, 3, "WaitStateEntered"],
    [5, 4, "WaitStateExited"],
    [6, 5, "FailStateEntered"],
    [7, 6, "ExecutionFailed"],
  ]);
});

const EACH = {
  Type: "Map",
  ItemProcessor: { StartAt: "In", States: { In: task("f", { End: true }) } },
  Retry: [{ ErrorEquals: ["Busy"], MaxAttempts: 1 }],
  End: true,
};

test("each iteration of a Map is a thread of its own (timeouts, test_service_lambda_map_timeout)", async () => {
  const events = await historyOf(machine({ Each: EACH }, { f: async (item) => item }), ["a", "b"]);
  const byId = new Map(events.map((event) => [event.id, event]));
  const chain = (id: number | undefined): unknown[] => {
    const event = byId.get(id);
    return event === undefined ? [] : [...chain(event.previousEventId), event.type];
  };
  const opening = ["MapStateEntered", "MapStateStarted", "MapIterationStarted"];
  const iterations = events.filter(({ type }) => type === "MapIterationSucceeded");
  expect(iterations.map(({ mapIterationSucceededEventDetails: details }) => details)).toEqual([
    { name: "Each", index: 0 },
    { name: "Each", index: 1 },
  ]);
  for (const { id } of iterations) {
    expect(chain(id)).toEqual([
      ...opening,
      "TaskStateEntered",
      "LambdaFunctionScheduled",
      "LambdaFunctionStarted",
      "LambdaFunctionSucceeded",
      "TaskStateExited",
      "MapIterationSucceeded",
    ]);
  }
  expect(events.slice(-3).map(({ type }) => type)).toEqual([
    "MapStateSucceeded",
    "MapStateExited",
    "ExecutionSucceeded",
  ]);
});

test("a Map that fails starts again on a retry, then ends the execution", async () => {
  const host = machine({ Each: EACH }, { f: () => Promise.reject(named("Busy", "later")) });
  const events = await chainOf(host, ["a"], { retryMilliseconds: 0 });
  const iteration = (first: number) => [
    [first, first - 1, "MapStateStarted"],
    [first + 1, first, "MapIterationStarted"],
    [first + 2, first + 1, "TaskStateEntered"],
    [first + 3, first + 2, "LambdaFunctionScheduled"],
    [first + 4, first + 3, "LambdaFunctionStarted"],
    [first + 5, first + 4, "LambdaFunctionFailed"],
    [first + 6, first + 5, "MapIterationFailed"],
    [first + 7, first + 6, "MapStateFailed"],
  ];
  expect(events.slice(2)).toEqual([...iteration(3), ...iteration(11), [19, 18, "ExecutionFailed"]]);
});

test("branches of a Parallel state start from it", async () => {
  const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: "Pass", End: true } } });
  const host = machine({ Both: { Type: "Parallel", Branches: [branch("Left"), branch("Right")], End: true } });
  const events = await historyOf(host);
  const entered = events.filter(({ type }) => type === "PassStateEntered");
  expect(entered.map((event) => [event.stateEnteredEventDetails?.name, event.previousEventId])).toEqual([
    ["Left", 3],
    ["Right", 3],
  ]);
  expect(events.slice(-3).map(({ type }) => type)).toEqual([
    "ParallelStateSucceeded",
    "ParallelStateExited",
    "ExecutionSucceeded",
  ]);
});

test("an execution at 25,000 events fails", async () => {
  const ask = { Type: "Choice", Choices: [{ Variable: "$.over", IsPresent: true, Next: "Over" }], Default: "Spin" };
  const host = machine({ Spin: { Type: "Pass", Next: "Ask" }, Ask: ask, Over: { Type: "Succeed" } });
  const { workflows, executionArn, error } = await runOnce(host);
  const [last] = workflows.history(executionArn, { reverseOrder: true, maxResults: 1 }).items;
  expect(error).toBe("States.Runtime");
  expect(last?.type).toBe("ExecutionFailed");
  expect(last?.id).toBeLessThanOrEqual(25_000);
  expect(last?.id).toBeGreaterThan(24_990);
});
