/**
 * A proxy in front of the embedded cloud's Step Functions that lets single requests of the functions go wrong:
 *
 *     await using proxy = await startStepFunctionsProxy((nth) => (nth === 2 ? "answer-lost" : undefined));
 *     const harness = await TransferHarness.start({ environment: { AWS_ENDPOINT_URL_SFN: proxy.url } });
 *     proxy.forwardTo(harness.cloud.stepFunctions.url);
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** An error of the API in place of the request, or a request that is carried out and whose answer never comes back. */
export type StartFault = { readonly status: number; readonly type: string } | "answer-lost";

/** Says how the nth request goes wrong, from 1; undefined lets it pass. */
export type StartFaults = (nth: number) => StartFault | undefined;

/** A running proxy. */
export interface StepFunctionsProxy extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL_SFN`. */
  readonly url: string;
  /** Requests so far. */
  readonly requests: number;
  /** Where requests go, from now on. */
  forwardTo(url: string): void;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startStepFunctionsProxy(faults: StartFaults): Promise<StepFunctionsProxy> {
  let target = "";
  let requests = 0;
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    const fault = faults(requests);
    const body = await text(request);
    if (typeof fault === "object") return answer(response, fault.status, JSON.stringify({ __type: fault.type }));
    const { authorization = "", "x-amz-target": operation } = request.headers;
    const headers = { authorization, "x-amz-target": String(operation), "content-type": contentType };
    const passed = await fetch(target, { method: "POST", headers, body });
    const passedBody = await passed.text();
    if (fault === "answer-lost") return void request.socket.resetAndDestroy();
    return answer(response, passed.status, passedBody);
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    forwardTo: (url) => {
      target = url;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const contentType = "application/x-amz-json-1.0";

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": contentType }).end(body);
}
