/** A receiver that is down for longer than the schedule lasts, and what can be done about it afterwards. */
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { deliverySchedule, mostAttempts } from "../../functions/domain/delivery-schedule.ts";
import { localDeliveryStateMachineArn } from "../../lib/local/local-machines.ts";
import { startMisbehavingReceiver } from "../support/misbehaving-receiver.ts";
import { expectSigned, signingSecret, smallProject, webhookDeliveries } from "../support/notified-project.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { unusedPort } from "../support/unused-port.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** A harness whose stack has one endpoint, at a port where nobody listens, and a transfer that was announced to it. */
async function startUnheard() {
  const port = await unusedPort();
  const origin = `http://127.0.0.1:${port}`;
  const url = `${origin}/hook/s3cret-path?token=s3cret-token`;
  const harness = await TransferHarness.start({
    guardExceptions: [origin],
    notifier: { webhooks: [{ url }], signingSecret },
  });
  const end = await harness.transfer({ id: harness.simulator.createProject(smallProject) });
  return { harness, end, port, origin, url, [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose]() };
}

test("it fails after exactly ten attempts over three days, and says so without the endpoint's path", async () => {
  await using unheard = await startUnheard();
  const [delivery] = await webhookDeliveries(unheard.harness);
  expect(delivery).toMatchObject({ status: "FAILED", error: "DeliveryExhausted" });
  expect(delivery?.attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    ...Array.from({ length: 9 }, (_, index) => [index + 1, "retry"]),
    [mostAttempts, "exhausted"],
  ]);
  expect(sum(deliverySchedule)).toBe(272_105);
  const { waits = [], cause, input } = delivery ?? {};
  expect(waits).toHaveLength(9);
  expect(sum(waits)).toBeGreaterThanOrEqual(272_105);
  // Each of the nine is rounded up.
  expect(sum(waits)).toBeLessThanOrEqual(272_105 * 1.1 + 9);
  expect(cause).toBe(
    `${input?.messageId} was not delivered to ${unheard.origin}: attempt 10 of 10: ECONNREFUSED at 127.0.0.1:${unheard.port}`,
  );
  expect(JSON.stringify(unheard.harness.log)).toContain(unheard.origin);
  expect(JSON.stringify(unheard.harness.log)).not.toContain("s3cret");
});

test("the transfer ends as if nothing had been", async () => {
  await using unheard = await startUnheard();
  expect(unheard.end).toMatchObject({ status: "SUCCEEDED", retries: 0, waits: [], output: { announced: true } });
  expect(unheard.end.states).not.toContain("Not announced");
  expect(await webhookDeliveries(unheard.harness)).toMatchObject([{ status: "FAILED" }]);
  expect(unheard.harness.cloud.eventBus.events).toHaveLength(1);
});

test("its own input, started again under another name, delivers the same under the same id", async () => {
  await using unheard = await startUnheard();
  const { harness } = unheard;
  const [failed] = await webhookDeliveries(harness);
  await using receiver = await startMisbehavingReceiver(() => 204, unheard.port);
  const { executionArn } = harness.cloud.workflows.start({
    stateMachineArn: localDeliveryStateMachineArn,
    name: `${failed?.name}-again`,
    input: JSON.stringify(failed?.input),
  });
  expect(await harness.cloud.workflows.completion(executionArn)).toMatchObject({ status: "SUCCEEDED" });
  const [attempt] = receiver.attempts;
  expect(receiver.attempts).toHaveLength(1);
  expect(attempt).toMatchObject({ messageId: failed?.input.messageId, path: "/hook/s3cret-path?token=s3cret-token" });
  expect(attempt?.body).toBe(JSON.stringify(failed?.input.event));
  if (attempt) expectSigned(attempt);
  // Stamped when it was sent, not when it happened: receivers refuse what is older than five minutes.
  expect(attempt?.timestamp).toBeGreaterThanOrEqual(Date.parse(failed?.attempts.at(-1)?.at ?? "") / 1_000 - 1);
});

test("the dead letters are listed, described and started again by any client of Step Functions", async () => {
  await using unheard = await startUnheard();
  await webhookDeliveries(unheard.harness);
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const client = new SFNClient({
    endpoint: unheard.harness.cloud.stepFunctions.url,
    region: "us-east-1",
    credentials,
  });
  const stateMachineArn = localDeliveryStateMachineArn;
  const list = new ListExecutionsCommand({ stateMachineArn, statusFilter: "FAILED" });
  const { executions = [] } = await client.send(list);
  expect(executions).toHaveLength(1);
  const { executionArn, name } = executions[0] ?? {};
  const dead = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect(dead).toMatchObject({ error: "DeliveryExhausted", cause: expect.stringContaining("attempt 10 of 10") });

  await using receiver = await startMisbehavingReceiver(() => 204, unheard.port);
  const { input } = dead;
  // Its own name is taken: of a delivery that is over, a second start does nothing.
  const sameName = client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  await expect(sameName).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
  const again = await client.send(new StartExecutionCommand({ stateMachineArn, name: `${name}-2`, input }));
  await expect
    .poll(async () => (await client.send(new DescribeExecutionCommand(again))).status, { timeout: 10_000 })
    .toBe("SUCCEEDED");
  expect(receiver.attempts.map(({ messageId, body }) => [messageId, body])).toEqual([
    [JSON.parse(input ?? "{}").messageId, JSON.stringify(JSON.parse(input ?? "{}").event)],
  ]);
  client.destroy();
});
