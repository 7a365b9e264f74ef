import { AddressRefused, TransferFailed, Unauthorized, VendorUnavailable } from "../domain/errors.ts";
import { parseProject } from "../domain/project.ts";
import { redact } from "../domain/redaction.ts";
import { parseRetryAfter } from "../domain/retry-after.ts";
import type { Observation } from "../domain/verdict.ts";
import { type GuardedHttp, readText } from "./guarded-http.ts";
import { NetworkFault } from "./network-fault.ts";
import type { Secret } from "./secrets.ts";
import type { VendorPacer } from "./vendor-pacer.ts";

/** Most bytes of an answer that are read: a project with 1,000 signed URLs of 1 KiB fits. */
const largestAnswerBytes = 2 * 1_024 ** 2;

/** The vendor's API, as far as a transfer needs it. It repeats nothing: the workflow waits and repeats. */
export interface MagicHour {
  /**
   * GET of a project. What may pass (no answer, 429, 5xx, nonsense, too many requests of our own before this one) is a value,
   * because the poll schedule decides on it.
   * @param hasPass whether the caller has asked the pacer already. Default false
   * @throws {Unauthorized} 401, 402, 403
   * @throws {TransferFailed} any other refusal, a redirect, or another project than the one asked for
   */
  getProject(id: string, hasPass?: boolean): Promise<Observation>;
  /**
   * DELETE of a project, which cannot be undone. 404 is success: already deleted. It is sent at once or not at all: what it
   * rests on must not grow old.
   * @throws {VendorUnavailable} when the outcome is unknown or the vendor failed
   * @throws {Unauthorized | TransferFailed} as above
   */
  deleteProject(id: string): Promise<void>;
}

/** What the client needs. */
export interface MagicHourOptions {
  /** Base URL without a slash at its end. */
  readonly baseUrl: string;
  /** The API key. */
  readonly apiKey: Secret;
  /** The way out. */
  readonly http: GuardedHttp;
  /** Milliseconds since the epoch, for dates in Retry-After. */
  readonly now: () => number;
  /** Milliseconds for one call, its body included. Default 15,000. */
  readonly callTimeout?: number;
  /** Keeps the calls within what the vendor allows. Default none. */
  readonly pacer?: VendorPacer;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterSeconds: number | undefined;
}

/** A client of the vendor's API, `/v1` (OpenAPI file of 2026-08-22). */
export function createMagicHour(options: MagicHourOptions): MagicHour {
  const { baseUrl, apiKey, http, now, callTimeout = 15_000, pacer } = options;
  const send = async (method: "GET" | "DELETE", id: string): Promise<Answer> => {
    const key = await apiKey.read();
    const headers = { authorization: bearer(key), accept: "application/json" };
    const url = `${baseUrl}/v1/audio-projects/${encodeURIComponent(id)}`;
    const request = { method, headers, signal: AbortSignal.timeout(callTimeout) };
    const sentAt = now();
    const response = await http.request(url, request).catch((error: unknown) => {
      throw error instanceof AddressRefused
        ? new TransferFailed(`${method} of project ${id}: ${error.message}`)
        : error;
    });
    // An answer that repeats the key must not carry it into an error. Shorter than eight is no key, but may be in any word.
    const answered = await readText(response, largestAnswerBytes);
    const text = key.length < 8 ? answered : answered.replaceAll(key, "[redacted]");
    const { status } = response;
    const retryAfterSeconds = parseRetryAfter(response.header("retry-after"), now());
    pacer?.answered({ sentAt, isThrottled: status === 429, retryAfterSeconds });
    return { status, text, retryAfterSeconds };
  };

  /** One call; after a 401 once more if the key has been rotated since it was read. */
  const call = async (method: "GET" | "DELETE", id: string): Promise<Answer> => {
    const key = await apiKey.read();
    const answer = await send(method, id);
    if (answer.status !== 401) return answer;
    apiKey.forget();
    return (await apiKey.read()) === key ? answer : send(method, id);
  };

  return {
    async getProject(id, hasPass = false) {
      const seconds = hasPass ? 0 : ((await pacer?.enter()) ?? 0);
      if (seconds > 0) return { kind: "unavailable", reason: "not asked: HTTP 429 before", retryAfterSeconds: seconds };
      try {
        const answer = await call("GET", id);
        if (answer.status === 404) return { kind: "not-found" };
        if (answer.status === 200) return { kind: "project", project: parseProject(parseJson(answer.text), id) };
        if (isPassing(answer.status)) {
          return { kind: "unavailable", reason: `HTTP ${answer.status}`, retryAfterSeconds: answer.retryAfterSeconds };
        }
        throw refusal(`GET of project ${id}`, answer);
      } catch (error) {
        if (error instanceof NetworkFault || error instanceof VendorUnavailable) {
          return { kind: "unavailable", reason: error.message };
        }
        throw error;
      }
    },
    async deleteProject(id) {
      let answer: Answer;
      pacer?.passBy();
      try {
        answer = await call("DELETE", id);
      } catch (error) {
        if (error instanceof NetworkFault) throw new VendorUnavailable(`DELETE of project ${id}: ${error.message}`);
        throw error;
      }
      if ((answer.status >= 200 && answer.status < 300) || answer.status === 404) return;
      if (isPassing(answer.status)) throw new VendorUnavailable(`DELETE of project ${id}: HTTP ${answer.status}`);
      throw refusal(`DELETE of project ${id}`, answer);
    },
  };
}

/** The header with the key. Without this check a key that no header can carry would look like a fault of the network. */
function bearer(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return `Bearer ${key}`;
  throw new Unauthorized("the API key is empty or has characters that no key has, such as blanks or line breaks");
}

/** 408, 429 and 5xx may pass (vendor's guides: back off on 429 and 503; 502 after a while). */
function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new VendorUnavailable("the answer is not JSON");
  }
}

function refusal(what: string, { status, text }: Answer): Error {
  const message = `${what}: the vendor answered ${status}${vendorMessage(text)}`;
  return status === 401 || status === 402 || status === 403 ? new Unauthorized(message) : new TransferFailed(message);
}

/** The vendor's `code` and `message`, if its body is JSON and has them. */
function vendorMessage(text: string): string {
  try {
    const { code, message } = JSON.parse(text) as { code?: unknown; message?: unknown };
    const words = [code, message].filter((word) => typeof word === "string").join(": ");
    return words && ` (${redact(words)})`;
  } catch {
    return "";
  }
}
