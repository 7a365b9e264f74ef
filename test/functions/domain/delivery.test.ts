import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDelivery } from "../../../functions/domain/delivery.ts";
import { isEventBus, longestEndpoint, placeOf } from "../../../functions/domain/endpoint.ts";
import { InvalidInput } from "../../../functions/domain/errors.ts";
import { aDelivery, anEvent } from "./notifier-fixture.ts";

const busArn = "arn:aws:events:us-east-1:000000000000:event-bus/default";

/** The message with which an input is refused; the test fails when it is accepted or something else is thrown. */
function refusal(raw: unknown): string {
  try {
    parseDelivery(raw);
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  throw new Error("the delivery was accepted");
}

describe("the input of a delivery", () => {
  it("is taken as it is, to the letter", () => {
    const delivery = aDelivery();
    expect(parseDelivery(delivery)).toBe(delivery);
    for (const endpoint of [
      busArn,
      "http://127.0.0.1:4011/",
      `https://a.example/${"x".repeat(longestEndpoint - 18)}`,
    ]) {
      expect(parseDelivery(aDelivery({ endpoint })).endpoint).toBe(endpoint);
    }
    const later = {
      ...delivery,
      event: { ...anEvent(), type: "transfer.archived", data: 5 },
      note: "a field of tomorrow",
    };
    expect(parseDelivery(later)).toBe(later);
  });

  it.each([[undefined], [null], [5], ["msg_1"], [[]], [{}]])("refuses %j as a whole", (raw) => {
    expect(refusal(raw)).toBe("messageId, endpoint and event are needed");
  });

  it.each(["messageId", "endpoint", "event"])("refuses one without %s", (name) => {
    const { [name]: _, ...rest } = { ...aDelivery() } as Record<string, unknown>;
    expect(refusal(rest)).toBe("messageId, endpoint and event are needed");
  });

  it.each([
    ["", "must be 1 to 100 characters of A-Z a-z 0-9 _ -"],
    ["msg.1", "must be 1 to 100 characters of A-Z a-z 0-9 _ -"],
    ["msg_1\r\nx: y", "must be 1 to 100 characters of A-Z a-z 0-9 _ -"],
    ["msg_1\n", "must be 1 to 100 characters of A-Z a-z 0-9 _ -"],
    ["ü", "must be 1 to 100 characters of A-Z a-z 0-9 _ -"],
    ["a".repeat(101), "must be 1 to 100 characters of A-Z a-z 0-9 _ -"],
    [null, "must be a text"],
    [5, "must be a text"],
  ])("refuses the message id %j", (messageId, problem) => {
    expect(refusal({ ...aDelivery(), messageId })).toBe(`messageId: ${problem}`);
    expect(parseDelivery(aDelivery({ messageId: "a".repeat(100) }))).toHaveProperty("messageId");
  });

  it.each([
    ["https://user:SECRET@example.com/", "must not carry user information"],
    ["https://example.com/#SECRET", "must not have a fragment"],
    [
      "https://example.com/ü?SECRET",
      "must be a URL that begins with https:// and has no blank and no character outside ASCII",
    ],
    [`https://example.com/${"x".repeat(longestEndpoint)}`, "must be at most 1024 characters"],
    [
      "arn:aws:sqs:us-east-1:000000000000:queue",
      "must be a URL that begins with https:// and has no blank and no character outside ASCII",
    ],
    [null, "must be a text"],
    [{}, "must be a text"],
  ])("refuses the endpoint %j", (endpoint, problem) => {
    expect(refusal({ ...aDelivery(), endpoint })).toBe(`endpoint: ${problem}`);
  });

  it.each([[null], [5], ["{}"], [[]], [{}], [{ type: "transfer.completed" }], [{ timestamp: "2026-08-22T10:01:00Z" }]])(
    "refuses the event %j",
    (event) => {
      expect(refusal({ ...aDelivery(), event })).toBe("event: must be an object with a type and a timestamp");
    },
  );

  it.each(["", "now", "2026-08-22", "1614265330", "Sat, 22 Aug 2026 10:10:00 GMT", "2026-13-01T00:00:00Z"])(
    "refuses the time %j, which no event bus could read",
    (timestamp) => {
      const problem = "event.timestamp: must be a time in ISO 8601, such as 2026-08-22T10:00:00Z";
      expect(refusal({ ...aDelivery(), event: anEvent({ timestamp }) })).toBe(problem);
    },
  );

  it("names all that is wrong at once", () => {
    const event = { type: 5, timestamp: null };
    expect(refusal({ messageId: "a.b", endpoint: "http:/x", event }).split("; ")).toEqual([
      "messageId: must be 1 to 100 characters of A-Z a-z 0-9 _ -",
      "endpoint: must be a URL that begins with https:// and has no blank and no character outside ASCII",
      "event.type: must be a text",
      "event.timestamp: must be a text",
    ]);
  });

  it("of any kind is a delivery or InvalidInput, which repeats nothing of it", () => {
    const any = fc.record(
      { messageId: fc.jsonValue(), endpoint: fc.jsonValue(), event: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(any, fc.jsonValue()), (raw) => {
        expect(refusal(raw).length).toBeLessThan(400);
      }),
    );
  });
});

describe("an event bus", () => {
  it.each([
    busArn,
    "arn:aws-us-gov:events:us-gov-west-1:123456789012:event-bus/b.c-d_e",
    "arn:aws-cn:events:cn-north-1:123456789012:event-bus/x",
  ])("is %s, and is called so", (arn) => {
    expect(isEventBus(arn)).toBe(true);
    expect(placeOf(arn)).toBe(arn);
  });

  it.each([
    "default",
    "https://example.com/arn:aws:events:us-east-1:000000000000:event-bus/default",
    `${busArn}?x`,
    `${busArn}\n`,
    "arn:aws:events:us-east-1:1:event-bus/default",
    "arn:aws:events:us-east-1:000000000000:rule/default",
    "arn:aws:events:us-east-1:000000000000:event-bus/",
    `${busArn}/../x`,
  ])("is not %j", (text) => {
    expect(isEventBus(text)).toBe(false);
  });
});
