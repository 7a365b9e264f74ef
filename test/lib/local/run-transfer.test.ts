import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runTransfer, type TransferRun } from "../../../lib/local/run-transfer.ts";
import { type MagicHourSimulator, startMagicHourSimulator } from "../../../lib/local/simulator/magic-hour-simulator.ts";
import type { ExecutionDescription } from "../../../lib/local/workflows/execution.ts";
import { type RawListener, startRawListener } from "../../support/raw-listener.ts";

let simulator: MagicHourSimulator;
let silent: RawListener;
const directory = await mkdtemp(join(tmpdir(), "run-transfer-"));

beforeAll(async () => {
  simulator = await startMagicHourSimulator();
  silent = await startRawListener();
});

afterAll(async () => {
  await simulator.close();
  await silent.close();
  await rm(directory, { recursive: true, force: true });
});

/** A run that deletes, and its ends. */
function deletingRun(overrides: Partial<TransferRun> & Pick<TransferRun, "signal">) {
  const id = simulator.createProject({ outputs: 1 });
  const ends: ExecutionDescription[] = [];
  const run = runTransfer({
    directory,
    vendor: { baseUrl: simulator.url, apiKey: simulator.apiKey },
    guardExceptions: [simulator.url, `http://127.0.0.1:${silent.port}`],
    input: () => ({ id, deleteAfterDownload: true }),
    onEvent: () => undefined,
    onEnd: (transfer) => ends.push(transfer),
    ...overrides,
  });
  return { id, ends, run };
}

test("aborted before: nothing begins", async () => {
  const inputs: unknown[] = [];
  const input = () => ({ asked: inputs.push("for input") });
  const { ends, run } = deletingRun({ signal: AbortSignal.abort(), input });
  expect(await run).toEqual([]);
  expect({ ends, inputs }).toEqual({ ends: [], inputs: [] });
});

test("aborted while the cloud starts: nothing begins", async () => {
  const interrupted = new AbortController();
  const { id, ends, run } = deletingRun({ signal: interrupted.signal });
  interrupted.abort();
  expect(await run).toEqual([]);
  expect(ends).toEqual([]);
  expect(simulator.project(id)).toMatchObject({ gets: 0, deletes: 0 });
});

test("aborted as the execution starts: it is stopped before its first poll", async () => {
  const interrupted = new AbortController();
  const { id, ends, run } = deletingRun({ signal: interrupted.signal, onEvent: () => interrupted.abort() });
  expect(await run).toEqual([]);
  expect(ends).toMatchObject([{ status: "ABORTED", error: "Stopped", cause: "interrupted" }]);
  expect(simulator.project(id)).toMatchObject({ gets: 0, deletes: 0 });
});

test("aborted while a receiver hangs: the transfer stays done, its delivery is interrupted", async () => {
  const interrupted = new AbortController();
  const id = simulator.createProject({ outputs: 1 });
  const { ends, run } = deletingRun({
    signal: interrupted.signal,
    input: () => ({ id, notify: [`http://127.0.0.1:${silent.port}/`] }),
  });
  await expect.poll(() => silent.received, { timeout: 30_000 }).toContain("webhook-signature");
  await expect.poll(() => ends, { timeout: 30_000 }).toMatchObject([{ status: "SUCCEEDED" }]);
  interrupted.abort();
  const hanging = (await run).filter(({ delivery }) => delivery.endpoint.startsWith("http"));
  expect(hanging).toMatchObject([{ status: "interrupted", attempts: [], delivery: { event: { data: { id } } } }]);
});
