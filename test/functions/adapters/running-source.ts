/** A source on a misbehaving origin, for the tests of the source. */
import { expect, onTestFinished } from "vitest";
import { createGuardedHttp } from "../../../functions/adapters/guarded-http.ts";
import { openSource, type Source, type SourceOptions } from "../../../functions/adapters/source.ts";
import type { OriginContent } from "../../support/behaviour.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { type OriginScript, startMisbehavingOrigin } from "../../support/misbehaving-origin.ts";

/** What no error may hold. */
const secret = "00ffsecret00ff";

/** Bytes that pass for audio (there is a zero among the first) and differ from place to place. */
export function audio(bytes: number): Buffer {
  const body = Buffer.alloc(bytes);
  for (let at = 1; at < bytes; at += 1) body[at] = (at * 31 + (at >> 8) * 7) % 251;
  return body;
}

/** Starts an origin; `open` opens a source on it, `refreshes` are the fresh URLs it was given. */
export async function runOrigin(content: OriginContent, script?: OriginScript) {
  const origin = await startMisbehavingOrigin(content, script);
  const http = createGuardedHttp({ exceptions: origin.url });
  onTestFinished(async () => {
    await http.close();
    await origin.close();
  });
  const signed = (nth: number) => `${origin.url}/o%2F1/output.wav?X-Goog-Date=${nth}&X-Goog-Signature=${secret}${nth}`;
  const refreshes: string[] = [];
  const usual: SourceOptions = {
    http,
    label: "d/0-output.wav",
    url: signed(0),
    refreshUrl: async () => {
      const fresh = signed(refreshes.length + 1);
      refreshes.push(fresh);
      return fresh;
    },
    maxBytes: 10_000_000,
    signal: new AbortController().signal,
  };
  const open = (changed: Partial<SourceOptions> = {}) => openSource({ ...usual, ...changed });
  return { origin, open, refreshes };
}

/** All bytes of a source. */
export async function readAll(source: Source): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.chunks) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The error of work that must fail; it names the output and holds nothing of the signed query. */
export async function faultOf(work: Promise<unknown>): Promise<Error> {
  const error = await rejectionOf(work);
  expect(error.message).toMatch(/^d\/0-output\.wav: /);
  expect(everythingIn(error)).not.toMatch(/secret|X-Goog/);
  return error;
}
