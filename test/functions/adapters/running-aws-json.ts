/** An API of AWS in its JSON protocols, reduced to what a test answers; lib/local has whole ones. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { AwsEnvironment } from "../../../functions/adapters/aws-environment.ts";

/** A request as it arrived. */
export interface AwsRequest {
  /** Service and operation, from `x-amz-target`. */
  readonly target: string;
  /** The operation's members. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** An answer; `reset` and `stall` are none. */
export type AwsAnswer = { readonly status?: number; readonly body: object } | "reset" | "stall";

/** An error of AWS, which repeats what it should not: a secret, a signed URL. */
export function awsFault(name: string, status = 400): AwsAnswer {
  const message = `${name} of whsec_SECRET at https://example.com/?X-Amz-Signature=SECRET`;
  return { status, body: { __type: name, message } };
}

/**
 * Runs an API on a local port until the test is over.
 * @param answer what the request is answered; it is called for repeated requests too
 */
export async function runAwsJson(answer: (request: AwsRequest) => AwsAnswer) {
  const requests: AwsRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const body = (await json(incoming)) as AwsRequest["body"];
    const request = { target: String(incoming.headers["x-amz-target"]), body };
    requests.push(request);
    const given = answer(request);
    if (given === "reset") incoming.socket.resetAndDestroy();
    if (typeof given === "string") return;
    response.writeHead(given.status ?? 200, { "content-type": incoming.headers["content-type"] });
    response.end(JSON.stringify(given.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The environment of a function on this machine. */
export const localEnvironment: AwsEnvironment = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "dummy",
  AWS_SECRET_ACCESS_KEY: "dummy",
};
