/** The answer of an origin to one request, before any of it is sent. Pure. */
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { gzipSync } from "node:zlib";
import type { Behaviour, OriginContent } from "./behaviour.ts";

/** What is sent, unless the connection ends first. */
export interface OriginAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What an answer depends on. */
interface Question {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/** The answer to a request, as honest as the behaviour lets it be. */
export function answerOf(question: Question, usual: OriginContent, behaviour: Behaviour): OriginAnswer {
  const answer = behaviour.status === undefined ? contentAnswer(question, usual, behaviour) : page(behaviour.status);
  const body = behaviour.coding === "gzip" ? gzipSync(answer.body) : answer.body;
  const headers = {
    ...answer.headers,
    ...(behaviour.coding && { "content-encoding": behaviour.coding }),
    ...((behaviour.framing ?? "length") === "length" && { "content-length": String(body.length) }),
    ...behaviour.headers,
  };
  const present = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...answer, headers: Object.fromEntries(present), body };
}

function contentAnswer(question: Question, usual: OriginContent, behaviour: Behaviour): OriginAnswer {
  // The method is part of what a signed URL's signature covers.
  if (question.method !== "GET") return page(403);
  const { body, contentType = "audio/wav", etag = etagOf(body) } = { ...usual, ...behaviour.content };
  const asked = (name: "range" | "if-match") =>
    behaviour.ignores?.includes(name) ? undefined : question.headers[name];
  const match = asked("if-match");
  if (match !== undefined && match !== etag) return page(412);
  const headers = {
    "accept-ranges": "bytes",
    ...(contentType !== null && { "content-type": contentType }),
    ...(etag !== null && { etag }),
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(asked("range") ?? "");
  if (range === null) return { status: 200, headers, body };
  const first = Number(range[1]);
  const last = Math.min(range[2] ? Number(range[2]) : body.length - 1, body.length - 1);
  const total = behaviour.total ?? body.length;
  if (first > last) return page(416, { "content-range": `bytes */${total}` });
  const part = { ...headers, "content-range": `bytes ${first}-${last}/${total}` };
  return { status: 206, headers: part, body: body.subarray(first, last + 1) };
}

/** An error page in the form of Google Cloud Storage. */
function page(status: number, headers: Readonly<Record<string, string>> = {}): OriginAnswer {
  const body = Buffer.from(`<?xml version='1.0' encoding='UTF-8'?><Error><Code>Status${status}</Code></Error>`);
  return { status, headers: { "content-type": "application/xml; charset=UTF-8", ...headers }, body };
}

/** A strong entity tag of the bytes, as S3 and Google Cloud Storage give to a single upload. */
function etagOf(body: Uint8Array): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}
