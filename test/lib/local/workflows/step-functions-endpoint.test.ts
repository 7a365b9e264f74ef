import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type StepFunctionsEndpoint,
  startStepFunctionsEndpoint,
} from "../../../../lib/local/workflows/step-functions-endpoint.ts";
import { Workflows } from "../../../../lib/local/workflows/workflows.ts";
import { machine, named, task } from "./machines.ts";

const host = machine(
  {
    Ask: {
      Type: "Choice",
      Choices: [
        { Variable: "$.rest", IsPresent: true, Next: "Rest" },
        { Variable: "$.fail", IsPresent: true, Next: "Fail" },
      ],
      Default: "Echo",
    },
    Rest: { Type: "Wait", Seconds: 1_000_000, Next: "Echo" },
    Fail: task("fail", { End: true }),
    Echo: task("echo", { End: true }),
  },
  { echo: async (event) => event, fail: () => Promise.reject(named("Refused", "never")) },
);
const stateMachineArn = host.arn;
const workflows = new Workflows({ stateMachines: [host] });
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
let endpoint: StepFunctionsEndpoint;
let client: SFNClient;

beforeAll(async () => {
  endpoint = await startStepFunctionsEndpoint({ workflows });
  client = new SFNClient({ endpoint: endpoint.url, region: "us-east-1", credentials, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

async function start(
  input: object = {},
  name?: string,
): Promise<{ executionArn: string; startDate: Date | undefined }> {
  const command = new StartExecutionCommand({
    stateMachineArn,
    input: JSON.stringify(input),
    ...(name ? { name } : {}),
  });
  const { executionArn = "", startDate } = await client.send(command);
  return { executionArn, startDate };
}

const refused = (name: string) =>
  expect.objectContaining({ name, $metadata: expect.objectContaining({ httpStatusCode: 400 }) });

test("an execution is started, ends, and is described", async () => {
  const { executionArn, startDate } = await start({ a: 1 }, "echo");
  await workflows.completion(executionArn);
  const { $metadata, ...described } = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(described).toEqual({
    executionArn: "arn:aws:states:us-east-1:000000000000:execution:Machine:echo",
    stateMachineArn,
    name: "echo",
    status: "SUCCEEDED",
    startDate,
    stopDate: expect.any(Date),
    input: '{"a":1}',
    inputDetails: { included: true },
    output: '{"a":1}',
    outputDetails: { included: true },
    redriveCount: 0,
    redriveStatus: "NOT_REDRIVABLE",
    redriveStatusReason: "Execution is SUCCEEDED and cannot be redriven",
  });
  const metadata = await client.send(new DescribeExecutionCommand({ executionArn, includedData: "METADATA_ONLY" }));
  expect([metadata.input, metadata.output]).toEqual([undefined, undefined]);
});

test("error and cause of a failed execution", async () => {
  const { executionArn } = await start({ fail: true });
  await workflows.completion(executionArn);
  const { status, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect([status, error]).toEqual(["FAILED", "Refused"]);
  expect(JSON.parse(cause ?? "")).toMatchObject({ errorType: "Refused", errorMessage: "never" });
});

test("a repeated start returns the first response; another input, or a closed execution, is refused", async () => {
  const first = await start({ rest: 1 }, "again");
  expect(await start({ rest: 1 }, "again")).toEqual(first);
  await expect(start({ rest: 2 }, "again")).rejects.toThrow(refused("ExecutionAlreadyExists"));
  await client.send(new StopExecutionCommand({ executionArn: first.executionArn }));
  await expect(start({ rest: 1 }, "again")).rejects.toThrow(refused("ExecutionAlreadyExists"));
});

test("a stop says when, and error and cause stay", async () => {
  const { executionArn } = await start({ rest: 1 });
  const stop = new StopExecutionCommand({ executionArn, error: "Stopped", cause: "By hand." });
  const { stopDate } = await client.send(stop);
  expect(stopDate).toBeInstanceOf(Date);
  const described = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect(described).toMatchObject({ status: "ABORTED", error: "Stopped", cause: "By hand.", stopDate });
  expect(described.output).toBeUndefined();
});

describe("lists", () => {
  const arns: string[] = [];
  beforeAll(async () => {
    for (const name of ["p1", "p2", "p3", "p4", "p5"]) arns.push((await start({ rest: name }, name)).executionArn);
  });

  test("newest first, page by page, by status", async () => {
    const names: unknown[] = [];
    const pages = paginateListExecutions({ client, pageSize: 2 }, { stateMachineArn, statusFilter: "RUNNING" });
    for await (const { executions = [] } of pages) {
      expect(executions.length).toBeLessThanOrEqual(2);
      for (const { name, status, redriveCount } of executions) {
        names.push(name);
        expect([status, redriveCount]).toEqual(["RUNNING", 0]);
      }
    }
    expect(names).toEqual(["p5", "p4", "p3", "p2", "p1"]);
  });

  test("members out of bounds are refused in the words of AWS", async () => {
    const list = (members: object) => client.send(new ListExecutionsCommand({ stateMachineArn, ...members }));
    await expect(list({ maxResults: 1001 })).rejects.toThrow(
      "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
    );
    await expect(list({ statusFilter: "succeeded" })).rejects.toThrow(
      "Value 'succeeded' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
    );
    await expect(list({ nextToken: "made up" })).rejects.toThrow(refused("InvalidToken"));
    await expect(client.send(new ListExecutionsCommand({ stateMachineArn: undefined }))).rejects.toThrow(
      "Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null",
    );
    expect((await list({ statusFilter: "PENDING_REDRIVE" })).executions).toEqual([]);
  });

  test("state machines, with the definition as it was given", async () => {
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toEqual([
      { stateMachineArn, name: "Machine", type: "STANDARD", creationDate: expect.any(Date) },
    ]);
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described).toMatchObject({ status: "ACTIVE", type: "STANDARD", roleArn: expect.stringContaining(":role/") });
    expect(JSON.parse(described.definition ?? "")).toEqual(host.definition);
  });
});

describe("history", () => {
  let executionArn: string;
  beforeAll(async () => {
    ({ executionArn } = await start({ a: 1 }));
    await workflows.completion(executionArn);
  });

  async function history(members: object, pageSize = 1000): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    const pages = paginateGetExecutionHistory({ client, pageSize }, { executionArn, ...members });
    for await (const page of pages) events.push(...(page.events ?? []));
    return events;
  }

  test("ids and types, forwards and backwards, in pages of any size", async () => {
    const all = await history({});
    expect(all.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, "ExecutionStarted"],
      [2, 0, "ChoiceStateEntered"],
      [3, 2, "ChoiceStateExited"],
      [4, 3, "TaskStateEntered"],
      [5, 4, "LambdaFunctionScheduled"],
      [6, 5, "LambdaFunctionStarted"],
      [7, 6, "LambdaFunctionSucceeded"],
      [8, 7, "TaskStateExited"],
      [9, 8, "ExecutionSucceeded"],
    ]);
    expect(all.every(({ timestamp }) => timestamp instanceof Date)).toBe(true);
    expect(await history({}, 2)).toEqual(all);
    expect(await history({ reverseOrder: true }, 4)).toEqual(all.toReversed());
  });

  test("without execution data, names stay and inputs and outputs go", async () => {
    const events = await history({ includeExecutionData: false });
    expect(events[3]?.stateEnteredEventDetails).toEqual({ name: "Echo" });
    expect(JSON.stringify(events)).not.toMatch(/"(input|output)/);
  });

  test("of an execution that does not exist", async () => {
    const none = new GetExecutionHistoryCommand({ executionArn: `${executionArn}x` });
    await expect(client.send(none)).rejects.toThrow(refused("ExecutionDoesNotExist"));
  });
});

test("faults arrive as the SDK's errors", async () => {
  const begin = (members: object) => client.send(new StartExecutionCommand({ stateMachineArn, ...members }));
  await expect(begin({ stateMachineArn: `${stateMachineArn}x` })).rejects.toThrow(refused("StateMachineDoesNotExist"));
  await expect(begin({ stateMachineArn: "machine" })).rejects.toThrow(refused("InvalidArn"));
  await expect(begin({ name: "a b" })).rejects.toThrow(refused("InvalidName"));
  await expect(begin({ input: "{" })).rejects.toThrow(refused("InvalidExecutionInput"));
  // The largest input that is taken, in the longest form that JSON can give it, and one byte more.
  const control = "\u0001".repeat(43_690);
  await expect(begin({ input: JSON.stringify(control) })).resolves.toHaveProperty("executionArn");
  await expect(begin({ input: `${JSON.stringify(control)}   ` })).rejects.toThrow(refused("ValidationException"));
  const tags = new ListTagsForResourceCommand({ resourceArn: stateMachineArn });
  await expect(client.send(tags)).rejects.toThrow(refused("UnknownOperationException"));
});

describe("requests that no SDK sends", () => {
  const HEADERS = {
    authorization: "AWS4-HMAC-SHA256 Credential=local",
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "AWSStepFunctions.ListStateMachines",
  };

  test.each<[string, Record<string, string>, string]>([
    ["MissingAuthenticationTokenException", { authorization: "" }, "{}"],
    ["UnknownOperationException", { "x-amz-target": "AWSStepFunctions.toString" }, "{}"],
    ["UnknownOperationException", { "x-amz-target": "DynamoDB.ListStateMachines" }, "{}"],
    ["UnknownOperationException", { "content-type": "text/plain" }, "{}"],
    ["SerializationException", {}, "{"],
    ["SerializationException", {}, '{"maxResults":"5"}'],
    ["SerializationException", {}, `{"nextToken":"${"x".repeat(2 * 1024 * 1024)}"}`],
  ])("%s for %j", async (type, headers, body) => {
    const present = Object.entries({ ...HEADERS, ...headers }).filter(([, value]) => value !== "");
    const response = await fetch(endpoint.url, {
      method: "POST",
      headers: Object.fromEntries(present),
      body,
    });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.0");
    expect(await response.json()).toEqual({ __type: type, message: expect.any(String) });
  });

  test("time-stamps are numbers of seconds since 1970", async () => {
    const response = await fetch(endpoint.url, {
      method: "POST",
      headers: { ...HEADERS, authorization: "x" },
      body: "{}",
    });
    const { stateMachines } = (await response.json()) as { stateMachines: { creationDate: number }[] };
    expect(stateMachines[0]?.creationDate).toBe(
      workflows.describeStateMachine(stateMachineArn).creationDate.getTime() / 1000,
    );
  });

  test("another path or method", async () => {
    const response = await fetch(`${endpoint.url}/elsewhere`, { headers: { authorization: "x" } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: "UnknownOperationException" });
  });
});

test("the SDK finds the endpoint by AWS_ENDPOINT_URL_SFN, and close aborts what runs", async () => {
  const others = new Workflows({ stateMachines: [host] });
  const other = await startStepFunctionsEndpoint({ workflows: others });
  vi.stubEnv("AWS_ENDPOINT_URL_SFN", other.url);
  const found = new SFNClient({ region: "us-east-1", credentials, maxAttempts: 1 });
  const { executionArn = "" } = await found.send(new StartExecutionCommand({ stateMachineArn, input: '{"rest":1}' }));
  vi.unstubAllEnvs();
  await other.close();
  expect((await others.completion(executionArn)).status).toBe("ABORTED");
  await expect(found.send(new ListStateMachinesCommand({}))).rejects.toThrow();
  found.destroy();
});
