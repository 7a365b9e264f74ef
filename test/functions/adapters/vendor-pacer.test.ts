/** The pacer in virtual time, beside the simulator's own limit. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createVendorPacer, type PollPass, type VendorPacer } from "../../../functions/adapters/vendor-pacer.ts";
import type { Turn } from "../../../functions/domain/vendor-queue.ts";
import { RequestMeter } from "../../../lib/local/simulator/rate-limit.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pacerOf = (random = () => 0.5) => createVendorPacer({ now: Date.now, random });
const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);

/** A pacer that was refused after a steady 10 requests a second. */
async function limitedTo10(pacer: VendorPacer = pacerOf()): Promise<VendorPacer> {
  for (let sent = 0; sent < 100; sent += 1) {
    const sentAt = Date.now();
    await pass(0.1);
    pacer.answered({ sentAt, isThrottled: sent === 99 });
  }
  return pacer;
}

/** So many polls at the same time. */
function polls(pacer: VendorPacer, many: number): Promise<PollPass[]> {
  return Promise.all(Array.from({ length: many }, () => pacer.poll({})));
}

test("nobody waits before the first 429", async () => {
  const pacer = pacerOf();
  expect((await polls(pacer, 1_000)).every(({ kind }) => kind === "go")).toBe(true);
  expect(await pacer.enter()).toBe(0);
});

describe("once the vendor has refused a request", () => {
  test("polls go out evenly as far as they fit into two seconds, and the others get a number and a time each", async () => {
    const pacer = await limitedTo10();
    const began = Date.now();
    const passes = polls(pacer, 200);
    await pass(5);
    const [sent, away] = [(await passes).filter(({ kind }) => kind === "go"), (await passes).filter(isDeferred)];
    expect(sent.length).toBeGreaterThan(14);
    expect(sent.length).toBeLessThan(24);
    const numbers = away.map(({ turn }) => turn.number);
    expect(new Set(numbers).size).toBe(away.length);
    // The last of 200 at 9 a second is due after 22 s, and comes back somewhat before.
    expect(away.at(-1)?.turn.at).toBeGreaterThan(began + 18_000);
    expect(away.at(-1)?.seconds).toBeGreaterThan(13);
    expect(away.at(-1)?.seconds).toBeLessThan(20);
  });

  test("copies and deletions go before polls that wait, and count", async () => {
    const pacer = await limitedTo10();
    const order: string[] = [];
    const waiting = [
      ...Array.from({ length: 8 }, () => pacer.poll({}).then(() => order.push("poll"))),
      ...Array.from({ length: 4 }, () => pacer.enter().then(() => order.push("copy"))),
    ];
    await pass(3);
    await Promise.all(waiting);
    expect(order.lastIndexOf("copy")).toBeLessThan(6);
    const began = Date.now();
    for (let nth = 0; nth < 20; nth += 1) pacer.passBy();
    const next = pacer.poll({ isLast: true }).then(() => Date.now() - began);
    await pass(10);
    expect(await next).toBeGreaterThan(1_000);
  });

  test("the last poll of a transfer is not put off", async () => {
    const pacer = await limitedTo10();
    const crowd = polls(pacer, 300);
    const last = pacer.poll({ isLast: true });
    await pass(10);
    expect((await last).kind).toBe("go");
    expect((await crowd).filter(isDeferred).length).toBeGreaterThan(200);
  });

  test("whoever was sent away comes back to its own turn, before all who came later", async () => {
    const pacer = await limitedTo10();
    const first = polls(pacer, 60);
    await pass(2);
    const away = (await first).filter(isDeferred).at(0);
    const later = polls(pacer, 100);
    await pass(5);
    const again = pacer.poll({ turn: away?.turn });
    await pass(5);
    expect((await again).kind).toBe("go");
    expect((await later).every(isDeferred)).toBe(true);
  });

  test("a turn given elsewhere holds here, and tells of the limit", async () => {
    const [one, other] = [await limitedTo10(), pacerOf()];
    const away = (await settled(polls(one, 100))).filter(isDeferred).at(-1);
    const early = other.poll({ turn: away?.turn });
    const there = await settled(early);
    expect(there).toMatchObject({ kind: "deferred", turn: { limit: away?.turn.limit } });
    await pass(12);
    expect(await settled(other.poll({ turn: away?.turn }))).toMatchObject({ kind: "go" });
  });

  test("Retry-After holds everybody: what cannot wait so long in here is told so", async () => {
    const pacer = pacerOf();
    pacer.answered({ sentAt: Date.now(), isThrottled: true, retryAfterSeconds: 30 });
    expect(await pacer.enter()).toBeGreaterThanOrEqual(30);
    const away = await pacer.poll({});
    expect(away).toMatchObject({ kind: "deferred" });
    await pass(30);
    expect(await pacer.enter()).toBe(0);
  });
});

test.each([
  [20, undefined],
  [20, 1],
  [5, undefined],
])(
  "a crowd under %i requests a second (Retry-After %s): little is refused, nobody starves, the limit is used",
  async (limit, retryAfterSeconds) => {
    const crowd = 12 * limit;
    const [pacer, meter, began] = [pacerOf(Math.random), new RequestMeter({ perSecond: limit }, Date.now), Date.now()];
    const late = { requests: 0, refused: 0 };
    const ask = async () => {
      const sentAt = Date.now();
      await sleep(30);
      const isThrottled = !meter.admit();
      pacer.answered({ sentAt, isThrottled, retryAfterSeconds: isThrottled ? retryAfterSeconds : undefined });
      if (Date.now() - began > 10_000) {
        late.requests += 1;
        if (isThrottled) late.refused += 1;
      }
      return !isThrottled;
    };
    const transfer = async () => {
      let turn: Turn | undefined;
      for (;;) {
        const poll = await pacer.poll({ turn });
        turn = poll.turn;
        if (isDeferred(poll)) await sleep(poll.seconds * 1_000);
        else if (await ask()) break;
        else await sleep(3_000);
      }
      while ((await pacer.enter()) > 0 || !(await ask())) await sleep(1_000 + 4_000 * Math.random());
      return (Date.now() - began) / 1_000;
    };
    const ends = await settled(Promise.all(Array.from({ length: crowd }, transfer)));
    const [median = 0, longest = 0] = [ends.toSorted((a, b) => a - b)[crowd / 2], Math.max(...ends)];
    expect(longest / median).toBeLessThan(3);
    expect(longest).toBeLessThan(1.25 * ((2 * crowd) / limit));
    expect(late.refused / late.requests).toBeLessThan(0.04);
  },
);

function isDeferred(poll: PollPass): poll is Extract<PollPass, { kind: "deferred" }> {
  return poll.kind === "deferred";
}

/** Lets time pass until it is settled. */
async function settled<Result>(work: Promise<Result>): Promise<Result> {
  let isSettled = false;
  const noted = work.finally(() => {
    isSettled = true;
  });
  while (!isSettled) await pass(0.5);
  return noted;
}
