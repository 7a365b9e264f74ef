import { randomUUID } from "node:crypto";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BusEvent } from "../../../../lib/local/event-bus/bus-event.ts";
import { type EventBusEndpoint, startEventBusEndpoint } from "../../../../lib/local/event-bus/event-bus-endpoint.ts";
import { eventBusArn } from "../../../../lib/local/event-bus/event-buses.ts";
import type { Rule, TargetEvent } from "../../../../lib/local/event-bus/rule.ts";
import { warningsOf } from "./process-warnings.ts";

let told: BusEvent[];
let bus: EventBusEndpoint;

beforeEach(async () => {
  told = [];
  bus = await startEventBusEndpoint({ buses: ["transfers"], onEvent: (event) => told.push(event) });
});

afterEach(() => bus.close());

/** An event that an AWS service puts. */
function eventOf(detail: Record<string, unknown> = {}): TargetEvent {
  const time = new Date(0).toISOString();
  const sent = { source: "aws.s3", "detail-type": "Object Created", account: "0".repeat(12), resources: [], detail };
  return { version: "0", id: randomUUID(), time, region: "us-east-1", ...sent };
}

const fromS3: Rule["pattern"] = { source: ["aws.s3"] };

/** Adds a rule for everything from S3; the first attempts of its target fail as told. */
function addTarget(outcomes: readonly (() => unknown)[] = [], more: Partial<Rule> = {}): TargetEvent[] {
  const left = [...outcomes];
  const calls: TargetEvent[] = [];
  const target = (event: TargetEvent) => {
    calls.push(event);
    return left.shift()?.();
  };
  bus.addRule({ pattern: fromS3, target, retryMilliseconds: [0, 0], ...more });
  return calls;
}

const throws = () => {
  throw new RangeError("thrown");
};
const rejects = () => Promise.reject(new RangeError("rejected"));
const hangs = () => new Promise(() => undefined);

test("an event goes to the targets of the rules that it matches, as EventBridge sends it", async () => {
  const matched = addTarget([], { pattern: { source: ["aws.s3"], detail: { key: [{ suffix: "/manifest.json" }] } } });
  const unmatched = addTarget([], { pattern: { source: ["aws.s3"], detail: { key: [{ suffix: ".wav" }] } } });
  const ofAnotherBus = addTarget([], { bus: "transfers" });
  const event = eventOf({ key: "a/manifest.json" });
  bus.putOfService(event);
  expect(matched).toEqual([]);
  await bus.settled();
  expect([matched, unmatched, ofAnotherBus]).toEqual([[event], [], []]);
});

test("PutEvents reaches rules of the bus that it names; no pattern sees the bus itself", async () => {
  const everything = { source: [{ exists: true }] };
  const onDefault = addTarget([], { pattern: everything });
  const onTransfers = addTarget([], { pattern: everything, bus: eventBusArn("transfers") });
  const byBus = addTarget([], { pattern: { bus: ["transfers"] }, bus: "transfers" });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new EventBridgeClient({ endpoint: bus.url, region: "us-east-1", credentials });
  const entry = { Source: "mine", DetailType: "done", Detail: '{"a":[1]}', EventBusName: "transfers" };
  const { Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  client.destroy();
  await bus.settled();
  expect(onDefault).toEqual([]);
  expect(onTransfers).toMatchObject([{ id: Entries?.[0]?.EventId, source: "mine", detail: { a: [1] } }]);
  expect(onTransfers[0]).not.toHaveProperty("bus");
  expect(byBus).toEqual([]);
});

test("what services put is told to the observer, and is not in the list", async () => {
  const event = eventOf();
  bus.putOfService(event);
  expect([told, bus.events]).toEqual([[{ bus: "default", ...event }], []]);
});

test("rules given at the start count, too", async () => {
  const calls: TargetEvent[] = [];
  const rules = [{ pattern: fromS3, target: (event: TargetEvent) => calls.push(event) }];
  const other = await startEventBusEndpoint({ rules });
  const event = eventOf();
  other.putOfService(event);
  await other.settled();
  await other.close();
  expect(calls).toEqual([event]);
});

test("each target has a copy of its own", async () => {
  const seen: unknown[] = [];
  const target = ({ detail }: TargetEvent) => {
    seen.push({ ...detail });
    Object.assign(detail, { spoilt: true });
  };
  for (const _ of [1, 2]) bus.addRule({ pattern: fromS3, target });
  bus.putOfService(eventOf({ key: "a" }));
  await bus.settled();
  expect(seen).toEqual([{ key: "a" }, { key: "a" }]);
  expect(told[0]?.detail).toEqual({ key: "a" });
});

test.each([
  ["throws", throws],
  ["rejects", rejects],
])("a target that %s gets the event again, and its success ends it", async (_name, fails) => {
  const calls = addTarget([fails, fails]);
  const event = eventOf();
  expect(await warningsOf(() => putAndSettle(event))).toEqual([]);
  expect(calls).toEqual([event, event, event]);
});

test("a target that fails three times loses the event with a warning; other targets get it once", async () => {
  const failing = addTarget([rejects, throws, rejects]);
  const other = addTarget();
  const event = eventOf();
  const last = eventOf();
  const warnings = await warningsOf(async () => {
    await putAndSettle(event);
    await putAndSettle(last);
  });
  expect(failing).toEqual([event, event, event, last]);
  expect(other).toEqual([event, last]);
  const reason = "the target of its rule failed 3 times, at last with RangeError: rejected";
  expect(warnings).toEqual([`Event ${event.id} (Object Created) is lost: ${reason}.`]);
});

test.each([
  ["a symbol", Symbol("odd"), "Symbol(odd)"],
  ["an object without a prototype", Object.create(null) as object, "[Object: null prototype] {}"],
])("a target that throws %s disturbs nobody either", async (_, thrown, named) => {
  const throwsIt = () => {
    throw thrown;
  };
  addTarget([throwsIt, throwsIt, throwsIt]);
  const other = addTarget();
  const event = eventOf();
  expect(await warningsOf(() => putAndSettle(event))).toEqual([expect.stringContaining(`at last with ${named}.`)]);
  expect(other).toEqual([event]);
});

test("a detail that is nested too deeply to be looked at matches no rule, and the others get the event", async () => {
  const looking = addTarget([], { pattern: { source: ["aws.s3"], detail: { deep: ["x"] } } });
  const other = addTarget();
  const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as unknown;
  const warnings = await warningsOf(async () => {
    bus.putOfService(eventOf({ deep }));
    bus.putOfService(eventOf({ deep: "x" }));
    await bus.settled();
  });
  expect(looking).toHaveLength(1);
  expect(other.some(({ detail }) => detail["deep"] === "x")).toBe(true);
  expect(warnings.join()).toContain("Maximum call stack");
});

async function putAndSettle(event: TargetEvent): Promise<void> {
  bus.putOfService(event);
  await bus.settled();
}

test("a target has at most 100 events at the same time, and gets all", async () => {
  let running = 0;
  let most = 0;
  const got = new Set<unknown>();
  const target = async ({ detail }: TargetEvent) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    got.add(detail["nth"]);
    running -= 1;
  };
  bus.addRule({ pattern: fromS3, target });
  const warnings = await warningsOf(async () => {
    for (let nth = 0; nth < 1_000; nth += 1) bus.putOfService(eventOf({ nth }));
    await bus.settled();
  });
  expect([got.size, most, warnings]).toEqual([1_000, 100, []]);
});

test("of the events for a target that hangs 10,000 wait; those beyond are lost with a warning", async () => {
  const calls = addTarget(Array.from({ length: 200 }, () => hangs));
  const beyond = eventOf();
  const warnings = await warningsOf(async () => {
    for (let nth = 0; nth < 10_100; nth += 1) bus.putOfService(eventOf());
    bus.putOfService(beyond);
  });
  expect(warnings).toEqual([expect.stringMatching(`^Event ${beyond.id} .* is lost: 10000 others wait`)]);
  await expect.poll(() => calls.length).toBe(100);
});

test("closing drops what waits, for its turn or for another attempt, without a word", async () => {
  const begun = Promise.withResolvers<void>();
  const waiting = addTarget([throws], { retryMilliseconds: [3_600_000] });
  const hanging = addTarget([
    () => {
      begun.resolve();
      return hangs();
    },
  ]);
  const warnings = await warningsOf(async () => {
    bus.putOfService(eventOf());
    await begun.promise;
    bus.putOfService(eventOf());
    await bus.close();
    bus.putOfService(eventOf());
    await new Promise(setImmediate);
  });
  expect([waiting.length, hanging.length, warnings]).toEqual([1, 1, []]);
});

test("a rule is refused for a bus that is not there, and for a bad pattern; then nothing is started", async () => {
  const target = () => undefined;
  expect(() => bus.addRule({ bus: "elsewhere", pattern: fromS3, target })).toThrow(
    new RangeError("The embedded cloud has no event bus 'elsewhere'."),
  );
  const rules = [{ pattern: { source: ["a", { like: "b" }] }, target }];
  await expect(startEventBusEndpoint({ rules })).rejects.toMatchObject({
    name: "InvalidEventPatternException",
    message: "Event pattern is not valid. Reason: Unrecognized match type like",
  });
});
