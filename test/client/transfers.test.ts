/** `Transfers` against the embedded cloud: the synthesized workflows behind Step Functions' own protocol. */
import { inspect } from "node:util";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import {
  AwsAccessDenied,
  Conflict,
  DeadlineExceeded,
  InvalidInput,
  NotFound,
  ProjectFailed,
  TransferStopped,
  Transfers,
  WorkflowsUnavailable,
} from "../../lib/client/index.ts";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import { awsFault, localEnvironment, runAwsJson } from "../functions/adapters/running-aws-json.ts";
import { rejectionOf } from "../support/everything-in.ts";
import { smallProject } from "../support/notified-project.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { unusedPort } from "../support/unused-port.ts";
import { allOf } from "./all-of.ts";

const harness = await TransferHarness.start();
const transfers = new Transfers({ environment: harness.cloud.environment });
afterAll(async () => {
  await transfers.close();
  await harness[Symbol.asyncDispose]();
});

/** Ids of projects whose first poll never comes back while the test runs, so that their transfers do not end. */
const held = new Set<string>();
harness.wrap({
  "check-status": (run) => async (state, context) => {
    if (held.has((state.input as { id: string }).id)) await new Promise(() => undefined);
    return run(state, context);
  },
});

/** A transfer that runs until it is stopped. */
async function startHeld() {
  const id = harness.simulator.createProject(smallProject);
  held.add(id);
  return transfers.start({ id });
}

describe.concurrent("a transfer", () => {
  test("is started, waited for, and found again by the same input", async () => {
    const id = harness.simulator.createProject(smallProject);
    const begun = await transfers.start({ id, metadata: { order: 7 } });
    expect(begun).toMatchObject({ isNew: true, status: "RUNNING", input: { id }, output: null, error: null });
    const updates: string[] = [];
    const { name } = begun;
    const transfer = await transfers.wait({
      name,
      onUpdate: ({ status }, seconds) => updates.push(`${status} ${seconds}`),
    });
    expect(transfer).toMatchObject({ name, status: "SUCCEEDED", output: { id, verdict: "complete", outputs: [{}] } });
    expect(transfer).not.toHaveProperty("isNew");
    expect(updates.every((update) => update === "RUNNING 1")).toBe(true);
    const again = await transfers.start({ metadata: { order: 7 }, waitForCompletion: true, id });
    expect(again).toEqual({ ...transfer, isNew: false });
  });

  test("has the name that is given, and is in conflict with other input under it", async () => {
    const id = harness.simulator.createProject(smallProject);
    expect(await transfers.start({ id }, { idempotencyKey: "order-7" })).toMatchObject({ name: "order-7" });
    await expect(transfers.start({ id, downloadOutputs: false }, { idempotencyKey: "order-7" })).rejects.toThrow(
      Conflict,
    );
    await transfers.wait({ name: "order-7" });
  });

  test("that failed is thrown by its own name", async () => {
    const id = harness.simulator.createProject({ ...smallProject, endIn: "error" });
    const { name } = await transfers.start({ id });
    const error = await rejectionOf(transfers.wait({ name }));
    expect(error).toBeInstanceOf(ProjectFailed);
    expect(error.message).toMatch(`project ${id} ended in status error`);
    expect(await transfers.status({ name })).toMatchObject({ status: "FAILED", error: { name: "ProjectFailed" } });
  });

  test("that is stopped says why to whoever waits; stopping it again changes nothing", async () => {
    const { name } = await startHeld();
    const waiting = rejectionOf(transfers.wait({ name }));
    const stopped = await transfers.stop({ name, reason: "wrong project" });
    expect(stopped).toMatchObject({ status: "ABORTED", error: { name: "Stopped", message: "wrong project" } });
    const error = await waiting;
    expect(error).toBeInstanceOf(TransferStopped);
    expect(error.message).toBe(`the transfer ${name} was stopped: wrong project`);
    expect(await transfers.stop({ name, reason: "another" })).toEqual(stopped);
  });

  test("that still runs at the deadline of the waiting goes on", async () => {
    const { name } = await startHeld();
    const error = await rejectionOf(transfers.wait({ name, deadlineSeconds: 1 }));
    expect(error).toBeInstanceOf(DeadlineExceeded);
    expect(error.message).toBe(`the transfer ${name} still runs after 1 s of waiting, and goes on`);
    expect(await transfers.status({ name })).toMatchObject({ status: "RUNNING", stoppedAt: null });
  });

  test("is waited for until the signal fires, with the signal's reason", async () => {
    const { name } = await startHeld();
    const leaving = new AbortController();
    const reason = new Error("home for supper");
    const waiting = transfers.wait({ name, signal: leaving.signal, onUpdate: () => leaving.abort(reason) });
    await expect(waiting).rejects.toBe(reason);
    const { signal } = leaving;
    await expect(transfers.start({ id: "cm1" }, { signal })).rejects.toBe(reason);
    await expect(transfers.stop({ name, signal })).rejects.toBe(reason);
    await expect(transfers.list({ signal })[Symbol.asyncIterator]().next()).rejects.toBe(reason);
    await expect(transfers.redeliver({ name, signal })).rejects.toBe(reason);
  });

  test("that is none is not found", async () => {
    for (const name of ["never-started", "no name", "a:b", ""]) {
      await expect(transfers.status({ name })).rejects.toThrow(NotFound);
    }
    await expect(transfers.wait({ name: "never-started" })).rejects.toThrow(NotFound);
    await expect(transfers.stop({ name: "never-started" })).rejects.toThrow(NotFound);
    await expect(transfers.redeliver({ name: "never-started" })).rejects.toThrow(NotFound);
  });
});

test("the transfers are listed newest first, by status and up to a limit", async () => {
  const names: string[] = [];
  for (const endIn of ["complete", "error", "error"]) {
    const id = harness.simulator.createProject({ ...smallProject, endIn });
    names.unshift((await harness.transfer({ id }, `listed-${names.length}`)).status);
  }
  const listed = await allOf(transfers.list({ limit: 3 }));
  expect(listed.map(({ name }) => name)).toEqual(["listed-2", "listed-1", "listed-0"]);
  expect(listed.map(({ status }) => status)).toEqual(names);
  expect(listed[0]).toEqual({
    name: "listed-2",
    status: "FAILED",
    startedAt: expect.stringMatching(/Z$/),
    stoppedAt: expect.stringMatching(/Z$/),
  });
  const failed = await allOf(transfers.list({ status: "FAILED", limit: 2 }));
  expect(failed.map(({ name }) => name)).toEqual(["listed-2", "listed-1"]);
});

test("an endpoint that no stack allows is refused at once", async () => {
  const starting = transfers.start({ id: "cm1", notify: ["http://example.com/"] });
  await expect(starting).rejects.toThrow(/^notify\[0\]: must be https/);
});

test("what is out of bounds is refused before anything is asked", async () => {
  const { requests, url } = await runAwsJson(() => awsFault("InternalFailure", 500));
  await using asked = new Transfers({
    transferStateMachineArn: localStateMachineArn,
    environment: { ...localEnvironment, AWS_ENDPOINT_URL_SFN: url },
  });
  await expect(asked.start({ id: "../etc" })).rejects.toThrow(/^id: may hold only/);
  await expect(asked.start({ id: "cm1" }, { idempotencyKey: "a b" })).rejects.toThrow(/^Idempotency-Key: must be/);
  await expect(asked.wait({ name: "a", deadlineSeconds: 0 })).rejects.toThrow(/^deadlineSeconds: must be/);
  expect(() => asked.list({ limit: 0.5 })).toThrow(/^limit: must be a whole number/);
  expect(() => asked.list({ status: "DONE" as "FAILED" })).toThrow(/^status: must be one of RUNNING, /);
  await expect(allOf(asked.deliveries())).rejects.toThrow(/^deliveryStateMachineArn: must be given, or be in DEL/);
  expect(() => new Transfers({ transferStateMachineArn: "arn:aws:s3:::bucket" })).toThrow(InvalidInput);
  expect(requests).toEqual([]);
});

describe("Step Functions that", () => {
  /** `Transfers` that ask a Step Functions which answers so. */
  const asking = async (fault: string, status?: number) => {
    const { url } = await runAwsJson(() => awsFault(fault, status));
    const environment = {
      ...localEnvironment,
      AWS_ENDPOINT_URL_SFN: url,
      [environmentNames.transferStateMachine]: localStateMachineArn,
    };
    const asked = new Transfers({ environment });
    onTestFinished(() => asked.close());
    return asked;
  };

  test("refuses the caller is told from one that does not answer, and from one that has no such state machine", async () => {
    const refused = await asking("AccessDeniedException");
    await expect(refused.status({ name: "a" })).rejects.toThrow(AwsAccessDenied);
    await expect(allOf(refused.list())).rejects.toThrow(AwsAccessDenied);
    const unknown = await asking("StateMachineDoesNotExist");
    await expect(allOf(unknown.list())).rejects.toThrow(InvalidInput);
    const failing = await rejectionOf((await asking("InternalFailure", 500)).status({ name: "a" }));
    expect(failing).toMatchObject({ name: "WorkflowsUnavailable", fault: "InternalFailure" });
    expect(failing.message).not.toContain("SECRET");
  });

  test("is not there is unavailable, with Node's word for it", async () => {
    const environment = { ...localEnvironment, AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${await unusedPort()}` };
    await using nobody = new Transfers({ transferStateMachineArn: localStateMachineArn, environment });
    const error = await rejectionOf(nobody.status({ name: "a" }));
    expect(error).toBeInstanceOf(WorkflowsUnavailable);
    expect(error).toMatchObject({ fault: "ECONNREFUSED" });
  });
});

test("the object shows nothing of its environment", () => {
  expect(inspect(transfers, { depth: 9, showHidden: true })).toBe("Transfers {}");
});
