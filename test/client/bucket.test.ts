/** `checkResult` and `delete` with `s3://…`, against the embedded S3: the functions' own store, keys and receipts. */
import { readFile, truncate } from "node:fs/promises";
import { expect, it, onTestFinished } from "vitest";
import { StoreUnavailable, TransferFailed } from "../../lib/client/index.ts";
import { BUCKET, runStore } from "../lib/local/object-store/store-fixture.ts";
import { atOnce, outputBytes } from "../lib/local/simulator/running-simulator.ts";
import { rejectionOf, runClient } from "./running-client.ts";

/** A client whose environment leads to an S3 of its own. */
async function runBucketClient(store: Parameters<typeof runStore>[0] = {}) {
  const running = await runStore(store);
  onTestFinished(() => running.stop());
  const environment = {
    AWS_ENDPOINT_URL_S3: running.store.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "dummy",
    AWS_SECRET_ACCESS_KEY: "dummy",
  };
  const client = await runClient({ client: { environment }, simulator: { plan: { ...atOnce, outputs: 2 } } });
  return { ...client, pathOf: (key: string) => running.store.pathOf(BUCKET, key) };
}

it("saves to a bucket below a prefix, and deletes what is verified there", async () => {
  const { simulator, projects, pathOf } = await runBucketClient();
  const id = simulator.createProject();
  const downloadDirectory = `s3://${BUCKET}/some/where/`;
  const result = await projects.checkResult({ id, downloadDirectory });
  expect(result.downloadedPaths).toEqual([0, 1].map((index) => `s3://${BUCKET}/some/where/${index}-output.wav`));
  expect(result.manifest).toBe(`s3://${BUCKET}/some/where/manifest.json`);
  expect(result.outputs[1]).toMatchObject({ bucket: BUCKET, key: "some/where/1-output.wav" });
  const stored = await readFile(pathOf("some/where/1-output.wav"));
  expect(stored.equals(await outputBytes(simulator, id, 1))).toBe(true);

  await projects.delete({ id, downloadDirectory });
  expect(simulator.project(id)).toMatchObject({ deleted: true, deletes: 1 });
  const { status, outputs } = await projects.checkResult({ id, downloadDirectory });
  expect(status).toBeNull();
  expect(outputs).toEqual(result.outputs);
});

it("without a prefix uses the one of the cloud", async () => {
  const { simulator, projects } = await runBucketClient();
  const id = simulator.createProject();
  const { manifest } = await projects.checkResult({ id, downloadDirectory: `s3://${BUCKET}` });
  expect(manifest).toBe(`s3://${BUCKET}/audio-projects/${id}/manifest.json`);
});

it("deletes nothing when an object has lost bytes", async () => {
  const { simulator, projects, pathOf } = await runBucketClient();
  const id = simulator.createProject();
  const downloadDirectory = `s3://${BUCKET}/a`;
  await projects.checkResult({ id, downloadDirectory });
  await truncate(pathOf("a/0-output.wav"), 1_000);
  const refused = await rejectionOf(projects.delete({ id, downloadDirectory }));
  expect(refused.message).toMatch(/is not deleted/);
  expect(simulator.project(id).deletes).toBe(0);
});

it("names the store's failure by its own name, when it does not pass", async () => {
  const { simulator, check, waits } = await runBucketClient({
    onRequest: () => ({ status: 403, code: "AccessDenied", message: "Access Denied" }),
  });
  const id = simulator.createProject();
  const refused = await rejectionOf(check({ id, downloadDirectory: `s3://${BUCKET}/a` }));
  expect(refused).toBeInstanceOf(TransferFailed);
  expect(refused.message).toContain("AccessDenied");
  expect(waits).toEqual([]);
  const away = await runClient({
    simulator: { plan: atOnce },
    client: {
      environment: {
        AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1",
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "a",
        AWS_SECRET_ACCESS_KEY: "b",
      },
    },
  });
  const lost = away.check({
    id: away.simulator.createProject(),
    downloadDirectory: "s3://bucket/a",
    deadlineSeconds: 1,
  });
  await expect(lost).rejects.toBeInstanceOf(StoreUnavailable);
});
