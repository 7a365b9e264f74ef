/** What fails for a reason that may pass is not given up: the cleanup goes on with it once the reason is cured. */
import { expect, onTestFinished, test } from "vitest";
import type { ArrivedRequest, SimulatedFault } from "../../lib/local/simulator/request-hook.ts";
import {
  announced,
  beginInVirtualTime,
  cleanupOf,
  cleanupTransfers,
  counts,
  skipToDue,
  standingMarkers,
} from "../support/cleanup.ts";
import { smallProject } from "../support/notified-project.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { refusal } from "../support/vendor-answers.ts";

type Fault = (request: ArrivedRequest) => SimulatedFault | undefined;

const isApi = ({ path }: ArrivedRequest) => path.startsWith("/v1/");
const onDelete =
  (status: number): Fault =>
  ({ method }) =>
    method === "DELETE" ? refusal(status) : undefined;
const onEverything =
  (status: number): Fault =>
  (request) =>
    isApi(request) ? refusal(status) : undefined;

/** All GETs fail but so many: the poll sees a complete project, and the copy cannot read it. */
function afterGets(passing: number, status: number): Fault {
  let gets = 0;
  return (request) => {
    if (!isApi(request) || request.method !== "GET") return undefined;
    gets += 1;
    return gets > passing ? refusal(status) : undefined;
  };
}

/** A harness whose vendor fails as told, and a project of it. */
async function setUp(fault: Fault | undefined, environment = {}) {
  const vendor = { fault };
  const simulator = { onRequest: (request: ArrivedRequest) => vendor.fault?.(request) };
  const harness = await TransferHarness.start({ simulator, environment });
  onTestFinished(() => harness[Symbol.asyncDispose]());
  beginInVirtualTime(harness);
  const id = harness.simulator.createProject(smallProject);
  /** A pass once all is due that stands, and the end of the last transfer that passes started. */
  const passWhenDue = async () => {
    await skipToDue(harness);
    await cleanupOf(harness, environment)();
    return (await cleanupTransfers(harness)).at(-1);
  };
  return { harness, id, vendor, passWhenDue };
}

const chainOf = async (harness: TransferHarness) =>
  (await standingMarkers(harness)).map(({ kind, attempt }) => `${kind} ${attempt}`);

test("a deletion whose transfer meets a refused key goes on, and is done when the key is good again", async () => {
  const { harness, id, vendor, passWhenDue } = await setUp(onDelete(500));
  await harness.transfer({ id, deleteAfterDownload: true });
  vendor.fault = onEverything(401);
  expect(await passWhenDue()).toMatchObject({ status: "FAILED", error: "Unauthorized" });
  expect(await chainOf(harness)).toEqual(["deletion 0", "deletion 1"]);
  vendor.fault = undefined;
  expect(await passWhenDue()).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(harness.simulator.project(id)).toMatchObject({ deleted: true });
  expect(await chainOf(harness)).toHaveLength(2);
});

test("a deletion whose transfer cannot read the project any more goes on likewise", async () => {
  const { harness, id, vendor, passWhenDue } = await setUp(onDelete(500));
  await harness.transfer({ id, deleteAfterDownload: true });
  vendor.fault = afterGets(1, 503);
  expect(await passWhenDue()).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  vendor.fault = undefined;
  expect(await passWhenDue()).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
});

test("a DELETE that is refused for want of credits leaves the deletion, and the copy stands", async () => {
  const { harness, id, vendor, passWhenDue } = await setUp(onDelete(402));
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "Unauthorized" });
  expect(await chainOf(harness)).toEqual(["deletion 0"]);
  vendor.fault = undefined;
  expect(await passWhenDue()).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
});

test("a transfer that is refused the key is looked at again, and is saved once the key is good", async () => {
  const { harness, id, vendor, passWhenDue } = await setUp(onEverything(401));
  expect(await harness.transfer({ id })).toMatchObject({ status: "FAILED", error: "Unauthorized" });
  expect(await passWhenDue()).toBeUndefined();
  expect(await chainOf(harness)).toEqual(["recheck 0", "recheck 1"]);
  vendor.fault = undefined;
  expect(await passWhenDue()).toMatchObject({ status: "SUCCEEDED" });
  expect(await harness.isStored(`audio-projects/${id}/manifest.json`)).toBe(true);
  expect(await announced(harness)).toEqual(["transfer.failed", "transfer.completed"]);
});

test("a copy whose attempts are used up is begun again, for as many days as rechecks last", async () => {
  const { harness, id, vendor, passWhenDue } = await setUp(undefined, { RECHECK_DAYS: "1" });
  vendor.fault = afterGets(1, 503);
  expect(await harness.transfer({ id })).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(await chainOf(harness)).toEqual(["recheck 0"]);
  // Complete whenever it is looked at, and never to be read by the copy: 1 + 2 + 4 + 8 + 16 hours are more than a day.
  for (let pass = 1; pass <= 6; pass += 1) {
    vendor.fault = afterGets(2, 503);
    await passWhenDue();
  }
  expect(await chainOf(harness)).toEqual(["recheck 0", "recheck 1", "recheck 2", "recheck 3", "recheck 4"]);
});

test("what a transfer refuses by itself is final: nothing is left", async () => {
  const { harness, id } = await setUp(undefined);
  await harness.transfer({ id });
  const other = harness.simulator.createProject(smallProject);
  const end = await harness.transfer({ id: other, downloadDirectory: `audio-projects/${id}` });
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(await chainOf(harness)).toEqual([]);
});

test("endpoints that are allowed no longer keep no deletion from going on, and are not told", async () => {
  const { harness, id, vendor } = await setUp(onDelete(500));
  await harness.transfer({ id, deleteAfterDownload: true, notify: ["https://hooks.example/a"] });
  vendor.fault = undefined;
  const strict = await TransferHarness.start({ environment: { NOTIFY_HOSTS: "other.example" } });
  onTestFinished(() => strict[Symbol.asyncDispose]());
  beginInVirtualTime(strict);
  const refused = await strict.transfer({ id: "cm1", notify: ["https://hooks.example/a"] });
  expect(refused).toMatchObject({ status: "FAILED", error: "InvalidInput" });
  const [marker] = await standingMarkers(harness);
  const name = `cleanup-deletion-0-1763848800-${marker?.chain}`;
  const own = strict.simulator.createProject(smallProject);
  const goesOn = await strict.transfer({ id: own, notify: ["https://hooks.example/a"] }, name);
  expect(goesOn).toMatchObject({ status: "SUCCEEDED" });
  expect((await strict.deliveries()).map(({ input }) => input.endpoint)).not.toContain("https://hooks.example/a");
});

test("metadata as deep as they may be make a marker that is read", async () => {
  const { harness, id, vendor, passWhenDue } = await setUp(onDelete(500));
  const depth = 1_900;
  const metadata = JSON.parse(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`) as object;
  await harness.transfer({ id, deleteAfterDownload: true, metadata });
  vendor.fault = undefined;
  expect(await passWhenDue()).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(await cleanupOf(harness)()).toEqual(counts());
});
