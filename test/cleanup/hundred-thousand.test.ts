/**
 * The cleanup over a store of 100,000 transfers of which 37 are due: it asks for those and for no others, finishes them, and
 * is right when two passes run at once and when passes are killed in the middle.
 */
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cursorKey, formatCursor } from "../../functions/domain/cleanup-cursor.ts";
import { buildManifest, formatManifest } from "../../functions/domain/manifest.ts";
import { formatMarker } from "../../functions/domain/marker.ts";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import type { Fault, FaultRequest } from "../../lib/local/object-store/object-store.ts";
import { aProject, aReceipt } from "../functions/domain/domain-fixture.ts";
import { beginInVirtualTime, cleanupEnvironment, cleanupOf, cleanupTransfers, counts } from "../support/cleanup.ts";
import { type CrowdedStore, type CrowdObject, startCrowdedStore } from "../support/crowded-store.ts";
import { smallProject } from "../support/notified-project.ts";
import { type StepFunctionsProxy, startStepFunctionsProxy } from "../support/step-functions-proxy.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

const passScript = fileURLToPath(new URL("../support/cleanup-pass.ts", import.meta.url));

const transfers = 100_000;

/** How many of them are due, each time. */
const dueTransfers = 37;

/** Days after which the stack deletes remote projects. */
const days = 30;

const [hour, day] = [3_600_000, 86_400_000];

/** By which the passes' requests are told from those of the transfers that they start. */
const passKey = "the-pass";

/** Files of the transfers of years: an output, a manifest and a marker each, in the order of their keys. */
function* crowdOf(now: number): Generator<CrowdObject> {
  const ids = Array.from({ length: transfers }, (_, index) => `c${String(index).padStart(24, "0")}`);
  yield { key: cursorKey(now - hour), body: () => formatCursor(now - hour, now - hour) };
  const marker = (id: string, due: number) => {
    const link = { kind: "retention", chain: id.slice(-20), since: due - days * day, attempt: 0 } as const;
    return formatMarker({ ...link, id, due, input: { id } });
  };
  // Of ten thousand that were handled before the last pass, the markers still stand.
  for (let index = 0; index < 10_000; index += 1) {
    const { key, body } = marker(`h${String(index).padStart(24, "0")}`, now - (10_000 - index) * hour - hour);
    yield { key, body: () => body };
  }
  // Not due before this test is over: it lets four times thirty days pass.
  for (const [index, id] of ids.entries()) {
    const due = now + 150 * day + index * 60_000;
    yield { key: marker(id, due).key, body: () => marker(id, due).body };
  }
  for (const id of ids) {
    const key = `audio-projects/${id}/0-output.wav`;
    const outputs = [aReceipt({ bucket: localBucket, key })];
    yield { key, body: () => "RIFF" };
    const manifest = () => formatManifest(buildManifest(aProject({ id }), outputs, now));
    yield { key: `audio-projects/${id}/manifest.json`, body: manifest };
  }
}

let store: CrowdedStore;
let harness: TransferHarness;
let proxy: StepFunctionsProxy;

/** Requests to the store that passes made. */
const asked: FaultRequest[] = [];

/** What becomes of the next requests of passes. */
let onPassRequest: () => Fault | undefined = () => undefined;

beforeAll(async () => {
  const onRequest = (request: FaultRequest) => {
    if (!request.headers.authorization?.includes(`Credential=${passKey}/`)) return undefined;
    asked.push(request);
    return onPassRequest();
  };
  store = await startCrowdedStore({ bucket: localBucket, crowd: crowdOf(Date.now()), onRequest });
  proxy = await startStepFunctionsProxy(() => undefined);
  // By endpoint, because a harness makes a store of its own.
  const environment = { AWS_ENDPOINT_URL_S3: store.url, DELETE_AFTER_DAYS: String(days) };
  harness = await TransferHarness.start({ environment });
  proxy.forwardTo(harness.cloud.stepFunctions.url);
  beginInVirtualTime(harness, { retention: true });
});

afterAll(async () => {
  await harness[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
});

/** What passes get that the transfers do not: a name of their own, and a way to Step Functions that counts. */
const passEnvironment = () => ({ AWS_ACCESS_KEY_ID: passKey, AWS_ENDPOINT_URL_SFN: proxy.url });

/** Copies 37 projects, and lets the days pass after which they are to be deleted. */
async function makeDue(): Promise<string[]> {
  const ids = Array.from({ length: dueTransfers }, () => harness.simulator.createProject(smallProject));
  for (const end of await harness.concurrently(ids.map((id) => ({ id })))) {
    expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "not-requested" } });
  }
  harness.skip(days * 86_400 + 1_200);
  asked.length = 0;
  return ids;
}

/** Each was deleted, by one DELETE of one transfer that the cleanup started, which succeeded. */
async function expectDeletedOnce(ids: readonly string[]): Promise<void> {
  const ours = (await cleanupTransfers(harness)).filter(({ input }) => ids.includes(String(input["id"])));
  expect(ours.map(({ status, output }) => [status, output.deleted])).toEqual(ids.map(() => ["SUCCEEDED", "yes"]));
  expect(new Set(ours.map(({ input }) => input["id"]))).toEqual(new Set(ids));
  const seen = ids.map((id) => harness.simulator.project(id));
  expect(seen.map(({ deletes, deleted }) => [deletes, deleted])).toEqual(ids.map(() => [1, true]));
  // Copied once, and looked at once more by the deletion.
  expect(seen.map(({ downloads }) => downloads)).toEqual(ids.map(() => 2));
}

function operationOf({ method, key, query }: FaultRequest): string {
  if (key) return `${method} ${key.split("/")[1]}`;
  return query.has("uploads") ? "LIST uploads" : `LIST ${query.get("prefix")?.split("/")[1]}`;
}

test("a pass asks for the 37, and for nothing of the other 100,000", async () => {
  const ids = await makeDue();
  const starts = proxy.requests;
  expect(await cleanupOf(harness, passEnvironment())()).toEqual(counts({ due: dueTransfers, started: dueTransfers }));
  // Where it stood, what is due (37 fit a page of 1,000), each of them, where it stands now; and orphaned
  // uploads: 2 + 37 + 1 + 1 = 41 requests.
  expect(asked.map(operationOf)).toEqual([
    "LIST cursors",
    "LIST due",
    ...Array(dueTransfers).fill("GET due"),
    "PUT cursors",
    "LIST uploads",
  ]);
  expect(proxy.requests - starts).toBe(dueTransfers);
  await expectDeletedOnce(ids);
  asked.length = 0;
  expect(await cleanupOf(harness, passEnvironment())()).toEqual(counts());
  expect(asked.map(operationOf)).toEqual(["LIST cursors", "LIST due", "LIST uploads"]);
});

test("two passes at once delete each of them once", async () => {
  const ids = await makeDue();
  const pass = cleanupOf(harness, passEnvironment());
  const both = await Promise.all([pass(), pass()]);
  expect(both.map(({ due, failed, more }) => ({ due, failed, more }))).toEqual(
    Array(2).fill({ due: dueTransfers, failed: 0, more: false }),
  );
  expect(asked.length).toBeLessThanOrEqual(2 * (4 + dueTransfers));
  await expectDeletedOnce(ids);
  expect(await pass()).toEqual(counts());
});

/** Runs a pass in a process of its own, which is killed at one of its requests to the store, carried out or not. */
async function killAt(request: number, isCarriedOut: boolean): Promise<NodeJS.Signals | null> {
  const skipped = { SKIPPED_MILLISECONDS: String(harness.now() - Date.now()) };
  const env = { ...process.env, ...cleanupEnvironment(harness, passEnvironment()), ...skipped };
  const child = spawn(process.execPath, [passScript], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  let left = request;
  onPassRequest = () => {
    left -= 1;
    if (left > 0) return undefined;
    child.kill("SIGKILL");
    return isCarriedOut ? "answer-lost" : "reset";
  };
  const [, signal] = await once(child, "exit");
  onPassRequest = () => undefined;
  return signal;
}

test("passes killed in the middle, and one that is not, come to the same", async () => {
  const ids = await makeDue();
  // Anywhere among the GETs: the first ten are under way together, and nothing is started before.
  const kills = [randomInt(3, 3 + dueTransfers), randomInt(3, 3 + dueTransfers)];
  for (const [index, request] of kills.entries()) {
    expect(await killAt(request, index === 0), `killed at request ${request}`).toBe("SIGKILL");
  }
  const startedBefore = (await cleanupTransfers(harness)).filter(({ input }) => ids.includes(String(input["id"])));
  const last = await cleanupOf(harness, passEnvironment())();
  expect(last, `after kills at ${kills}`).toMatchObject({ due: dueTransfers, failed: 0, more: false });
  expect(last.started, `after kills at ${kills}`).toBeGreaterThanOrEqual(dueTransfers - startedBefore.length);
  await expectDeletedOnce(ids);
  expect(await cleanupOf(harness, passEnvironment())()).toEqual(counts());
});

test("a pass killed when all was done but noted does all again, to no effect", async () => {
  const ids = await makeDue();
  expect(await killAt(3 + dueTransfers, false)).toBe("SIGKILL");
  await expectDeletedOnce(ids);
  // Step Functions has these names: nothing is started.
  expect(await cleanupOf(harness, passEnvironment())()).toEqual(counts({ due: dueTransfers }));
  await expectDeletedOnce(ids);
});
