/** Two transfers of one project at the same time: each ends as if it were alone. */
import { expect, test } from "vitest";
import type { RequestHook } from "../../lib/local/simulator/request-hook.ts";
import { putObject } from "../support/deeds.ts";
import { audioBytes, startOriginProject } from "../support/origin-project.ts";
import { factsOf, manifestIn } from "../support/transfer-expectations.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

const atOnce = { queuedSeconds: 0, renderingSeconds: 0 };

test.each<[string, Buffer]>([
  ["one PUT", audioBytes(100_000)],
  ["two parts", audioBytes(9 * 1_024 ** 2)],
])("three at once of an output of %s: one write wins, all verify, the project is deleted", async (_, body) => {
  await using project = await startOriginProject({ body });
  const { harness, id, key } = project;
  const input = { id, deleteAfterDownload: true };
  const ends = await harness.concurrently([input, { ...input, metadata: { second: true } }, { ...input }]);
  const manifest = await manifestIn(harness, `audio-projects/${id}`);
  expect(manifest.outputs).toMatchObject([factsOf(body)]);
  for (const end of ends) {
    expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes", outputs: manifest.outputs } });
  }
  expect((await harness.stored(key)).equals(body)).toBe(true);
  expect(harness.simulator.project(id).deleted).toBe(true);
  expect(harness.cloud.store.openUploads()).toEqual([]);
});

test("one that deletes and one that does not", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ ...atOnce, outputs: 3 });
  const ends = await harness.concurrently([{ id }, { id, deleteAfterDownload: true }]);
  const { outputs } = await manifestIn(harness, `audio-projects/${id}`);
  expect(ends).toMatchObject([
    { status: "SUCCEEDED", output: { deleted: "not-requested", outputs } },
    { status: "SUCCEEDED", output: { deleted: "yes", outputs } },
  ]);
});

/** Where another transfer of the same project runs to its end, deletion included, while one waits. */
type Moment = (request: { readonly method: string; readonly path: string }) => boolean;

const isGet: Moment = ({ method, path }) => method === "GET" && path.startsWith("/v1/audio-projects/");

/** The nth request of this kind, those of the other transfer not counted. */
function nth(kind: Moment, number: number): Moment {
  let count = 0;
  return (request) => kind(request) && ++count === number;
}

test.each<[string, Moment, "disabled"?]>([
  ["looks at it for the copy", nth(isGet, 2)],
  ["looks at it for the copy, where the vendor says enabled: false", nth(isGet, 2), "disabled"],
  ["begins its download", nth(({ path }) => path.startsWith("/downloads/"), 1)],
  ["is about to delete it", nth(isGet, 3)],
  ["deletes it", nth(({ method }) => method === "DELETE", 1)],
])("another that finishes and deletes the project while one %s", async (_, moment, deletedAnswer = undefined) => {
  let other: Promise<unknown[]> | undefined;
  const onRequest: RequestHook = async (request) => {
    if (other || !moment(request)) return undefined;
    other = harness.concurrently([{ id, deleteAfterDownload: true }]);
    await other;
    return undefined;
  };
  await using harness = await TransferHarness.start({ simulator: { onRequest } });
  const id = harness.simulator.createProject({ ...atOnce, ...(deletedAnswer && { deletedAnswer }) });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(await other).toMatchObject([{ status: "SUCCEEDED", output: { deleted: "yes" } }]);
  expect([end.status, end.cause]).toEqual(["SUCCEEDED", undefined]);
  const { outputs } = await manifestIn(harness, `audio-projects/${id}`);
  expect(end.output).toMatchObject({ verdict: "complete", deleted: "yes", outputs });
  expect(harness.simulator.project(id).deleted).toBe(true);
});

test.each<[string, object, RegExp]>([
  ["of other bytes", { sha256: "0".repeat(64) }, /manifest\.json records other bytes: it is kept/],
  ["of another source", { sourceId: "0".repeat(32) }, /manifest\.json records other bytes: it is kept/],
])(
  "a manifest %s that appears while one copies is a conflict: it is kept, nothing is deleted",
  async (_, changes, cause) => {
    const key = () => `audio-projects/${project.id}/manifest.json`;
    let foreign = "";
    const script = async (_request: unknown, nth: number) => {
      if (nth === 2) await putObject(project.harness, key(), foreign);
      return {};
    };
    await using project = await startOriginProject({ body: audioBytes(100_000) }, script);
    // What would be written, but for the changes.
    await project.transfer({ downloadDirectory: "elsewhere", deleteAfterDownload: false });
    const manifest = await manifestIn(project.harness, "elsewhere");
    const outputs = manifest.outputs.map((receipt) => ({ ...receipt, key: project.key, ...changes }));
    foreign = JSON.stringify({ ...manifest, outputs });
    const end = await project.transfer();
    expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 0 });
    expect(end.cause).toMatch(cause);
    expect((await project.harness.stored(key())).toString()).toBe(foreign);
    expect(project.harness.simulator.project(project.id)).toMatchObject({ deletes: 0, deleted: false });
  },
);
