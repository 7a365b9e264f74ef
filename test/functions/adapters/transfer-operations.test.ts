/** What the HTTP API makes of a Step Functions that is a moment behind, which the embedded one never is. */
import { expect, test } from "vitest";
import { createTransferOperations, type TransferPorts } from "../../../functions/adapters/transfer-operations.ts";
import { Conflict, NotFound } from "../../../functions/domain/api-errors.ts";
import type { DescribedExecution } from "../../../functions/domain/api-transfer.ts";
import { InvalidInput, WorkflowsUnavailable } from "../../../functions/domain/errors.ts";

const stateMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:audio-transfer";
const now = Date.UTC(2026, 7, 22, 10);
const request = { name: "order-7412", input: { id: "cm1" } };

const found = (input: unknown, stoppedAt?: Date): DescribedExecution => ({
  name: "order-7412",
  status: stoppedAt ? "SUCCEEDED" : "RUNNING",
  startedAt: new Date(now - 1_000),
  stoppedAt,
  input,
  output: undefined,
  error: undefined,
  cause: undefined,
});

/** The operations on a Step Functions that shows these, one after the other, and starts or not. */
function operationsOn(shown: readonly (DescribedExecution | undefined)[], isStarted = true) {
  const left = [...shown];
  const calls: string[] = [];
  const workflows: TransferPorts["workflows"] = {
    start: async (_, name, input) => {
      calls.push(`start ${name} ${JSON.stringify(input)}`);
      return isStarted;
    },
    find: async (_, name) => {
      calls.push(`find ${name}`);
      return left.shift();
    },
    stop: async (_, name, cause) => {
      calls.push(`stop ${name} ${cause}`);
    },
  };
  const policy = { hosts: ["hooks.example.com"], exceptions: new Set<string>() };
  return { calls, transfers: createTransferOperations({ workflows, stateMachineArn, policy, now: () => now }) };
}

test("a new transfer is shown as it was asked for, without asking for it again", async () => {
  const { transfers, calls } = operationsOn([undefined]);
  expect(await transfers.start(request)).toMatchObject({
    isNew: true,
    execution: { name: "order-7412", status: "RUNNING", startedAt: new Date(now), input: { id: "cm1" } },
  });
  expect(calls).toEqual(["find order-7412", 'start order-7412 {"id":"cm1"}']);
});

test("one that was started between looking and starting is the first's", async () => {
  const first = found({ id: "cm1", waitForCompletion: true });
  const { transfers } = operationsOn([undefined, first], false);
  expect(await transfers.start(request)).toEqual({ execution: first, isNew: false });
});

test("one that was started in between with another input is a conflict", async () => {
  const { transfers } = operationsOn([undefined, found({ id: "cm2" })], false);
  await expect(transfers.start(request)).rejects.toThrow(Conflict);
});

test("one that is there and not shown yet is to be asked for again", async () => {
  const { transfers } = operationsOn([undefined, undefined], false);
  await expect(transfers.start(request)).rejects.toThrow(WorkflowsUnavailable);
});

test("an endpoint that is not allowed keeps a transfer from being started, and not from being found", async () => {
  const notified = { name: "order-7412", input: { id: "cm1", notify: ["https://evil.example/"] } };
  const { transfers, calls } = operationsOn([undefined, found(notified.input)]);
  await expect(transfers.start(notified)).rejects.toThrow(InvalidInput);
  expect(calls).toEqual(["find order-7412"]);
  expect(await transfers.start(notified)).toMatchObject({ isNew: false });
});

test("what is over is not stopped, and what is no name is not asked for", async () => {
  const over = found({ id: "cm1" }, new Date(now));
  const { transfers, calls } = operationsOn([over, found({ id: "cm1" }), over]);
  expect(await transfers.stop("order-7412")).toBe(over);
  expect(await transfers.stop("order-7412")).toBe(over);
  const stop = "stop order-7412 stopped by DELETE /transfers/{name} of the HTTP API";
  expect(calls).toEqual(["find order-7412", "find order-7412", stop, "find order-7412"]);
  await expect(transfers.look(undefined)).rejects.toThrow(NotFound);
  await expect(transfers.stop(undefined)).rejects.toThrow(NotFound);
  expect(calls).toHaveLength(4);
});
