/** Hooks for the simulator that answer calls of its API in its place. Downloads pass. */
import type { ArrivedRequest, RequestHook, SimulatedFault } from "../../lib/local/simulator/request-hook.ts";

/** Methods of the API that a transfer uses. */
type Method = "GET" | "DELETE";

const isCall = ({ method, path }: ArrivedRequest, wanted: Method) =>
  method === wanted && path.startsWith("/v1/audio-projects/");

/** Answers the first calls with these, one each; undefined lets that one pass, and so do all that follow. */
export function firstAnswers(method: Method, answers: readonly (SimulatedFault | undefined)[]): RequestHook {
  const left = [...answers];
  return (request) => (isCall(request, method) ? left.shift() : undefined);
}

/** Answers every call with this, after so many that pass. */
export function everyAnswer(method: Method, answer: SimulatedFault, passing = 0): RequestHook {
  let calls = 0;
  return (request) => {
    if (!isCall(request, method)) return undefined;
    calls += 1;
    return calls > passing ? answer : undefined;
  };
}

/** An error of the vendor's API. */
export function refusal(status: number, code = "code", message = "message"): SimulatedFault {
  return { status, body: { code, message } };
}
