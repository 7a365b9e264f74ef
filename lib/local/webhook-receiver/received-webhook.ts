import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders } from "node:http";
import type { Webhook } from "standardwebhooks";
import * as v from "valibot";

/** A webhook as the receiver read it. */
export interface ReceivedWebhook {
  /** The path of the request without its query, which may be a secret. */
  readonly path: string;
  /** The header `webhook-id`: the same on every attempt of one event. */
  readonly messageId: string | undefined;
  /** The header `webhook-timestamp`: when this attempt was made, in whole seconds. */
  readonly timestamp: Date | undefined;
  /** The member `type` of a JSON body. */
  readonly type: string | undefined;
  /** The body as it came; bytes that are not UTF-8 show as U+FFFD. */
  readonly body: string;
  /** Whether one of the receiver's secrets verifies it. */
  readonly isVerified: boolean;
  /** Why it is not verified, in one sentence; absent if it is. */
  readonly problem?: string;
  /**
   * Whether it is verified and the same message id was verified and answered 2xx at the same path before: what a
   * receiver dedups by. Two paths are two endpoints, and each gets an event of its own under one message id.
   */
  readonly isRepeat: boolean;
}

/** A webhook before anyone looked whether it is a repeat. */
export type ReadWebhook = Omit<ReceivedWebhook, "isRepeat">;

const typedBody = v.pipe(v.string(), v.parseJson(), v.looseObject({ type: v.string() }));

/** Reads a request as a webhook, and verifies it with each of the secrets until one does. */
export function readWebhook(
  path: string,
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  verifiers: readonly Webhook[],
): ReadWebhook {
  const body = bytes.toString();
  const typed = v.safeParse(typedBody, body);
  const problem = verificationProblem(headers, bytes, verifiers);
  return {
    path,
    messageId: textOf(headers["webhook-id"]),
    timestamp: timestampOf(headers["webhook-timestamp"]),
    type: typed.success ? typed.output.type : undefined,
    body,
    isVerified: problem === undefined,
    ...(problem === undefined ? {} : { problem }),
  };
}

function verificationProblem(headers: IncomingHttpHeaders, bytes: Buffer, verifiers: readonly Webhook[]) {
  // The package verifies the text that the bytes decode to, and many broken bytes decode to one text.
  if (!isUtf8(bytes)) return "The body is not UTF-8.";
  const problems = verifiers.map((verifier) => problemFor(verifier, headers, bytes));
  // Whatever is wrong besides the signature is wrong for every secret, so the first one speaks for all.
  return problems.includes(undefined) ? undefined : problems[0];
}

function problemFor(verifier: Webhook, headers: IncomingHttpHeaders, bytes: Buffer): string | undefined {
  try {
    // The package takes only texts; a missing header it reports itself.
    verifier.verify(bytes, headers as Record<string, string>, { jsonParse: false });
    return undefined;
  } catch (error) {
    return `${error instanceof Error ? error.message : error}.`;
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}

function timestampOf(header: string | string[] | undefined): Date | undefined {
  const text = textOf(header) ?? "";
  const time = new Date(Number(text) * 1000);
  return /^\d+$/.test(text) && !Number.isNaN(time.getTime()) ? time : undefined;
}
