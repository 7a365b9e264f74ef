import { expect, onTestFinished, test } from "vitest";
import { type CopyContext, copyOutput } from "../../../functions/adapters/copy-output.ts";
import { type CopyProgress, copyProgressChannel } from "../../../functions/adapters/copy-progress.ts";
import { createGuardedHttp } from "../../../functions/adapters/guarded-http.ts";
import type { PlannedOutput } from "../../../functions/domain/output.ts";
import { type Behaviour, honest, stallAt } from "../../support/behaviour.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { startMisbehavingOrigin } from "../../support/misbehaving-origin.ts";
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
async function run(behaviour: Behaviour, faultOf?: FaultOf) {
  const origin = await startMisbehavingOrigin({ body }, () => behaviour);
  const http = createGuardedHttp({ exceptions: origin.url });
  onTestFinished(async () => {
    await http.close();
    await origin.close();
  });
  const running = await runOutputStore(faultOf);
  const output: PlannedOutput = {
    index: 0,
    url: `${origin.url}/output.wav`,
    sourceName: "output.wav",
    sourceId: "01",
    key,
  };
  const context: CopyContext = {
    id: "cm1",
    http,
    store: running.outputs,
    maxBytes: body.length,
    refreshUrl: () => Promise.reject(new Error("nothing is refused here")),
    signal: new AbortController().signal,
  };
  return { ...running, origin, copy: () => copyOutput(output, context) };
}

test("an output is copied byte for byte, with a receipt, and its progress can be followed", async () => {
  const { copy, bytesOnDisk } = await run(honest);
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
  expect(seen.at(-1)).toEqual({ id: "cm1", key, bytes, total: bytes });
  expect(seen.every((progress, nth) => progress.bytes > (seen[nth - 1]?.bytes ?? 0))).toBe(true);
});

test("an S3 that starts no upload lets go of the download too, though nothing of it was read", async () => {
  const { copy, origin, calls } = await run(stallAt(body.length - 1), (call) =>
    call === "Create" ? refusal("AccessDenied", 403) : undefined,
  );
  expect(await rejectionOf(copy())).toMatchObject({ name: "TransferFailed" });
  expect(calls).toEqual(["List", "Create"]);
  await expect.poll(() => origin.openConnections).toBe(0);
});
