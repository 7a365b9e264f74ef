import { expect, onTestFinished, test } from "vitest";
import { createCopyBudget } from "../../../functions/adapters/copy-budget.ts";
import { type CopyProgress, copyProgressChannel, createCopyMeter } from "../../../functions/adapters/copy-meter.ts";
import { type CopyContext, copyOutput } from "../../../functions/adapters/copy-output.ts";
import { createGuardedHttp } from "../../../functions/adapters/guarded-http.ts";
import type { OutputStore } from "../../../functions/adapters/output-store.ts";
import type { PlannedOutput } from "../../../functions/domain/output.ts";
import { drip, honest, type OriginContent, stallAt } from "../../support/behaviour.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { type OriginScript, startMisbehavingOrigin } from "../../support/misbehaving-origin.ts";
import {
  audioBody,
  digestOf,
  expectSameBytes,
  type FaultOf,
  key,
  refusal,
  runOutputStore,
} from "./running-output-store.ts";

const body = audioBody(9 * 1_024 ** 2);

/** An origin with the body, an output store with the faults, and what copies from the one to the other. */
async function run(content: Partial<OriginContent>, script: OriginScript, faultOf?: FaultOf) {
  const origin = await startMisbehavingOrigin({ body, ...content }, script);
  const http = createGuardedHttp({ exceptions: origin.url });
  const over = new AbortController();
  onTestFinished(async () => {
    over.abort();
    await http.close();
    await origin.close();
  });
  const running = await runOutputStore(faultOf);
  const meter = createCopyMeter();
  const context: CopyContext = {
    id: "cm1",
    budget: createCopyBudget(http, over.signal),
    store: running.outputs,
    maxBytes: body.length,
    refreshUrl: () => Promise.reject(new Error("nothing is refused here")),
    signal: over.signal,
    meter,
  };
  const copy = (changed: Partial<CopyContext> = {}, at = key) => {
    const output: PlannedOutput = {
      index: 0,
      url: `${origin.url}/output.wav`,
      sourceName: "output.wav",
      sourceId: "01",
      key: at,
    };
    return copyOutput(output, { ...context, ...changed });
  };
  return { ...running, origin, copy, meter };
}

test("an output is copied byte for byte, with a receipt, and its progress can be followed", async () => {
  const { copy, bytesOnDisk, meter } = await run({}, () => honest);
  const seen: CopyProgress[] = [];
  const follow = (progress: unknown) => void seen.push(progress as CopyProgress);
  copyProgressChannel.subscribe(follow);
  onTestFinished(() => void copyProgressChannel.unsubscribe(follow));
  const { bytes, sha256, crc32 } = digestOf(body);
  expect(await copy()).toEqual({
    bucket: "audio",
    key,
    versionId: expect.any(String),
    bytes,
    sha256,
    checksum: { algorithm: "CRC32", value: crc32 },
    contentType: "audio/wav",
    sourceName: "output.wav",
    sourceId: "01",
    sourceEtag: expect.stringMatching(/^"/),
  });
  expectSameBytes(await bytesOnDisk(), body);
  const counts = { bytes, retries: 0, resumes: 0, refreshes: 0 };
  const speed = { bytesPerSecond: expect.any(Number), connections: expect.any(Number) };
  expect(seen.at(-1)).toEqual({ id: "cm1", key, total: bytes, ...counts, ...speed });
  expect(seen.every((progress, nth) => progress.bytes > (seen[nth - 1]?.bytes ?? 0))).toBe(true);
  expect(meter.counts).toEqual(counts);
});

test("an S3 that starts no upload lets go of the download too, though nothing of it was read", async () => {
  const { copy, origin, calls } = await run(
    {},
    () => stallAt(body.length - 1),
    (call) => (call === "Create" ? refusal("AccessDenied", 403) : undefined),
  );
  expect(await rejectionOf(copy())).toMatchObject({ name: "TransferFailed" });
  expect(calls).toEqual(["List", "Create"]);
  await expect.poll(() => origin.openConnections).toBe(0);
});

test("an output that is over leaves its connection to the one that has it by now", async () => {
  const small = audioBody(200_000);
  const paced = drip(20_000, 20);
  // Without a tag, what is cut off starts over: here it would fail.
  const { copy, origin, outputs, bytesOnDisk } = await run({ body: small, etag: null }, (_request, nth) =>
    nth === 1 ? honest : paced,
  );
  const [written, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const write: OutputStore["write"] = async (object, read) => {
    const result = await outputs.write(object, read);
    written.resolve();
    await released.promise;
    return result;
  };
  const one = copy({ store: { ...outputs, write } });
  await written.promise;
  const other = copy({}, `${key}.other`);
  await expect.poll(() => origin.requests).toHaveLength(2);
  expect(origin.connections).toBe(1);
  released.resolve();
  expect(await one).toMatchObject({ bytes: small.length });
  expect(await other).toMatchObject({ bytes: small.length });
  expectSameBytes(await bytesOnDisk(`${key}.other`), small);
});
