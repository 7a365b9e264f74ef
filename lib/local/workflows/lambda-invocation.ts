import { randomUUID } from "node:crypto";
import { dataLimitExceeded, PAYLOAD_BYTES, StateFailure } from "./state-failure.ts";

/** What a handler gets beside its event: the part of Lambda's context that the product reads. */
export interface LambdaContext {
  /** One UUID for each invocation, so another one for each retry. */
  readonly awsRequestId: string;
  readonly functionName: string;
  /** Milliseconds until the function times out; 0 afterwards. */
  getRemainingTimeInMillis(): number;
}

/** A Lambda handler. Both its event and its result are plain JSON. */
export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** A handler with the settings that its Lambda function would have. */
export interface LambdaFunction {
  readonly handler: LambdaHandler;
  /** Default: the name in the function's ARN. */
  readonly name?: string;
  /** The function's own time-out in seconds. Default: the TimeoutSeconds of the task that invokes it. */
  readonly timeoutSeconds?: number;
}

/** A function ready to be invoked from one Task state. */
export interface InvocableFunction {
  readonly resource: string;
  readonly handler: LambdaHandler;
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Whether the function times out before the task does, so that its own time-out must be kept. */
  readonly timesOutFirst: boolean;
}

/** The function behind a Task state. @param taskSeconds The Task's TimeoutSeconds. */
export function invocableFunction(
  resource: string,
  given: LambdaHandler | LambdaFunction,
  taskSeconds: number,
): InvocableFunction {
  const { handler, name, timeoutSeconds = taskSeconds } = typeof given === "function" ? { handler: given } : given;
  return {
    resource,
    handler,
    name: name ?? functionNameOf(resource),
    timeoutSeconds,
    timesOutFirst: timeoutSeconds < taskSeconds,
  };
}

/**
 * Invokes a function the way Lambda does: event and result pass through JSON, and a result of undefined is null.
 * @throws {StateFailure} named after the handler's error, `Sandbox.Timedout` past the function's own time-out, or
 * `States.DataLimitExceeded` if event or result is above 262,144 bytes.
 */
export async function invokeLambda(target: InvocableFunction, event: unknown): Promise<unknown> {
  const eventText = jsonWithinLimit(event, `The input of '${target.resource}'`);
  const awsRequestId = randomUUID();
  const deadline = Date.now() + target.timeoutSeconds * 1000;
  const context: LambdaContext = {
    awsRequestId,
    functionName: target.name,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  const answer = settled(target.handler, JSON.parse(eventText), context);
  const result = target.timesOutFirst ? await withinTimeout(answer, target, awsRequestId) : await answer;
  return JSON.parse(jsonWithinLimit(result, `The result of '${target.resource}'`));
}

/** The handler's result, or its error in the words of Lambda. */
async function settled(handler: LambdaHandler, event: unknown, context: LambdaContext): Promise<unknown> {
  try {
    return await handler(event, context);
  } catch (error) {
    // What Lambda itself says, and not the handler.
    throw error instanceof StateFailure ? error : lambdaFailure(error);
  }
}

/** `Sandbox.Timedout` and its text are what Lambda reports and Step Functions shows. */
async function withinTimeout(answer: Promise<unknown>, target: InvocableFunction, requestId: string): Promise<unknown> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const seconds = target.timeoutSeconds.toFixed(2);
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
  const failure = new StateFailure("Sandbox.Timedout", JSON.stringify({ errorType: "Sandbox.Timedout", errorMessage }));
  const timer = setTimeout(() => reject(failure), target.timeoutSeconds * 1000);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Error and Cause as the Node runtime of Lambda forms them (`formatError` of aws-lambda-ric 4.0.2). */
function lambdaFailure(error: unknown): StateFailure {
  if (!(error instanceof Error)) {
    return new StateFailure(
      typeof error,
      JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] }),
    );
  }
  const { name: errorType, message: errorMessage, stack } = error;
  return new StateFailure(errorType, JSON.stringify({ errorType, errorMessage, trace: stack?.split("\n") ?? [] }));
}

function jsonWithinLimit(value: unknown, what: string): string {
  const text = jsonOf(value);
  if (Buffer.byteLength(text) > PAYLOAD_BYTES) throw dataLimitExceeded(what);
  return text;
}

/** What JSON cannot hold (a cycle, a BigInt) fails with the runtime's own error name. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    const error = new Error("Unable to stringify response body");
    error.name = "Runtime.JSONStringifyError";
    throw lambdaFailure(error);
  }
}

/** The seventh part of `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`; other resources are their own name. */
function functionNameOf(resource: string): string {
  return (resource.startsWith("arn:") && resource.split(":")[6]) || resource;
}
