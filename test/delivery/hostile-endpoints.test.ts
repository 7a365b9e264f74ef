/**
 * Endpoints that point into a private network, in many spellings, against a listener of this machine that must see no
 * connection: in a transfer's `notify`, where any host is allowed, and as endpoints of the stack itself.
 */
import { expect, onTestFinished, test } from "vitest";
import { at, localNames, privateAddresses, refusedForms } from "../support/hostile-endpoints.ts";
import { smallProject, webhookDeliveries } from "../support/notified-project.ts";
import { httpAnswer, startRawListener } from "../support/raw-listener.ts";
import { type DeliveryEnd, TransferHarness } from "../support/transfer-harness.ts";

async function listener() {
  const raw = await startRawListener((socket) => socket.end(httpAnswer()));
  onTestFinished(() => raw.close());
  return raw;
}

/** How the deliveries ended, by endpoint. */
function endsOf(deliveries: readonly DeliveryEnd[]): Record<string, string | undefined> {
  return Object.fromEntries(deliveries.map(({ input, error }) => [input.endpoint, error]));
}

const every = (endpoints: readonly string[], error: string) =>
  Object.fromEntries(endpoints.map((endpoint) => [endpoint, error]));

test("the form of an endpoint in notify is checked before anything else", async () => {
  const raw = await listener();
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject(smallProject);
  for (const endpoint of at(raw.port, refusedForms)) {
    const end = await harness.transfer({ id, notify: [endpoint] });
    expect([end.error, end.cause?.startsWith("notify[0]: must ")], endpoint).toEqual(["InvalidInput", true]);
  }
  expect(harness.simulator.project(id).gets).toBe(0);
  expect(await webhookDeliveries(harness)).toEqual([]);
  expect(raw.connections).toBe(0);
});

test("a private address in notify is refused when it would be called, and for good", async () => {
  const raw = await listener();
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject(smallProject);
  const endpoints = at(raw.port, privateAddresses);
  for (let from = 0; from < endpoints.length; from += 10) {
    const end = await harness.transfer({ id, notify: endpoints.slice(from, from + 10) });
    expect(end).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  }
  const deliveries = await webhookDeliveries(harness);
  expect(endsOf(deliveries)).toEqual(every(endpoints, "DeliveryRejected"));
  for (const { attempts, cause } of deliveries) {
    expect(attempts).toMatchObject([{ outcome: "rejected", status: null }]);
    expect(cause).toMatch(/: attempt 1 of 10: \S+ is not a public address$/);
  }
  expect(raw.connections).toBe(0);
});

test("so is one of the stack's own: it is not trusted more", async () => {
  const raw = await listener();
  const ours = at(raw.port, privateAddresses);
  // What is no URL at all is refused when the stack is synthesized.
  const urls = refusedForms.filter((form) => URL.canParse(form.replace("PORT", "1")));
  const forms = at(raw.port, urls).map((url) => `${url}-form`);
  const plain = `http://127.0.0.1:${raw.port}/`;
  const webhooks = [...ours, ...forms, plain].map((url) => ({ url }));
  await using harness = await TransferHarness.start({ notifier: { webhooks } });
  const end = await harness.transfer({ id: harness.simulator.createProject(smallProject) });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  expect(endsOf(await webhookDeliveries(harness))).toEqual({
    ...every(ours, "DeliveryRejected"),
    ...every(forms, "InvalidInput"),
    [plain]: "DeliveryRejected",
  });
  expect(raw.connections).toBe(0);
});

test("names of this machine are refused for the addresses that they resolve to", async () => {
  const raw = await listener();
  const endpoints = at(raw.port, localNames);
  const webhooks = endpoints.map((url) => ({ url: `${url}own` }));
  await using harness = await TransferHarness.start({ notifier: { webhooks } });
  await harness.transfer({ id: harness.simulator.createProject(smallProject), notify: endpoints });
  const deliveries = await webhookDeliveries(harness);
  expect(deliveries).toHaveLength(2 * localNames.length);
  for (const { error, cause } of deliveries) {
    expect(error).toBe("DeliveryRejected");
    expect(cause).toMatch(/: localhost resolves to an address that is not public$/);
  }
  expect(raw.connections).toBe(0);
});

test("the listener would have answered: one origin that is excepted from the rules is reached, and no other", async () => {
  const raw = await listener();
  const excepted = `http://127.0.0.1:${raw.port}`;
  const neighbours = [
    `http://localhost:${raw.port}/`,
    `http://127.0.0.1:${raw.port + 1}/`,
    `http://[::1]:${raw.port}/`,
  ];
  await using harness = await TransferHarness.start({ guardExceptions: [excepted] });
  const id = harness.simulator.createProject(smallProject);
  const refused = await harness.transfer({ id, notify: neighbours });
  expect(refused.cause).toBe("notify[0]: must be https; notify[1]: must be https; notify[2]: must be https");
  const secure = `https://127.0.0.1:${raw.port}/`;
  await harness.transfer({ id, notify: [`${excepted}/hook`, secure] });
  expect(endsOf(await webhookDeliveries(harness))).toEqual({
    [`${excepted}/hook`]: undefined,
    [secure]: "DeliveryRejected",
  });
  expect(raw.connections).toBe(1);
  expect(raw.received).toContain("webhook-signature: v1,");
});
