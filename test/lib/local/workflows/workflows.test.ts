import { expect, test } from "vitest";
import { stateMachineArn } from "../../../../lib/local/workflows/arns.ts";
import { Workflows } from "../../../../lib/local/workflows/workflows.ts";
import { machine, runOnce } from "./machines.ts";

const PASS = machine({ Only: { Type: "Pass", End: true } });
const REST = machine({ Rest: { Type: "Wait", Seconds: 1_000_000, End: true } });

const faulty = (name: string) => expect.objectContaining({ name });

test("the same name and input while it runs is the same execution", () => {
  const workflows = new Workflows({ stateMachines: [REST] });
  const request = { stateMachineArn: REST.arn, name: "one", input: '{"a":1}' };
  const first = workflows.start(request);
  expect(workflows.start(request)).toEqual(first);
  expect(() => workflows.start({ ...request, input: '{"a":2}' })).toThrow(faulty("ExecutionAlreadyExists"));
  workflows.stop(first.executionArn);
  expect(() => workflows.start(request)).toThrow(faulty("ExecutionAlreadyExists"));
  expect(workflows.list(REST.arn).items).toHaveLength(1);
});

test.each([
  ["ValidationException", ""],
  ["ValidationException", "x".repeat(81)],
  ["InvalidName", "a b"],
  ["InvalidName", "a/b"],
  ["InvalidName", "a:b"],
  ["InvalidName", 'a"b'],
  ["InvalidName", "a\u0085b"],
  ["InvalidName", "a\u0000b"],
  ["InvalidName", "a😀b"],
])("%s for the name %j", (fault, name) => {
  const workflows = new Workflows({ stateMachines: [PASS] });
  expect(() => workflows.start({ stateMachineArn: PASS.arn, name })).toThrow(faulty(fault));
  expect(workflows.list(PASS.arn).items).toEqual([]);
});

test("a name of 80 characters with dots and hyphens is taken", async () => {
  const workflows = new Workflows({ stateMachines: [PASS] });
  const name = `a.b-c_é${"x".repeat(73)}`;
  const { executionArn } = workflows.start({ stateMachineArn: PASS.arn, name });
  expect(executionArn).toBe(`arn:aws:states:us-east-1:000000000000:execution:Machine:${name}`);
  expect((await workflows.completion(executionArn)).status).toBe("SUCCEEDED");
});

test.each([
  ["InvalidExecutionInput", "not json"],
  ["InvalidExecutionInput", ""],
  // 131,072 letters of two bytes and two quotes are 262,146 bytes.
  ["ValidationException", JSON.stringify("é".repeat(131_072))],
])("%s for input that cannot be one", (fault, input) => {
  const workflows = new Workflows({ stateMachines: [PASS] });
  expect(() => workflows.start({ stateMachineArn: PASS.arn, input })).toThrow(faulty(fault));
});

test.each([null, 5, "text", [1]])("input may be any JSON, such as %j", async (input) => {
  expect(await runOnce(PASS, input)).toMatchObject({ status: "SUCCEEDED", output: JSON.stringify(input) });
});

test("ARNs that are none, of another type, or of nothing", () => {
  const workflows = new Workflows({ stateMachines: [PASS] });
  expect(() => workflows.describe("one")).toThrow("Invalid Arn: 'Invalid ARN prefix: one'");
  expect(() => workflows.describe(PASS.arn)).toThrow("Resource type not valid in this context: stateMachine");
  expect(() => workflows.describe(`${PASS.arn.replace("stateMachine", "execution")}:none`)).toThrow(
    faulty("ExecutionDoesNotExist"),
  );
  expect(() => workflows.list(stateMachineArn("Other"))).toThrow(faulty("StateMachineDoesNotExist"));
  expect(() => workflows.list(`${PASS.arn}:1`)).toThrow(faulty("StateMachineDoesNotExist"));
});

test("finished executions beyond the limit are forgotten, oldest first; running ones never", async () => {
  const host = machine({
    Ask: { Type: "Choice", Choices: [{ Variable: "$.rest", IsPresent: true, Next: "Rest" }], Default: "Done" },
    Rest: { Type: "Wait", Seconds: 1_000_000, Next: "Done" },
    Done: { Type: "Succeed" },
  });
  const workflows = new Workflows({ stateMachines: [host], finishedExecutions: 2 });
  const start = (name: string, input: object) =>
    workflows.start({ stateMachineArn: host.arn, name, input: JSON.stringify(input) }).executionArn;
  start("running", { rest: true });
  for (const name of ["a", "b", "c"]) await workflows.completion(start(name, {}));
  expect(workflows.list(host.arn).items.map(({ name }) => name)).toEqual(["c", "b", "running"]);
  // Its name is free again.
  await workflows.completion(start("a", {}));
  expect(workflows.list(host.arn).items.map(({ name }) => name)).toEqual(["a", "c", "running"]);
  workflows.close();
});

test("pages go on where they ended, although executions come and go", async () => {
  const workflows = new Workflows({ stateMachines: [PASS], finishedExecutions: 5 });
  const run = async (name: string) => {
    await workflows.completion(workflows.start({ stateMachineArn: PASS.arn, name }).executionArn);
  };
  for (const name of ["a", "b", "c", "d", "e"]) await run(name);
  const first = workflows.list(PASS.arn, { maxResults: 3 });
  expect(first.items.map(({ name }) => name)).toEqual(["e", "d", "c"]);
  await run("f"); // Comes before the first page, and "a" is forgotten.
  const second = workflows.list(PASS.arn, { maxResults: 3, ...token(first) });
  expect(second.items.map(({ name }) => name)).toEqual(["b"]);
  expect(second.nextToken).toBeUndefined();
});

test("a token is good for its own list only", async () => {
  const { workflows, executionArn } = await runOnce(PASS);
  const page = workflows.history(executionArn, { maxResults: 1 });
  expect(() => workflows.history(executionArn, { reverseOrder: true, ...token(page) })).toThrow(faulty("InvalidToken"));
  expect(() => workflows.history(executionArn, { nextToken: "made up" })).toThrow(faulty("InvalidToken"));
  expect(workflows.history(executionArn, token(page)).items).toHaveLength(3);
});

test("an observer that throws stops nothing", async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on("warning", listen);
  const onEvent = () => {
    throw new RangeError("observer");
  };
  expect((await runOnce(PASS, {}, { onEvent })).status).toBe("SUCCEEDED");
  await new Promise(setImmediate);
  process.off("warning", listen);
  expect(warnings.map(({ message }) => message)).toContain("observer");
});

function token({ nextToken }: { readonly nextToken?: string }): { nextToken: string } {
  if (nextToken === undefined) throw new Error("There is no next page.");
  return { nextToken };
}
