/** Which answers are tried again, when, and how often. */
import { expect, test } from "vitest";
import { deliverySchedule } from "../../functions/domain/delivery-schedule.ts";
import type { ReceiverScript } from "../support/misbehaving-receiver.ts";
import { resets } from "../support/misdeeds.ts";
import { expectSigned, startNotifiedProject } from "../support/notified-project.ts";

/** Refuses the first attempts with a status, and takes the next one. */
const refuses =
  (attempts: number, status = 500): ReceiverScript =>
  ({ nth }) =>
    nth <= attempts ? status : 204;

test("delivered at the fourth attempt: one id, one body, each attempt signed at its own time", async () => {
  await using project = await startNotifiedProject({ script: refuses(3) });
  const end = await project.transfer();
  const [delivery] = await project.deliveries();
  const { attempts } = project.receiver;
  expect(attempts).toHaveLength(4);
  expect(new Set(attempts.map(({ messageId }) => messageId)).size).toBe(1);
  expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
  for (const attempt of attempts) expectSigned(attempt);
  const { waits = [] } = delivery ?? {};
  for (const [index, { timestamp }] of attempts.slice(0, -1).entries()) {
    // Stamps are cut to whole seconds, which waits are.
    expect((attempts[index + 1]?.timestamp ?? 0) - timestamp).toBeGreaterThanOrEqual(waits[index] ?? Number.NaN);
  }
  expect([delivery?.status, end.status]).toEqual(["SUCCEEDED", "SUCCEEDED"]);
});

test("the output has a record of every attempt", async () => {
  const script: ReceiverScript = ({ nth }) => [500, { status: 503, body: "Back soon." }, resets][nth - 1] ?? 202;
  await using project = await startNotifiedProject({ script, random: () => 0 });
  await project.transfer();
  const [delivery] = await project.deliveries();
  const at = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(delivery?.output).toEqual({
    messageId: project.receiver.attempts[0]?.messageId,
    endpoint: `${project.receiver.url}/hook`,
    attempts: [
      { attempt: 1, at, outcome: "retry", status: 500, reason: "HTTP 500", waitSeconds: 5 },
      { attempt: 2, at, outcome: "retry", status: 503, reason: "HTTP 503", waitSeconds: 300 },
      { attempt: 3, at, outcome: "retry", status: null, reason: expect.stringMatching(/ at 127/), waitSeconds: 1_800 },
      { attempt: 4, at, outcome: "delivered", status: 202 },
    ],
    response: "",
  });
  expect(delivery?.attempts).toEqual(delivery?.output.attempts);
  const times = delivery?.attempts.map((attempt) => Date.parse(attempt.at)) ?? [];
  for (const [index, seconds] of delivery?.waits.entries() ?? []) {
    expect((times[index + 1] ?? 0) - (times[index] ?? 0)).toBeGreaterThanOrEqual(seconds * 1_000);
  }
});

test.each([
  ["the shortest", 0, deliverySchedule.slice(1)],
  // A tenth more, rounded up.
  ["the longest", 0.999_999, [6, 330, 1_980, 7_920, 19_800, 39_600, 55_440, 79_200, 95_040]],
])("%s jitter: the waits are exactly the schedule's", async (_, random, waits) => {
  await using project = await startNotifiedProject({ script: refuses(9), random: () => random });
  await project.transfer();
  const deliveries = await project.deliveries();
  expect(deliveries).toMatchObject([{ status: "SUCCEEDED", waits }]);
  expect(project.receiver.attempts).toHaveLength(10);
});

test("any jitter: every wait is within its bounds, and not all shares are alike", async () => {
  const paths = ["/1", "/2", "/3", "/4"];
  await using project = await startNotifiedProject({ script: refuses(9), paths });
  await project.transfer();
  const waits = (await project.deliveries()).map((delivery) => delivery.waits);
  for (const [index, base] of deliverySchedule.slice(1).entries()) {
    for (const wait of waits.map((of) => of[index])) {
      expect(wait).toBeGreaterThanOrEqual(base);
      expect(wait).toBeLessThanOrEqual(Math.ceil(base * 1.1));
    }
  }
  // Of four drawn from 8,640 whole seconds, all four alike would be one chance in 6 × 10^11.
  expect(new Set(waits.map((of) => of.at(-1))).size).toBeGreaterThan(1);
});

test("only 2xx delivers; every other status but 410 is tried again under the same id", async () => {
  const delivering = [200, 201, 202, 204, 206, 299];
  const retried = [300, 304, 400, 401, 403, 404, 405, 408, 409, 413, 418, 422, 425, 451, 499, 500, 501, 503, 505, 599];
  const script: ReceiverScript = ({ path, nth }) => (nth === 1 ? Number(path.slice(1)) : 200);
  const paths = [...delivering, ...retried].map((status) => `/${status}`);
  await using project = await startNotifiedProject({ script, paths, random: () => 0 });
  await project.transfer();
  const found = (await project.deliveries()).map(({ input, status, waits }) => [
    Number(new URL(input.endpoint).pathname.slice(1)),
    status,
    ...waits,
  ]);
  const byStatus = ([a]: unknown[], [b]: unknown[]) => Number(a) - Number(b);
  expect(found.toSorted(byStatus)).toEqual([
    ...delivering.map((status) => [status, "SUCCEEDED"]),
    ...retried.map((status) => [status, "SUCCEEDED", 5]),
  ]);
  expect(new Set(project.receiver.attempts.map(({ messageId }) => messageId)).size).toBe(1);
});

test("a receiver that took it, and whose answer was lost, gets it again under the id that it knows", async () => {
  const taken = new Set<string>();
  const script: ReceiverScript = ({ messageId, nth }) => {
    taken.add(messageId);
    return nth === 1 ? resets : 204;
  };
  await using project = await startNotifiedProject({ script });
  await project.transfer();
  const deliveries = await project.deliveries();
  expect(deliveries).toMatchObject([{ status: "SUCCEEDED", attempts: [{ status: null }, { status: 204 }] }]);
  expect([project.receiver.attempts.length, taken.size]).toEqual([2, 1]);
});
