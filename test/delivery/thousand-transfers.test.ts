/** A thousand transfers to three endpoints, one of which fails half of its requests: every event is delivered. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { mostAttempts } from "../../functions/domain/delivery-schedule.ts";
import { isEventBus } from "../../functions/domain/endpoint.ts";
import { localDeliveryStateMachineArn } from "../../lib/local/local-machines.ts";
import type { ExecutionDescription } from "../../lib/local/workflows/execution.ts";
import type { ReceivedAttempt, ReceiverScript } from "../support/misbehaving-receiver.ts";
import { eventOf, smallProject, startNotifiedProject } from "../support/notified-project.ts";
import type { TransferHarness } from "../support/transfer-harness.ts";

const transfers = 1_000;

/** Started together: of 25, 100 and 1,000 at once, 100 took the least time. */
const batch = 100;

/** Of the seeds from 1 on the first by which no message fails ten times; one succeeds at its tenth attempt. */
const seed = 2;

/** Whether the nth attempt of a message fails: half of them do, the same ones in every run. */
function fails(message: number, nth: number): boolean {
  return (createHash("sha256").update(`${seed} ${message} ${nth}`).digest()[0] ?? 0) < 128;
}

/** How many attempts the message takes. */
function attemptsOf(message: number): number {
  let nth = 1;
  while (fails(message, nth)) nth += 1;
  return nth;
}

/** All deliveries, once they are over. */
async function ended({ cloud: { workflows } }: TransferHarness): Promise<ExecutionDescription[]> {
  const all: ExecutionDescription[] = [];
  for (let token: string | undefined, first = true; first || token; first = false) {
    const page = workflows.list(localDeliveryStateMachineArn, {
      maxResults: 1_000,
      ...(token && { nextToken: token }),
    });
    all.push(...page.items);
    token = page.nextToken;
  }
  return Promise.all(all.map(({ executionArn }) => workflows.completion(executionArn)));
}

const endpointOf = ({ input }: ExecutionDescription): string => JSON.parse(input).endpoint;

test("1,000 transfers, three endpoints, one of them failing half of its requests", { timeout: 300_000 }, async () => {
  // Messages are numbered in the order in which they first come: their ids differ from run to run.
  const numbers = new Map<string, number>();
  const script: ReceiverScript = ({ path, messageId, nth }) => {
    if (path !== "/flaky") return 204;
    const number = numbers.get(messageId) ?? numbers.size;
    numbers.set(messageId, number);
    return fails(number, nth) ? 500 : 204;
  };
  // Waits of deliveries move everybody's clock, and download URLs expire by it.
  const simulator = { downloadLifetimeSeconds: 604_800 };
  await using project = await startNotifiedProject({ paths: ["/one", "/two", "/flaky"], script, simulator });
  const { harness, receiver } = project;
  const ids = Array.from({ length: transfers }, () => harness.simulator.createProject(smallProject));
  for (let from = 0; from < transfers; from += batch) {
    const ends = await harness.concurrently(ids.slice(from, from + batch).map((id) => ({ id })));
    for (const end of ends) expect(end).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  }

  const deliveries = await ended(harness);
  expect(deliveries).toHaveLength(4 * transfers);
  expect(deliveries.filter(({ status }) => status !== "SUCCEEDED")).toEqual([]);
  const onBus = deliveries.filter((delivery) => isEventBus(endpointOf(delivery)));
  expect(onBus).toHaveLength(transfers);

  const at = (path: string) => receiver.attempts.filter((attempt) => attempt.path === path);
  const idsOf = (attempts: readonly ReceivedAttempt[]) => new Set(attempts.map(({ messageId }) => messageId));
  const told = idsOf(at("/one"));
  expect(told.size).toBe(transfers);
  expect(new Set(harness.cloud.eventBus.events.map(({ detail }) => detail["id"]))).toEqual(told);
  for (const path of ["/one", "/two"]) {
    expect(at(path)).toHaveLength(transfers);
    expect(idsOf(at(path))).toEqual(told);
    expect(new Set(at(path).map((attempt) => eventOf(attempt).data.id))).toEqual(new Set(ids));
  }

  // Each message came exactly as often as it failed, and once more: until its first 2xx, and never after.
  const flaky = at("/flaky");
  expect(idsOf(flaky)).toEqual(told);
  const counts = Array<number>(transfers).fill(0);
  for (const { messageId } of flaky)
    counts[numbers.get(messageId) ?? -1] = (counts[numbers.get(messageId) ?? -1] ?? 0) + 1;
  expect(counts).toEqual(counts.map((_, message) => attemptsOf(message)));
  const failures = flaky.length - transfers;
  expect(failures / flaky.length).toBeCloseTo(0.5, 1);
  expect(Math.max(...counts)).toBe(mostAttempts);
});
