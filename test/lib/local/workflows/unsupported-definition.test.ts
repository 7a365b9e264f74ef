import { expect, test } from "vitest";
import { UnsupportedDefinition } from "../../../../lib/local/workflows/unsupported-definition.ts";
import { WorkflowRunner } from "../../../../lib/local/workflows/workflow-runner.ts";
import { machine, task } from "./machines.ts";

const PASS = { Type: "Pass", End: true };
const f = async () => ({});
const inMap = (states: Record<string, object>) => ({
  Type: "Map",
  ItemProcessor: { StartAt: Object.keys(states)[0], States: states },
  End: true,
});
const inParallel = (state: object) => ({
  Type: "Parallel",
  Branches: [{ StartAt: "Bad", States: { Bad: state } }],
  End: true,
});

function problemsOf(states: Record<string, object>, fields: object = {}): readonly string[] {
  try {
    new WorkflowRunner(machine(states, { f }, fields));
  } catch (error) {
    if (error instanceof UnsupportedDefinition) return error.problems;
    throw error;
  }
  return [];
}

test.each<[string, object, RegExp]>([
  ["a Task without handler", task("g", { End: true }), /no handler .*function:g/],
  ["a Task without TimeoutSeconds", { ...task("f", { End: true }), TimeoutSeconds: undefined }, /TimeoutSeconds/],
  ["a Task time-out above 24 days", task("f", { TimeoutSeconds: 2_073_601, End: true }), /2073601, above 2073600/],
  ["a heartbeat", task("f", { HeartbeatSeconds: 5, End: true }), /HeartbeatSeconds/],
  ["Assign", { ...PASS, Assign: { a: 1 } }, /Assign/],
  ["QueryLanguage", { ...PASS, QueryLanguage: "JSONata" }, /QueryLanguage/],
  ["JSONata in a value", { ...PASS, Parameters: { a: "{% $x %}" } }, /JSONata/],
  ["a wait above 24 days", { Type: "Wait", Seconds: 2_073_601, End: true }, /2073601 s, above 2073600 s/],
  ["a retry delay above 24 days", task("f", { Retry: [{ ErrorEquals: ["E"], MaxAttempts: 30 }], End: true }), /retry/],
  ["a falsy Result", { ...PASS, Result: 0 }, /Result/],
  ["an intrinsic CausePath", { Type: "Fail", CausePath: "States.Format('{}', $.a)" }, /CausePath/],
  ["$$.State", { ...PASS, Parameters: { "a.$": "$$.State.Name" } }, /\$\$\.State/],
  ["JsonToString", { ...PASS, Parameters: { "a.$": "States.JsonToString($)" } }, /backslash/],
  [
    "a distributed Map",
    {
      ...inMap({ In: PASS }),
      ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED" }, StartAt: "In", States: { In: PASS } },
    },
    /distributed/,
  ],
])("refuses %s, wherever it is, naming the state", (_what, state, problem) => {
  for (const states of [{ Bad: state }, { Each: inMap({ Bad: { ...state } }) }, { Both: inParallel(state) }]) {
    const problems = problemsOf(states);
    expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
    expect(problems.every((text) => text.startsWith("State 'Bad':"))).toBe(true);
  }
});

test("refuses QueryLanguage for the whole machine, and the same name twice", () => {
  expect(problemsOf({ Only: PASS }, { QueryLanguage: "JSONata" })).toEqual([expect.stringContaining("QueryLanguage")]);
  expect(problemsOf({ Only: inMap({ Only: PASS }) })).toEqual([expect.stringContaining("used twice")]);
});

test("refuses context that means something else inside a Map, and takes it outside", () => {
  const start = { ...PASS, Parameters: { "a.$": "$$.Execution.StartTime" } };
  expect(problemsOf({ Only: start })).toEqual([]);
  expect(problemsOf({ Each: inMap({ In: start }) })).toEqual([expect.stringContaining("inside 'Each'")]);
  const item = { "a.$": "$$.Map.Item.Value" };
  expect(problemsOf({ Each: { ...inMap({ In: PASS }), ItemSelector: item } })).toEqual([]);
  expect(problemsOf({ Each: inMap({ In: { ...PASS, Parameters: item } }) })).toEqual([
    expect.stringContaining("$$.Map"),
  ]);
});

test("tells every problem at once", () => {
  const states = { One: { ...PASS, Assign: {} }, Two: { ...PASS, Assign: {} } };
  expect(problemsOf(states)).toHaveLength(2);
});

test("the definition itself is left as it was", () => {
  const host = machine({ Only: PASS });
  const before = JSON.stringify(host.definition);
  new WorkflowRunner(host);
  expect(JSON.stringify(host.definition)).toBe(before);
});

test("refuses what is no state machine", () => {
  expect(() => new WorkflowRunner({ ...machine({ Only: PASS }), definition: {} })).toThrow(TypeError);
  expect(() => new WorkflowRunner(machine({ Only: { Type: "Pass", Next: "Nowhere" } }))).toThrow(/invalid/);
});
