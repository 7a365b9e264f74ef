/** Neither a receiver nor the notifier itself has a say in how a transfer ends. */
import { expect, test } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import type { ProjectPlan } from "../../lib/local/simulator/project-plan.ts";
import { stateMachineArn } from "../../lib/local/workflows/arns.ts";
import type { ReceiverScript } from "../support/misbehaving-receiver.ts";
import { resets } from "../support/misdeeds.ts";
import {
  eventOf,
  type NotifiedProject,
  type NotifiedProjectOptions,
  startNotifiedProject,
} from "../support/notified-project.ts";
import { startBehindProxy } from "../support/proxied-project.ts";
import type { TransferEnd } from "../support/transfer-harness.ts";

/** What differs from project to project, besides the id. */
const ownFields = new Set(["startedAt", "finishedAt", "createdAt", "sourceEtag", "sourceId", "versionId"]);

/** How a transfer ended, without what differs from project to project. */
function essenceOf({ id }: NotifiedProject, { status, error, cause, output }: TransferEnd): object {
  const common = (name: string, value: unknown) => (ownFields.has(name) ? undefined : value);
  return JSON.parse(JSON.stringify({ status, error, cause, output }, common).replaceAll(id, "<id>"));
}

const badReceiver: ReceiverScript = ({ path }) => (path === "/resets" ? resets : Number(path.slice(1)));

test.each<[string, Partial<ProjectPlan>]>([
  ["succeeds", {}],
  ["fails", { endIn: "error" }],
  ["is canceled", { endIn: "canceled" }],
  ["is gone", { disabled: true }],
])("a transfer that %s ends the same with receivers that take nothing as with none", async (_, plan) => {
  await using alone = await startNotifiedProject({ plan, paths: [] });
  await using watched = await startNotifiedProject({ plan, script: badReceiver, paths: ["/500", "/410", "/resets"] });
  const [without, within] = [await alone.transfer(), await watched.transfer()];
  expect(essenceOf(watched, within)).toEqual(essenceOf(alone, without));
  expect([within.states, within.retries]).toEqual([without.states, without.retries]);
  const errors = (await watched.deliveries()).map(({ error }) => error);
  expect(errors.toSorted()).toEqual(["DeliveryExhausted", "DeliveryExhausted", "DeliveryRejected"]);
});

test("a transfer does not wait for its receivers", async () => {
  const held = Promise.withResolvers<number>();
  await using project = await startNotifiedProject({ script: () => held.promise });
  expect(await project.transfer()).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  // It ended, and the receiver has not answered: nor could it have, before the next line.
  held.resolve(204);
  expect(await project.deliveries()).toMatchObject([{ status: "SUCCEEDED", attempts: [{ status: 204 }] }]);
});

/** Everything of the notifier that can be broken before a delivery starts. */
const broken: Record<string, (options: NotifiedProjectOptions) => Promise<NotifiedProject & { retries: number }>> = {
  "Step Functions refuses to start deliveries": async (options) => ({
    ...(await startBehindProxy(() => ({ status: 400, type: "AccessDeniedException" }), options)),
    // All that the workflow has for what may pass.
    retries: 20,
  }),
  "the delivery workflow is not there": async (options) => {
    const environment = { [environmentNames.deliveryStateMachine]: stateMachineArn("nobody") };
    return { ...(await startNotifiedProject({ ...options, environment })), retries: 20 };
  },
  "Notify crashes": async (options) => {
    const project = await startNotifiedProject(options);
    project.harness.wrap({ notify: () => () => Promise.reject(new TypeError("a bug")) });
    return { ...project, retries: 0 };
  },
};

test.each(Object.keys(broken))(
  "where %s a transfer ends as it would have, and says that it was not announced",
  async (fault) => {
    await using alone = await startNotifiedProject({ paths: [] });
    await using project = (await broken[fault]?.({})) ?? expect.unreachable();
    const end = await project.transfer({ deleteAfterDownload: true });
    const without = await alone.transfer({ deleteAfterDownload: true });
    expect(end).toMatchObject({ status: "SUCCEEDED", retries: project.retries });
    expect(end.output).toMatchObject({ announced: false, deleted: "yes", verdict: "complete" });
    expect(end.output.outputs).toHaveLength(1);
    const unannounced = { ...without, output: { ...without.output, announced: false } };
    expect(essenceOf(project, end)).toEqual(essenceOf(alone, unannounced));
    expect(end.states.slice(-4)).toEqual(["Notify", "Not announced", "Succeeded?", "Done"]);
    expect(await project.harness.deliveries()).toEqual([]);
  },
);

test.each(Object.keys(broken))("where %s a transfer that fails keeps its own error and cause", async (fault) => {
  const plan = { endIn: "error", error: { code: "gpu", message: "out of memory" } };
  await using project = (await broken[fault]?.({ plan })) ?? expect.unreachable();
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "FAILED", error: "ProjectFailed" });
  expect(end.cause).toBe(`project ${project.id} ended in status error: gpu: out of memory`);
  expect(end.states.slice(-4)).toEqual(["Notify", "Not announced", "Succeeded?", "Failed"]);
  expect(await project.harness.deliveries()).toEqual([]);
});

test("Step Functions that fails for a while only delays the announcement", async () => {
  // Three requests are one start, repeated by the client; two endpoints are started at once.
  await using project = await startBehindProxy((nth) =>
    nth <= 12 ? { status: 500, type: "InternalFailure" } : undefined,
  );
  expect(await project.transfer()).toMatchObject({ status: "SUCCEEDED", retries: 2, output: { announced: true } });
  expect(await project.deliveries()).toMatchObject([{ status: "SUCCEEDED" }]);
  expect(project.receiver.attempts).toHaveLength(1);
});

test("what was not announced is announced by the next transfer of the project", async () => {
  let isDown = true;
  await using project = await startBehindProxy(() =>
    isDown ? { status: 400, type: "AccessDeniedException" } : undefined,
  );
  expect((await project.transfer()).output.announced).toBe(false);
  isDown = false;
  expect((await project.transfer()).output.announced).toBe(true);
  expect(await project.deliveries()).toHaveLength(1);
  const events = project.receiver.attempts.map((attempt) => eventOf(attempt).type);
  expect(events).toEqual(["transfer.completed"]);
});

test("a Deliver that crashes ends its own delivery only", async () => {
  await using project = await startNotifiedProject({ paths: ["/good", "/bad"] });
  project.harness.wrap({
    deliver: (run) => async (state, context) => {
      if (JSON.stringify(state.input).includes("/bad")) throw new TypeError("a bug");
      return run(state, context);
    },
  });
  expect(await project.transfer()).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  const [good, bad] = (await project.deliveries()).toSorted((a, b) => (a.status > b.status ? -1 : 1));
  expect(good).toMatchObject({ status: "SUCCEEDED", input: { endpoint: `${project.receiver.url}/good` } });
  expect(bad).toMatchObject({ status: "FAILED", error: "DeliveryFailed" });
  expect(bad?.cause).toBe("a step ended with TypeError: its cause is in the execution history and in the function log");
});

test("an event bus that cannot be reached exhausts its own schedule; webhooks are delivered all the same", async () => {
  const environment = { AWS_ENDPOINT_URL_EVENTBRIDGE: "http://127.0.0.1:1" };
  await using project = await startNotifiedProject({ environment });
  expect(await project.transfer()).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  const [bus, webhook] = (await project.harness.deliveries()).toSorted((a, b) => (a.status < b.status ? -1 : 1));
  expect(webhook).toMatchObject({
    status: "SUCCEEDED",
    waits: [],
    input: { endpoint: `${project.receiver.url}/hook` },
  });
  expect(bus).toMatchObject({ status: "FAILED", error: "DeliveryExhausted" });
  expect(bus?.cause).toContain("to arn:aws:events:us-east-1:000000000000:event-bus/default: attempt 10 of 10: ");
  expect(bus?.cause).toContain("ECONNREFUSED");
});
