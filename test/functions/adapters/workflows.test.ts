import { describe, expect, onTestFinished, test } from "vitest";
import { createWorkflows } from "../../../functions/adapters/workflows.ts";
import { deliveryNameOf } from "../../../functions/domain/endpoint.ts";
import { WorkflowsUnavailable } from "../../../functions/domain/errors.ts";
import { startStepFunctionsEndpoint } from "../../../lib/local/workflows/step-functions-endpoint.ts";
import { Workflows } from "../../../lib/local/workflows/workflows.ts";
import { machine } from "../../lib/local/workflows/machines.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { unusedPort } from "../../support/unused-port.ts";
import { aDelivery } from "../domain/notifier-fixture.ts";
import { type AwsAnswer, awsFault, localEnvironment, runAwsJson } from "./running-aws-json.ts";

const { messageId, endpoint } = aDelivery();
const name = deliveryNameOf(messageId, endpoint);

/** The embedded cloud's Step Functions with one state machine, whose executions last until they are aborted. */
async function runStepFunctions() {
  const host = machine({ Rest: { Type: "Wait", Seconds: 1_000_000, Next: "Done" }, Done: { Type: "Succeed" } });
  const executions = new Workflows({ stateMachines: [host] });
  const running = await startStepFunctionsEndpoint({ workflows: executions });
  onTestFinished(() => running.close());
  const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: running.url });
  return { arn: host.arn, workflows, listed: () => executions.list(host.arn).items };
}

describe("an execution", () => {
  test("is started under its name with its input as JSON", async () => {
    const { arn, workflows, listed } = await runStepFunctions();
    await workflows.start(arn, name, aDelivery());
    expect(listed()).toMatchObject([{ name, status: "RUNNING", input: JSON.stringify(aDelivery()) }]);
  });

  test("that was started before is started already, with the same input or another, running or not", async () => {
    const { arn, workflows, listed } = await runStepFunctions();
    expect(await workflows.start(arn, name, aDelivery())).toBe(true);
    expect(await workflows.start(arn, name, aDelivery())).toBe(true);
    expect(await workflows.start(arn, name, { ...aDelivery(), event: { type: "transfer.failed" } })).toBe(false);
    expect(listed()).toMatchObject([{ input: JSON.stringify(aDelivery()) }]);
  });

  test("that is over is not started again", async () => {
    const { requests, url } = await runAwsJson(() => awsFault("ExecutionAlreadyExists"));
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    await expect(workflows.start("arn", name, {})).resolves.toBe(false);
    expect(requests).toHaveLength(1);
  });

  test("of each name is one", async () => {
    const { arn, workflows, listed } = await runStepFunctions();
    const names = ["https://a.example/", "https://b.example/"].map((url) => deliveryNameOf(messageId, url));
    await Promise.all([...names, ...names].map((each) => workflows.start(arn, each, {})));
    expect(
      listed()
        .map((execution) => execution.name)
        .sort(),
    ).toEqual(names.sort());
  });
});

describe("looking at an execution", () => {
  test("shows its input, parsed, while it runs", async () => {
    const { arn, workflows } = await runStepFunctions();
    await workflows.start(arn, name, aDelivery());
    expect(await workflows.find(arn, name)).toEqual({
      name,
      status: "RUNNING",
      startedAt: expect.any(Date),
      stoppedAt: undefined,
      input: aDelivery(),
      output: undefined,
      error: undefined,
      cause: undefined,
    });
  });

  test("shows its output, parsed, once it succeeded", async () => {
    const described = { status: "SUCCEEDED", startDate: 1, stopDate: 2, input: '{"id":"cm1"}', output: '{"polls":3}' };
    const { requests, url } = await runAwsJson(() => ({ body: described }));
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    const machine = "arn:aws:states:us-east-1:000000000000:stateMachine:audio-transfer";
    expect(await workflows.find(machine, "cm1-a")).toMatchObject({
      status: "SUCCEEDED",
      startedAt: new Date(1_000),
      stoppedAt: new Date(2_000),
      output: { polls: 3 },
    });
    const executionArn = "arn:aws:states:us-east-1:000000000000:execution:audio-transfer:cm1-a";
    expect(requests.map(({ body }) => body)).toEqual([{ executionArn }]);
  });

  test("finds none where there is none, or where no name is", async () => {
    const { arn, workflows } = await runStepFunctions();
    expect(await workflows.find(arn, "never-started")).toBeUndefined();
    const { url } = await runAwsJson(() => awsFault("InvalidName"));
    const other = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    expect(await other.find(arn, "no name")).toBeUndefined();
  });

  test("that cannot be looked at may be looked at later", async () => {
    const { url } = await runAwsJson(() => awsFault("AccessDeniedException"));
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    const error = await rejectionOf(workflows.find("arn", name));
    expect(error).toBeInstanceOf(WorkflowsUnavailable);
    expect(error.message).toMatch(`the execution ${name} cannot be looked at: AccessDeniedException: `);
    expect(everythingIn(error)).not.toContain("SECRET");
  });
});

describe("listing executions", () => {
  const page = (from: number, nextToken?: string) => ({
    executions: [from, from + 1].map((second) => ({ name: `run-${second}`, status: "RUNNING", startDate: second })),
    ...(nextToken && { nextToken }),
  });

  test("goes on from page to page, newest first", async () => {
    const { requests, url } = await runAwsJson(({ body }) => ({ body: body["nextToken"] ? page(3) : page(1, "more") }));
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    const names: string[] = [];
    for await (const execution of workflows.list("arn:x", { status: "RUNNING" })) names.push(execution.name);
    expect(names).toEqual(["run-1", "run-2", "run-3", "run-4"]);
    const request = { stateMachineArn: "arn:x", statusFilter: "RUNNING", maxResults: 1_000 };
    expect(requests.map(({ body }) => body)).toEqual([request, { ...request, nextToken: "more" }]);
  });

  test("fetches no more than is taken, and not more than the limit at once", async () => {
    const { requests, url } = await runAwsJson(({ body }) => ({ body: page(body["nextToken"] ? 3 : 1, "more") }));
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    const seen: Date[] = [];
    for await (const { startedAt } of workflows.list("arn:x", { limit: 3 })) seen.push(startedAt);
    expect(seen).toEqual([new Date(1_000), new Date(2_000), new Date(3_000)]);
    for await (const { stoppedAt } of workflows.list("arn:x")) {
      expect(stoppedAt).toBeUndefined();
      break;
    }
    expect(requests.map(({ body }) => body["maxResults"])).toEqual([3, 3, 1_000]);
  });

  test("that Step Functions does not do may be done later", async () => {
    const { url } = await runAwsJson(() => awsFault("ThrottlingException"));
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    const error = await rejectionOf(workflows.list("arn:x")[Symbol.asyncIterator]().next());
    expect(error).toMatchObject({ name: "WorkflowsUnavailable", fault: "ThrottlingException" });
    expect(everythingIn(error)).not.toContain("SECRET");
  });
});

describe("stopping an execution", () => {
  test("ends it as ABORTED, and says why in its history", async () => {
    const { arn, workflows, listed } = await runStepFunctions();
    await workflows.start(arn, name, aDelivery());
    await workflows.stop(arn, name, "nobody needs it");
    expect(listed()).toMatchObject([{ status: "ABORTED" }]);
    expect(await workflows.find(arn, name)).toMatchObject({ error: "Stopped", cause: "nobody needs it" });
  });

  test("that is over or was never there does nothing", async () => {
    const { arn, workflows, listed } = await runStepFunctions();
    await workflows.stop(arn, "never-started", "why");
    expect(listed()).toEqual([]);
  });

  test("that Step Functions does not do may be stopped later", async () => {
    const { url } = await runAwsJson(() => awsFault("InternalFailure", 500));
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    const error = await rejectionOf(workflows.stop("arn", name, "why"));
    expect(error).toMatchObject({ name: "WorkflowsUnavailable", message: expect.stringContaining("was not stopped") });
  });
});

describe("an execution that is not started", () => {
  /** The error with which a start is refused by a Step Functions that answers so. */
  async function refusal(answer: AwsAnswer) {
    const { requests, url } = await runAwsJson(() => answer);
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    return { requests, error: await rejectionOf(workflows.start("arn", name, aDelivery())) };
  }

  test.each([
    "StateMachineDoesNotExist",
    "StateMachineDeleting",
    "ExecutionLimitExceeded",
    "AccessDeniedException",
    "InvalidName",
    "ValidationException",
  ])("because of %s may be started later, in words that hold no secret", async (fault) => {
    const { error } = await refusal(awsFault(fault));
    expect(error).toBeInstanceOf(WorkflowsUnavailable);
    expect(error.message).toMatch(
      new RegExp(`^the execution ${name} was not started: ${fault}: ${fault} of \\[redacted\\]`),
    );
    expect(everythingIn(error)).not.toContain("SECRET");
  });

  test.each<[string, AwsAnswer, string]>([
    ["it fails inside", awsFault("InternalFailure", 500), "InternalFailure"],
    ["it throttles", awsFault("ThrottlingException"), "ThrottlingException"],
    ["it resets the connection", "reset", "ECONNRESET"],
  ])("because %s is tried three times, and may be started later", async (_what, answer, fault) => {
    const { error, requests } = await refusal(answer);
    expect(error).toMatchObject({ name: "WorkflowsUnavailable", message: expect.stringContaining(fault) });
    expect(requests).toHaveLength(3);
  });

  test("because nobody listens may be started later", async () => {
    const url = `http://127.0.0.1:${await unusedPort()}`;
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    const error = await rejectionOf(workflows.start("arn", name, {}));
    expect(error).toMatchObject({ name: "WorkflowsUnavailable", message: expect.stringContaining("ECONNREFUSED") });
  });

  test("because its state machine is unknown may be started later", async () => {
    const { arn, workflows } = await runStepFunctions();
    const error = await rejectionOf(workflows.start(`${arn}2`, name, {}));
    expect(error.message).toMatch(/was not started: StateMachineDoesNotExist: /);
  });

  test("does not keep the next one from being started", async () => {
    let isDown = true;
    const started = { body: { executionArn: "arn:x", startDate: 1 } };
    const { url } = await runAwsJson(() => (isDown ? awsFault("AccessDeniedException") : started));
    const workflows = createWorkflows({ ...localEnvironment, AWS_ENDPOINT_URL_SFN: url });
    await rejectionOf(workflows.start("arn", name, {}));
    isDown = false;
    await expect(workflows.start("arn", name, {})).resolves.toBe(true);
  });
});
