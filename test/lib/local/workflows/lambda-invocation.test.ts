import { expect, test } from "vitest";
import {
  invocableFunction,
  invokeLambda,
  type LambdaHandler,
} from "../../../../lib/local/workflows/lambda-invocation.ts";

const ARN = "arn:aws:lambda:us-east-1:000000000000:function:check-status:live";
const invoke = (handler: LambdaHandler, event: unknown = {}) => invokeLambda(invocableFunction(ARN, handler, 5), event);

test("the function's name comes from its ARN, from what is given, or is the resource itself", () => {
  const handler = async () => ({});
  expect(invocableFunction(ARN, handler, 5).name).toBe("check-status");
  expect(invocableFunction(ARN, { handler, name: "other" }, 5).name).toBe("other");
  expect(invocableFunction("check", handler, 5).name).toBe("check");
});

test("a handler that throws before it returns a promise fails like any other", async () => {
  const handler = (() => {
    throw new RangeError("at once");
  }) as LambdaHandler;
  await expect(invoke(handler)).rejects.toThrow(expect.objectContaining({ name: "RangeError" }));
});

test("a result that JSON cannot hold fails with the runtime's error", async () => {
  await expect(invoke(async () => 1n)).rejects.toThrow(
    expect.objectContaining({ name: "Runtime.JSONStringifyError", isRetryable: true }),
  );
});

test("an event above 262,144 bytes never reaches the handler", async () => {
  let reached = false;
  const handler = async () => {
    reached = true;
  };
  await expect(invoke(handler, "x".repeat(262_143))).rejects.toThrow(
    expect.objectContaining({ name: "States.DataLimitExceeded", isRetryable: false, isCatchable: false }),
  );
  expect(reached).toBe(false);
});
