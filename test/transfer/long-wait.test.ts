/** Transfers that wait for a month: one execution each, with few events. Waits are shortened, nothing else is. */
import { expect, inject, test } from "vitest";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import { eventsOn, lapOf, mostHistoryEvents, outerEvents } from "../lib/cloud/history-events.ts";
import type { WorkflowDefinition } from "../lib/cloud/workflow-diagram.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

const definition = inject("transfer").definition as WorkflowDefinition;
const eventsPerLap = eventsOn(definition, lapOf(definition));
const month = 30 * 86_400;

/** Events in the history of the only transfer so far. */
function countEvents({ cloud: { workflows } }: TransferHarness): number | undefined {
  const { items } = workflows.list(localStateMachineArn);
  expect(items).toHaveLength(1);
  const newest = { reverseOrder: true, maxResults: 1 };
  return workflows.history(items[0]?.executionArn ?? "", newest).items[0]?.id;
}

test("a project that is complete after 29 days is copied by the execution that waited for it", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ queuedSeconds: 20 * 86_400, renderingSeconds: 9 * 86_400 });
  const end = await harness.transfer({ id, deadlineSeconds: month, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 0, output: { verdict: "complete", deleted: "yes" } });

  const rest = ["Begin", "Check status", "Settled?", "Download outputs", "More outputs?", "Delete asked?"];
  rest.push("Delete project", "Notify", "Succeeded?", "Done");
  const laps = end.output.polls - 1;
  expect(end.waits).toHaveLength(laps);
  expect(laps).toBeGreaterThan(100);
  expect(laps).toBeLessThan(220);
  expect(countEvents(harness)).toBe(laps * eventsPerLap + eventsOn(definition, rest) + outerEvents);

  const waited = end.waits.reduce((sum, seconds) => sum + seconds, 0);
  expect(waited).toBeGreaterThanOrEqual(29 * 86_400);
  expect(waited).toBeLessThanOrEqual(29 * 86_400 * 1.15);
});

test("a project that stays pending is given up after 30 days, to the second, by few laps", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ queuedSeconds: 365 * 86_400 });
  const end = await harness.transfer({ id, deadlineSeconds: month });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded", retries: 0 });
  expect(end.cause).toMatch(/still queued after 2592000 s and \d+ polls/);

  const rest = ["Begin", "Check status", "Settled?", "Schedule cleanup", "Notify", "Succeeded?", "Failed"];
  const laps = end.waits.length;
  expect(countEvents(harness)).toBe(laps * eventsPerLap + eventsOn(definition, rest) + outerEvents);
  expect(laps * eventsPerLap).toBeLessThan(mostHistoryEvents / 10);
});
