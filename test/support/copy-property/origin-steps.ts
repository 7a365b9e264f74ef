/** What each step of an origin is on the wire. */
import type { Behaviour } from "../behaviour.ts";
import * as deed from "../behaviour.ts";
import type { RecordedRequest } from "../misbehaving-origin.ts";
import { originSecret } from "../origin-project.ts";
import type { OriginStep } from "./scenario.ts";

/** What a step is performed on. */
export interface OriginQuestion {
  readonly request: RecordedRequest;
  /** The bytes of the source as it is now. */
  readonly body: Buffer;
  /** Whether the attempt that asks has little time: only then silence ends by itself. */
  readonly isShort: boolean;
}

/** A URL of somebody else, signed: nothing written may hold it. */
const elsewhere = `https://elsewhere.example/o?X-Goog-Signature=${originSecret}`;

/** Milliseconds before the last bytes of a body that breaks off: what is read together with its end is lost to the reader. */
const readingTime = 2;

/**
 * The behaviour of a step. What would be a lie that no client can see through is left honest: a 200 that announces
 * another length than the version has, or a 206 with other bytes under a true Content-Range.
 */
export function behaviourOf(step: OriginStep, question: OriginQuestion): Behaviour {
  const { body, isShort } = question;
  switch (step.does) {
    case "honest":
    case "expire URL":
      return deed.honest;
    case "cut":
      return { ...deed.cutAt(step.at), drip: { bytes: Math.ceil(step.at / 2) || 1, milliseconds: readingTime } };
    case "reset":
      return deed.resetAt(step.at);
    case "stall":
      return isShort ? deed.stallAt(step.at) : behaviourOf({ ...step, does: "cut" }, question);
    case "pause":
      return deed.drip(Math.ceil(body.length / 3) || 1, step.milliseconds);
    case "reset before headers":
      return deed.resetBeforeHeaders;
    case "close-delimited":
      return deed.closeDelimited;
    case "chunked":
      return deed.chunked;
    case "gzip":
      return deed.gzipped;
    case "HTML page":
      return deed.htmlPage(`text/html; see="${elsewhere}"`);
    case "HTML page called audio":
      return deed.htmlPage("audio/wav");
    case "XML page called audio":
      return { content: { body: Buffer.from("<Error><Code>ExpiredToken</Code></Error>"), contentType: "audio/wav" } };
    case "empty":
      return deed.empty;
    case "redirect":
      return deed.redirect(elsewhere);
    case "ignore Range":
      return deed.ignoringRange;
    case "ignore If-Match":
      return { ignores: ["if-match"] };
    case "uncalled-for 206":
      return { status: 206 };
    case "no ETag":
      return { content: { etag: null } };
    case "weak ETag":
      return { content: { etag: 'W/"any"' }, ignores: ["if-match"] };
    case "other ETag":
      // Of these bytes alone: one strong tag for two versions could not be seen through.
      return { content: { etag: `"also-${body[0]}-${body.length}"` }, ignores: ["if-match"] };
    case "surplus":
      return deed.longerThanAnnounced(step.bytes);
    case "status":
      return deed.status(step.status);
    case "changed total":
      return deed.changedTotal(step.total);
    case "Content-Range":
      return deed.contentRange(step.text);
    case "short 206":
    case "long 206":
    case "shrunk 206":
    case "swollen 206":
    case "shifted 206":
      return partBehaviour(step.does, step.bytes, question);
  }
}

/** The part that a Range asks for, as an honest answer would give it; undefined when there is none. */
function askedPart({ request, body }: OriginQuestion): { readonly first: number; readonly last: number } | undefined {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (!range) return undefined;
  const first = Number(range[1]);
  const last = Math.min(range[2] ? Number(range[2]) : body.length - 1, body.length - 1);
  return first <= last ? { first, last } : undefined;
}

function partBehaviour(
  does: "short 206" | "long 206" | "shrunk 206" | "swollen 206" | "shifted 206",
  bytes: number,
  question: OriginQuestion,
): Behaviour {
  const part = askedPart(question);
  if (!part || bytes === 0) return deed.honest;
  const { first, last } = part;
  const total = question.body.length;
  const shorter = { total, content: { body: question.body.subarray(0, Math.max(first, last - bytes) + 1) } };
  const longer = { "content-length": String(last - first + 1 + bytes) };
  switch (does) {
    case "short 206":
      return shorter;
    case "long 206":
      return { surplus: bytes, headers: { ...longer, "content-range": `bytes ${first}-${last + bytes}/${total}` } };
    case "swollen 206":
      return { surplus: bytes, headers: longer };
    case "shrunk 206":
      return { ...shorter, ...deed.contentRange(`bytes ${first}-${last}/${total}`) };
    case "shifted 206": {
      // From before where the part begins, if there is anything before it.
      const shift = first >= bytes ? -bytes : bytes;
      const filler = Buffer.alloc(bytes, 0x21);
      const { body } = question;
      const shifted = shift < 0 ? Buffer.concat([filler, body]) : Buffer.concat([body.subarray(bytes), filler]);
      const range = `bytes ${first + shift}-${last + shift}/${total}`;
      return { content: { body: shifted.subarray(0, total) }, ...deed.contentRange(range) };
    }
  }
}
