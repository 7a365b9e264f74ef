/** Deliveries of a transfer, found by their message id and repeated, against the embedded cloud and a real receiver. */
import { afterAll, expect, test } from "vitest";
import { type Delivery, InvalidInput, RedeliveryRefused, Transfers } from "../../lib/client/index.ts";
import { redeliveryNameOf } from "../../lib/client/redelivery.ts";
import { localDeliveryStateMachineArn, localStateMachineArn } from "../../lib/local/local-machines.ts";
import { aDelivery } from "../functions/domain/notifier-fixture.ts";
import { rejectionOf } from "../support/everything-in.ts";
import { smallProject, startNotifiedProject } from "../support/notified-project.ts";
import { allOf } from "./all-of.ts";

/** Paths at which the receiver wants no more. */
const refusing = new Set(["/gone"]);
/** Its answers at this path wait until they are let go. */
let letGo = () => {};
const slow = new Promise<void>((resolve) => {
  letGo = resolve;
});

const project = await startNotifiedProject({
  paths: ["/hook", "/gone"],
  script: async ({ path }) => {
    if (path === "/slow") await slow;
    return refusing.has(path) ? 410 : 204;
  },
});
const { harness, receiver } = project;
const transfers = new Transfers({ environment: harness.cloud.environment });
afterAll(async () => {
  letGo();
  await transfers.close();
  await project[Symbol.asyncDispose]();
});

const of = (path: string) => (delivery: Delivery) => delivery.endpoint === `${receiver.url}${path}`;

/** The deliveries of a transfer once all of the embedded cloud are over. */
async function settledDeliveries(name: string) {
  await harness.deliveries();
  return allOf(transfers.deliveries({ name }));
}

test("a transfer's deliveries are found by its name; one that failed is repeated, each repetition once", async () => {
  await project.transfer({}, "told");
  await harness.transfer({ id: harness.simulator.createProject(smallProject) }, "other");
  const deliveries = await settledDeliveries("told");
  expect(deliveries).toHaveLength(3);
  const [delivered, failed] = [deliveries.find(of("/hook")), deliveries.find(of("/gone"))];
  if (!delivered || !failed) throw new Error("a delivery is missing");
  expect(delivered).toMatchObject({ status: "SUCCEEDED", type: "transfer.completed", attempts: 1, error: null });
  expect(failed).toMatchObject({ status: "FAILED", attempts: null, error: { name: "DeliveryRejected" } });
  expect(new Set(deliveries.map(({ messageId }) => messageId)).size).toBe(1);
  // What can happen only once is told once, whoever transferred the project.
  await project.transfer({}, "told-again");
  expect(await settledDeliveries("told-again")).toEqual(deliveries);
  expect(await allOf(transfers.deliveries({ name: "told", status: "FAILED" }))).toEqual([failed]);

  const first = await transfers.redeliver({ name: failed.name });
  expect(first).toMatchObject({ name: `${failed.name}-r1`, messageId: failed.messageId, endpoint: failed.endpoint });
  await harness.deliveries();
  const refused = await rejectionOf(transfers.redeliver({ name: failed.name }));
  expect(refused).toBeInstanceOf(RedeliveryRefused);
  expect(refused.message).toContain(`as ${failed.name}-r1`);
  refusing.clear();
  const second = await transfers.redeliver({ name: first.name });
  expect(second.name).toBe(`${failed.name}-r2`);
  expect((await settledDeliveries("told")).filter(of("/gone")).map(({ name, status }) => [name, status])).toEqual([
    [`${failed.name}-r2`, "SUCCEEDED"],
    [`${failed.name}-r1`, "FAILED"],
    [failed.name, "FAILED"],
  ]);
  const received = receiver.attempts.filter(
    ({ path, messageId }) => path === "/gone" && messageId === failed.messageId,
  );
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(received).toHaveLength(3);

  await expect(transfers.redeliver({ name: delivered.name })).rejects.toThrow(/^the delivery \S+ was delivered$/);
  const again = await transfers.redeliver({ name: delivered.name, evenIfDelivered: true });
  expect(again.name).toBe(`${delivered.name}-r1`);
});

test("a transfer that failed has deliveries of its own; one that is pending or runs has none", async () => {
  await harness.transfer({ id: "not-there" }, "failed-1");
  await harness.transfer({ id: "not-there" }, "failed-2");
  const [one, two] = [await settledDeliveries("failed-1"), await settledDeliveries("failed-2")];
  expect(one.map(({ type }) => type)).toEqual(Array(3).fill("transfer.failed"));
  expect(one[0]?.messageId).not.toBe(two[0]?.messageId);
  const id = harness.simulator.createProject({ ...smallProject, queuedSeconds: 1_000 });
  await harness.transfer({ id, waitForCompletion: false }, "pending");
  expect(await settledDeliveries("pending")).toEqual([]);
  const all = await allOf(transfers.deliveries({ limit: 2 }));
  expect(all.map(({ messageId }) => messageId)).toEqual([two[0]?.messageId, two[1]?.messageId]);
});

test("a delivery that is under way, or that is none, is not repeated", async () => {
  const { workflows } = harness.cloud;
  const start = (name: string, input: object) =>
    workflows.start({ stateMachineArn: localDeliveryStateMachineArn, name, input: JSON.stringify(input) });
  start("under-way", aDelivery({ endpoint: `${receiver.url}/slow` }));
  await expect(transfers.redeliver({ name: "under-way" })).rejects.toThrow(/is not over/);
  letGo();
  await workflows.completion(start("no-delivery", { messageId: "msg" }).executionArn);
  await expect(transfers.redeliver({ name: "no-delivery" })).rejects.toThrow(InvalidInput);
  const [shown] = await allOf(transfers.deliveries({ limit: 1 }));
  expect(shown).toMatchObject({ name: "no-delivery", messageId: null, type: null, endpoint: null, status: "FAILED" });
});

test("a repetition has a name of at most 80 characters that tells which one it is", () => {
  const delivery = aDelivery();
  const first = redeliveryNameOf("by-hand", delivery);
  expect(first).toMatch(/^msg_[0-9a-f]{40}-[0-9a-f]{20}-r1$/);
  expect(redeliveryNameOf(first, delivery)).toBe(first.replace(/1$/, "2"));
  expect(redeliveryNameOf(first.replace(/1$/, "99"), delivery)).toBe(first.replace(/1$/, "100"));
  const own = [aDelivery({ messageId: "a".repeat(100) }), aDelivery({ messageId: `${"a".repeat(99)}b` })];
  const names = own.map((each) => redeliveryNameOf("x", each));
  expect(names.every((name) => name.length <= 80)).toBe(true);
  expect(new Set(names).size).toBe(2);
});

test("a transfer's ARN is not taken for a delivery's", async () => {
  await using mixed = new Transfers({
    deliveryStateMachineArn: localStateMachineArn,
    environment: harness.cloud.environment,
  });
  await harness.transfer({ id: harness.simulator.createProject(smallProject) }, "no-delivery");
  await expect(mixed.redeliver({ name: "no-delivery", evenIfDelivered: true })).rejects.toThrow(InvalidInput);
});
