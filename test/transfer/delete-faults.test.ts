import { expect, test } from "vitest";
import type { RequestHook } from "../../lib/local/simulator/request-hook.ts";
import { expectKept } from "../support/transfer-expectations.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";
import { before } from "../support/wrapped-functions.ts";

const atOnce = { queuedSeconds: 0, renderingSeconds: 0 };

/** Runs a transfer that is to delete its project, with a vendor that answers as the hook says. */
async function run(onRequest: RequestHook, plan = {}) {
  const harness = await TransferHarness.start({ simulator: { onRequest } });
  const id = harness.simulator.createProject({ ...atOnce, ...plan });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  const seen = () => harness.simulator.project(id);
  return { harness, id, end, seen, [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose]() };
}

/** Carries the first DELETE out and then loses its answer. */
function deletesAndResets(): RequestHook {
  let calls = 0;
  return async ({ method, path, headers: { authorization = "", host = "" } }) => {
    if (method !== "DELETE") return undefined;
    calls += 1;
    if (calls !== 1) return undefined;
    await fetch(`http://${host}${path}`, { method: "DELETE", headers: { authorization } });
    return "reset";
  };
}

test.each(["not-found", "disabled"] as const)(
  "a DELETE whose answer is lost: the project is looked for, and gone (%s) is success",
  async (deletedAnswer) => {
    await using transfer = await run(deletesAndResets(), { deletedAnswer });
    expect(transfer.end).toMatchObject({ status: "SUCCEEDED", retries: 0, output: { deleted: "yes" } });
    // One of ours, and the one by which the hook carried it out.
    // Two downloads: the copy, and the look at the source before the deletion.
    expect(transfer.seen()).toMatchObject({ deletes: 2, deleted: true, downloads: 2 });
  },
);

test("a DELETE whose answer is lost and that is then looked for in vain is repeated", async () => {
  // A poll, the copy, the deletion's own two looks; then three looks for what became of the DELETE.
  const gets = firstAnswers("GET", [...Array(4).fill(undefined), "reset", refusal(503), "reset"]);
  const lost = deletesAndResets();
  await using transfer = await run(async (request) => gets(request) ?? (await lost(request)));
  expect(transfer.end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(transfer.end.retries).toBeGreaterThan(0);
  expect(transfer.seen()).toMatchObject({ deletes: 2, deleted: true });
});

test.each(["reset", refusal(429), refusal(500), refusal(503)] as const)(
  "a DELETE that was not carried out (%j) is sent again",
  async (fault) => {
    await using transfer = await run(firstAnswers("DELETE", [fault, fault]));
    expect(transfer.end).toMatchObject({ status: "SUCCEEDED", retries: 2, output: { deleted: "yes" } });
    expect(transfer.seen()).toMatchObject({ deletes: 3, deleted: true, downloads: 1 + 3 });
  },
);

test.each(["reset", refusal(500)] as const)(
  "a DELETE that fails for good (%j) leaves a finished copy, and the deletion pending",
  async (fault) => {
    await using transfer = await run(everyAnswer("DELETE", fault));
    const { end, harness, id, seen } = transfer;
    expect(end).toMatchObject({ status: "SUCCEEDED", retries: 20 });
    expect(end.output).toMatchObject({
      verdict: "complete",
      deleted: "pending",
      outputs: [{ sourceName: "output.wav" }],
    });
    expect(await harness.isStored(`audio-projects/${id}/manifest.json`)).toBe(true);
    expect(seen()).toMatchObject({ deletes: 21, deleted: false, downloads: 1 + 21 });
  },
);

test("and a later transfer finishes it without a second copy", async () => {
  await using transfer = await run(firstAnswers("DELETE", Array(21).fill(refusal(500))));
  expect(transfer.end.output.deleted).toBe("pending");
  const again = await transfer.harness.transfer({ id: transfer.id, deleteAfterDownload: true });
  expect(again).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(transfer.seen()).toMatchObject({ deletes: 22, deleted: true, downloads: 1 + 22 });
});

test("a DELETE that answers 404 is success: somebody was faster", async () => {
  await using transfer = await run(everyAnswer("DELETE", refusal(404)));
  expect(transfer.end).toMatchObject({ status: "SUCCEEDED", retries: 0, output: { deleted: "yes" } });
  expect(transfer.seen().deletes).toBe(1);
});

test.each([
  [401, "Unauthorized"],
  [402, "Unauthorized"],
  [403, "Unauthorized"],
  [400, "TransferFailed"],
  [302, "TransferFailed"],
])("a DELETE that is refused with %i ends %s after one attempt; the copy stands", async (status, error) => {
  await using transfer = await run(everyAnswer("DELETE", refusal(status, "no", "No.")));
  expect(transfer.end).toMatchObject({ status: "FAILED", error, retries: 0 });
  expect(transfer.end.cause).toBe(`DELETE of project ${transfer.id}: the vendor answered ${status} (no: No.)`);
  expect(await transfer.harness.isStored(`audio-projects/${transfer.id}/manifest.json`)).toBe(true);
  // A poll, the copy, the deletion's own two looks; none afterwards, because a refusal is an answer.
  expect(transfer.seen()).toMatchObject({ gets: 4, deletes: 1, deleted: false });
});

test("a project that cannot be looked at before its deletion is not deleted: pending", async () => {
  await using transfer = await run(everyAnswer("GET", refusal(503), 2));
  expect(transfer.end).toMatchObject({ status: "SUCCEEDED", retries: 20, output: { deleted: "pending" } });
  expect(transfer.seen()).toMatchObject({ deletes: 0, deleted: false });
});

test.each(["rendering", "queued", "error", "canceled", "archived"])(
  "a project that is %s when it is to be deleted is not deleted",
  async (endIn) => {
    await using harness = await TransferHarness.start();
    const id = harness.simulator.createProject(atOnce);
    harness.wrap({ "delete-project": before(() => harness.simulator.changeProject(id, { endIn })) });
    const end = await harness.transfer({ id, deleteAfterDownload: true });
    expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 0 });
    expect(end.cause).toBe(`project ${id} is not deleted: its status is ${endIn}`);
    expect(harness.simulator.project(id)).toMatchObject({ deletes: 0, deleted: false });
  },
);

test("a project that shows enabled: false after the copy needs no DELETE", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject(atOnce);
  harness.wrap({ "delete-project": before(() => harness.simulator.changeProject(id, { disabled: true })) });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(harness.simulator.project(id).deletes).toBe(0);
});

test("404 after the copy needs no DELETE either", async () => {
  await using transfer = await run(everyAnswer("GET", refusal(404), 2));
  expect(transfer.end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(transfer.seen().deletes).toBe(0);
});

test("404 to every poll is never 'deleted all right': ProjectGone", async () => {
  await using transfer = await run(everyAnswer("GET", refusal(404)));
  const cause = /is gone \(404\), and no manifest in audio-projects\/\w+ says that it was copied/;
  await expectKept(transfer.harness, transfer.end, { id: transfer.id, error: "ProjectGone", cause });
  expect(transfer.end.retries).toBe(0);
});

test("404 to the copy of a project that was complete is asked again, and never 'deleted all right'", async () => {
  await using transfer = await run(everyAnswer("GET", refusal(404), 1));
  const cause = /was complete, and the vendor now answers 404/;
  await expectKept(transfer.harness, transfer.end, { id: transfer.id, cause });
  expect(transfer.end.retries).toBe(8);
});

test("one 404 to the copy is no failure", async () => {
  await using transfer = await run(firstAnswers("GET", [undefined, refusal(404)]));
  expect(transfer.end).toMatchObject({ status: "SUCCEEDED", retries: 1, output: { deleted: "yes" } });
});

test("enabled: false between poll and copy ends ProjectGone", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject(atOnce);
  harness.wrap({ "download-outputs": before(() => harness.simulator.changeProject(id, { disabled: true })) });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "ProjectGone" });
  expect(harness.simulator.project(id)).toMatchObject({ downloads: 0, deletes: 0 });
  expect(await harness.keysBelow("")).toEqual([]);
});

test.each([{}, { deleteAfterDownload: false }])("nothing is deleted that nobody asked for (%j)", async (input) => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject(atOnce);
  const end = await harness.transfer({ id, ...input });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "not-requested" } });
  expect(end.states).not.toContain("Delete project");
  expect(harness.simulator.project(id)).toMatchObject({ deletes: 0, deleted: false });
});

test("nor by the deleting function itself, were the workflow ever to call it", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject(atOnce);
  // The workflow reads the validated input; the function reads what was given.
  harness.wrap({
    "download-outputs": (copy) => async (state, context) => {
      const { transfer, ...copied } = await copy(state, context);
      return { ...copied, ...(transfer && { transfer: { ...transfer, deleteAfterDownload: true } }) };
    },
  });
  const end = await harness.transfer({ id });
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(end.cause).toContain("nobody asked for it");
  expect(harness.simulator.project(id)).toMatchObject({ deletes: 0, deleted: false });
});
