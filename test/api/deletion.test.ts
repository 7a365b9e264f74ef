/** Deleting the vendor's projects by HTTP: only what is verified in S3, unless it is forced. */
import { expect, test } from "vitest";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import { putObject, removeObject, xorOnDisk } from "../support/deeds.ts";
import { s3Error, storeFaults } from "../support/store-faults.ts";
import { manifestIn } from "../support/transfer-expectations.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";
import { complete, ServedApi } from "./served-api.ts";

/** A project whose outputs are copied, and that still stands. */
async function copied(api: ServedApi, input: object = {}, plan: object = complete()): Promise<string> {
  const id = api.harness.simulator.createProject(plan);
  const { status } = await api.follow(await api.start({ id, ...input }));
  expect(status).toBe("SUCCEEDED");
  return id;
}

/** No DELETE was sent for the project. */
function expectKept(api: ServedApi, id: string): void {
  expect(api.harness.simulator.project(id)).toMatchObject({ deletes: 0, deleted: false });
}

const executions = ({ harness }: ServedApi) => harness.cloud.workflows.list(localStateMachineArn).items;

test("what is verified in S3 is deleted, once, and stays in S3", async () => {
  await using api = await ServedApi.start();
  const id = await copied(api);
  const keys = await api.harness.keysBelow("audio-projects/");
  expect(await api.call(`DELETE /audio-projects/${id}`)).toMatchObject({ status: 204, json: undefined });
  expect(api.harness.simulator.project(id)).toMatchObject({ deletes: 1, deleted: true });
  expect(await api.call(`DELETE /audio-projects/${id}`)).toMatchObject({ status: 204 });
  expect(api.harness.simulator.project(id)).toMatchObject({ deletes: 1 });
  expect(await api.harness.keysBelow("audio-projects/")).toEqual(keys);
  expect(executions(api)).toHaveLength(1);
});

test("a manifest in another directory is found by it", async () => {
  await using api = await ServedApi.start();
  const downloadDirectory = "episodes/a+b@c/welcome";
  const id = await copied(api, { downloadDirectory });
  expect(await api.call(`DELETE /audio-projects/${id}?force=false`)).toMatchObject({ status: 409 });
  expectKept(api, id);
  const query = new URLSearchParams({ downloadDirectory, force: "false" });
  expect(await api.call(`DELETE /audio-projects/${id}?${query}`)).toMatchObject({ status: 204 });
  expect(api.harness.simulator.project(id)).toMatchObject({ deletes: 1, deleted: true });
});

test("without a manifest, or with another project's, nothing is deleted: 409", async () => {
  await using api = await ServedApi.start();
  const id = api.harness.simulator.createProject(complete());
  const other = await copied(api);
  const answer = await api.call(`DELETE /audio-projects/${id}`);
  expect(answer).toMatchObject({
    status: 409,
    json: { error: "TransferFailed", detail: expect.stringContaining("no manifest of it stands in audio-projects/") },
  });
  expect(answer.headers.has("location")).toBe(false);
  const query = `downloadDirectory=audio-projects/${other}`;
  expect(await api.call(`DELETE /audio-projects/${id}?${query}`)).toMatchObject({ status: 409 });
  expectKept(api, id);
  expectKept(api, other);
  expect(executions(api)).toHaveLength(1);
});

test.each<[string, (api: ServedApi, key: string) => Promise<unknown>, RegExp]>([
  [
    "a bit of it changed",
    ({ harness }, key) => xorOnDisk(harness.cloud.store.pathOf(localBucket, key), Uint8Array.of(1), 900),
    /are not those that were copied/,
  ],
  ["it is missing", ({ harness }, key) => removeObject(harness, key), /is missing/],
  ["it was replaced", ({ harness }, key) => putObject(harness, key, "x"), /has 1 bytes instead of 50000/],
])("an object that is not what was copied, because %s: nothing is deleted, 409", async (_, deed, detail) => {
  await using api = await ServedApi.start();
  const id = await copied(api);
  await deed(api, `audio-projects/${id}/0-output.wav`);
  const answer = await api.call(`DELETE /audio-projects/${id}`);
  expect(answer).toMatchObject({ status: 409, json: { error: "TransferFailed" } });
  expect((answer.json as { detail: string }).detail).toMatch(detail);
  expectKept(api, id);
});

test("an output that came after the copy: nothing is deleted, 409", async () => {
  await using api = await ServedApi.start();
  const id = await copied(api);
  api.harness.simulator.changeProject(id, { outputs: 2 });
  const answer = await api.call(`DELETE /audio-projects/${id}`);
  expect((answer.json as { detail: string }).detail).toMatch(/its outputs are no longer those of the manifest/);
  expect(answer.status).toBe(409);
  expectKept(api, id);
});

/** Rewrites the manifest so that it claims to list this many bytes, or outputs. */
async function claim(api: ServedApi, id: string, { bytes, outputs = 1 }: { bytes: number; outputs?: number }) {
  const directory = `audio-projects/${id}`;
  const manifest = await manifestIn(api.harness, directory);
  const receipts = Array.from({ length: outputs }, () => ({ ...manifest.outputs[0], bytes }));
  await putObject(api.harness, `${directory}/manifest.json`, JSON.stringify({ ...manifest, outputs: receipts }));
}

test("what takes longer than an answer is deleted by a transfer: 202 names it, and a repeat names the same", async () => {
  await using api = await ServedApi.start();
  const id = await copied(api, {}, { ...complete(2_000), outputs: 21 });
  const accepted = await api.call(`DELETE /audio-projects/${id}`);
  const input = { id, downloadDirectory: `audio-projects/${id}`, deleteAfterDownload: true };
  expect(accepted).toMatchObject({ status: 202, json: { status: "RUNNING", input } });
  const { name } = accepted.json as { name: string };
  expect(accepted.headers.get("location")).toBe(`/transfers/${name}`);
  expect(api.answered.at(-1)).toMatchObject({ route: "DELETE /audio-projects/{id}", status: 202, execution: name });
  expect(await api.follow(name)).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(api.harness.simulator.project(id)).toMatchObject({ deletes: 1, deleted: true });
});

test("a later request for the same starts another transfer, because the first may have failed", async () => {
  await using api = await ServedApi.start();
  const id = await copied(api, {}, { ...complete(2_000), outputs: 21 });
  await putObject(api.harness, `audio-projects/${id}/3-output.wav`, "x");
  const names = new Set<string>();
  for (const seconds of [0, 60]) {
    api.harness.skip(seconds);
    const accepted = await api.call(`DELETE /audio-projects/${id}`);
    const { name } = accepted.json as { name: string };
    names.add(name);
    expect(await api.follow(name)).toMatchObject({ status: "FAILED", error: { name: "TransferFailed" } });
  }
  expect(names.size).toBe(2);
  expectKept(api, id);
});

test("a manifest that claims more than 64 MiB is left to a transfer, which refuses it; one byte less is refused here", async () => {
  await using api = await ServedApi.start();
  const id = await copied(api);
  await claim(api, id, { bytes: 64 * 1_024 ** 2 + 1 });
  const accepted = await api.call(`DELETE /audio-projects/${id}`);
  expect(accepted.status).toBe(202);
  expect(await api.follow((accepted.json as { name: string }).name)).toMatchObject({ status: "FAILED" });
  await claim(api, id, { bytes: 64 * 1_024 ** 2 });
  expect(await api.call(`DELETE /audio-projects/${id}`)).toMatchObject({ status: 409 });
  expectKept(api, id);
});

test("another project's manifest is refused here, however large: no transfer is started that would copy", async () => {
  await using api = await ServedApi.start();
  const other = await copied(api);
  await claim(api, other, { bytes: 50_000, outputs: 21 });
  const id = api.harness.simulator.createProject(complete());
  const query = `downloadDirectory=audio-projects/${other}`;
  expect(await api.call(`DELETE /audio-projects/${id}?${query}`)).toMatchObject({
    status: 409,
    json: { error: "TransferFailed", detail: expect.stringContaining("no manifest of it stands in") },
  });
  expect(executions(api)).toHaveLength(1);
  expectKept(api, id);
  expectKept(api, other);
});

test("a source that breaks off while it is compared is left to a transfer", async () => {
  let isBroken = false;
  const onRequest = ({ path }: { path: string }) =>
    isBroken && path.startsWith("/downloads/") ? ({ status: 503 } as const) : undefined;
  await using api = await ServedApi.start({ simulator: { onRequest } });
  const id = await copied(api);
  isBroken = true;
  const accepted = await api.call(`DELETE /audio-projects/${id}`);
  expect(accepted).toMatchObject({ status: 202, json: { input: { id, deleteAfterDownload: true } } });
  isBroken = false;
  await api.follow((accepted.json as { name: string }).name);
});

test("the vendor fails while the project is deleted: 503, and a repeat does it", async () => {
  const onRequest = firstAnswers("DELETE", [{ status: 503 }]);
  await using api = await ServedApi.start({ simulator: { onRequest } });
  const id = await copied(api);
  const answer = await api.call(`DELETE /audio-projects/${id}`);
  expect(answer).toMatchObject({ status: 503, json: { error: "VendorUnavailable" } });
  expect(answer.headers.get("retry-after")).toBe("10");
  expect(await api.call(`DELETE /audio-projects/${id}`)).toMatchObject({ status: 204 });
  expect(api.harness.simulator.project(id)).toMatchObject({ deletes: 2, deleted: true });
});

test("S3 refuses or fails: nothing is deleted, and the caller is told which", async () => {
  const denied = storeFaults("GetObject", [s3Error(403, "AccessDenied")], "manifest.json");
  await using api = await ServedApi.start({ store: { onRequest: denied.onRequest } });
  const id = api.harness.simulator.createProject(complete());
  expect(await api.call(`DELETE /audio-projects/${id}`)).toMatchObject({
    status: 409,
    json: { error: "TransferFailed", detail: expect.stringContaining("AccessDenied") },
  });
  expectKept(api, id);
});

test("S3 is down: 503 with Retry-After, and nothing is deleted", async () => {
  const failing = storeFaults("GetObject", Array(5).fill(s3Error(503, "ServiceUnavailable")), "manifest.json");
  await using api = await ServedApi.start({ store: { onRequest: failing.onRequest } });
  const id = api.harness.simulator.createProject(complete());
  const answer = await api.call(`DELETE /audio-projects/${id}`);
  expect(answer).toMatchObject({ status: 503, json: { error: "StoreUnavailable" } });
  expect(answer.headers.get("retry-after")).toBe("10");
  expectKept(api, id);
});

test("force deletes without a look at S3, and is logged as a warning", async () => {
  await using api = await ServedApi.start({ store: { onRequest: () => s3Error(403, "AccessDenied") } });
  const id = api.harness.simulator.createProject(complete());
  expect(await api.call(`DELETE /audio-projects/${id}?force=true`)).toMatchObject({ status: 204 });
  expect(api.harness.simulator.project(id)).toMatchObject({ deletes: 1, deleted: true, downloads: 0 });
  expect(api.harness.log).toContainEqual({ message: "deletion by force", id });
  expect(await api.call(`DELETE /audio-projects/${id}?force=true`)).toMatchObject({ status: 204 });
});

test.each([
  [refusal(422, "invalid_request", "still rendering"), 502, "VendorRefused"],
  [refusal(401, "unauthorized", "No."), 502, "Unauthorized"],
  ["reset", 503, "VendorUnavailable"],
] as const)("the vendor does not delete what is forced", async (fault, status, error) => {
  await using api = await ServedApi.start({ simulator: { onRequest: everyAnswer("DELETE", fault) } });
  const id = api.harness.simulator.createProject(complete());
  expect(await api.call(`DELETE /audio-projects/${id}?force=true`)).toMatchObject({ status, json: { error } });
  expect(api.harness.simulator.project(id).deleted).toBe(false);
});
