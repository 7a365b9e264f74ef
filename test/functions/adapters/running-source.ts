/** A source on a misbehaving origin, for the tests of the source and of its reader. */
import { expect, onTestFinished } from "vitest";
import { createCopyBudget } from "../../../functions/adapters/copy-budget.ts";
import { createCopyMeter } from "../../../functions/adapters/copy-meter.ts";
import { createGuardedHttp } from "../../../functions/adapters/guarded-http.ts";
import { openSource, type Source, type SourceOptions } from "../../../functions/adapters/source.ts";
import { type ReadOptions, readSource } from "../../../functions/adapters/source-reader.ts";
import type { OriginContent } from "../../support/behaviour.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { type OriginScript, startMisbehavingOrigin } from "../../support/misbehaving-origin.ts";
import { countedBuffers } from "./counted-buffers.ts";
import { readEverything } from "./read-everything.ts";

/** What no error may hold. */
const secret = "00ffsecret00ff";

/** Bytes of a part, where a test says nothing else: 64 KiB, the smallest buffer. */
export const partBytes = 64 * 1_024;

/** Bytes that pass for audio (there is a zero among the first) and differ from place to place. */
export function audio(bytes: number): Buffer {
  const body = Buffer.alloc(bytes);
  for (let at = 1; at < bytes; at += 1) body[at] = (at * 31 + (at >> 8) * 7) % 251;
  return body;
}

/**
 * Starts an origin and what a run of the copy has. `open` opens a source on it, `read` starts to read one in parts,
 * `readAll` reads it whole, `refreshes` are the fresh URLs it was given, and `run` ends the run and its connections. At the
 * end of the test every buffer must have been given back.
 */
export async function runOrigin(content: OriginContent, script?: OriginScript) {
  const origin = await startMisbehavingOrigin(content, script);
  const http = createGuardedHttp({ exceptions: origin.url });
  const run = new AbortController();
  const budget = createCopyBudget(http, run.signal);
  const { connections, hashing, buffers: real } = budget;
  const buffers = countedBuffers(real);
  onTestFinished(async () => {
    run.abort();
    await http.close();
    await origin.close();
    await expect.poll(() => buffers.used).toBe(0);
    budget.close();
  });
  const signed = (nth: number) => `${origin.url}/o%2F1/output.wav?X-Goog-Date=${nth}&X-Goog-Signature=${secret}${nth}`;
  const refreshes: string[] = [];
  const meter = createCopyMeter();
  const usual: SourceOptions = {
    connections,
    label: "d/0-output.wav",
    url: signed(0),
    refreshUrl: async () => {
      const fresh = signed(refreshes.length + 1);
      refreshes.push(fresh);
      return fresh;
    },
    maxBytes: 10_000_000,
    meter,
  };
  const open = (changed: Partial<SourceOptions> = {}) => openSource({ ...usual, ...changed });
  const read = (source: Source, changed: Partial<ReadOptions> = {}) =>
    readSource(source, { partBytes, buffers, hashing, signal: new AbortController().signal, ...changed });
  const readAll = (source: Source, changed: Partial<ReadOptions> = {}, pieces: Buffer[] = []) =>
    readEverything(read(source, changed), changed.partBytes ?? partBytes, pieces);
  return { origin, open, read, readAll, refreshes, connections, buffers, meter, run };
}

/** The error of work that must fail; it names the output and holds nothing of the signed query. */
export async function faultOf(work: Promise<unknown>): Promise<Error> {
  const error = await rejectionOf(work);
  expect(error.message).toMatch(/^d\/0-output\.wav[:;] /);
  expect(everythingIn(error)).not.toMatch(/secret|X-Goog/);
  return error;
}
