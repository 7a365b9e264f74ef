/** What the state of a delivery gains by its attempts; its input is in delivery.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AfterAttempt, afterAttempt } from "../../../functions/domain/delivery.ts";
import { longestEndpoint, withoutPath } from "../../../functions/domain/endpoint.ts";
import { type Answer, outcomeOf } from "../../../functions/domain/outcome.ts";
import { aDelivery, endedAt } from "./notifier-fixture.ts";

/** What an attempt leaves in the state, as the function has it: answer, outcome, record. */
function attempted(answer: Answer, attempt: number, delivery = aDelivery()) {
  const earlier = Array.from({ length: attempt - 1 }, (_, index) => recordOf(index + 1));
  const outcome = outcomeOf(answer, { attempt, now: endedAt, random: 0 });
  return afterAttempt(delivery, earlier, answer, outcome, endedAt);
}

const recordOf = (attempt: number) => {
  const reason = "HTTP 500";
  return { attempt, at: "2026-08-22T10:01:00.000Z", outcome: "retry", status: 500, reason, waitSeconds: 5 } as const;
};

describe("after an attempt", () => {
  it("that delivered there is an output and no failure", () => {
    const { messageId, endpoint } = aDelivery();
    const attempt = { attempt: 1, at: "2026-08-22T10:01:00.000Z", outcome: "delivered", status: 204 };
    const output = { messageId, endpoint, attempts: [attempt], response: "thanks" };
    expect(attempted({ kind: "answered", status: 204, body: "thanks" }, 1)).toEqual({ attempt, output });
  });

  it("that is to be repeated there are seconds to wait, and all attempts in their order", () => {
    const { attempt, output, failure } = attempted({ kind: "answered", status: 503, body: "busy" }, 3);
    expect(attempt).toEqual({ ...recordOf(3), status: 503, reason: "HTTP 503", waitSeconds: 1_800 });
    expect(output.attempts).toEqual([recordOf(1), recordOf(2), attempt]);
    expect([output.response, failure]).toEqual(["busy", undefined]);
  });

  it("without an answer there is no status and no response, also where there had been one", () => {
    const { attempt, output } = attempted({ kind: "unanswered", reason: "ECONNRESET at hooks.example.com" }, 2);
    expect(attempt).toMatchObject({ status: null, reason: "ECONNRESET at hooks.example.com" });
    expect(output.response).toBe("");
  });

  it.each<[string, Answer, number, string, string]>([
    [
      "410",
      { kind: "answered", status: 410, body: "" },
      1,
      "DeliveryRejected",
      "attempt 1 of 10: HTTP 410: the receiver wants no more",
    ],
    [
      "a refused address",
      { kind: "refused", reason: "10.0.0.1 is not a public address" },
      2,
      "DeliveryRejected",
      "attempt 2 of 10: 10.0.0.1 is not a public address",
    ],
    [
      "the last answer",
      { kind: "answered", status: 500, body: "try later" },
      10,
      "DeliveryExhausted",
      "attempt 10 of 10: HTTP 500; it said: try later",
    ],
    [
      "the last silence",
      { kind: "unanswered", reason: "TimeoutError at hooks.example.com" },
      10,
      "DeliveryExhausted",
      "attempt 10 of 10: TimeoutError at hooks.example.com",
    ],
  ])("that ended it by %s there is a failure that a person can read", (_what, answer, number, error, why) => {
    const { attempt, output, failure } = attempted(answer, number);
    const errorMessage = `${aDelivery().messageId} was not delivered to https://hooks.example.com: ${why}`;
    expect(failure).toEqual({ error, detail: { errorMessage } });
    expect(output.attempts).toHaveLength(number);
    expect(attempt).not.toHaveProperty("waitSeconds");
  });

  it("a cause repeats 300 characters of an answer and no half one", () => {
    const causeOf = (body: string) =>
      attempted({ kind: "answered", status: 410, body }, 1).failure?.detail.errorMessage;
    expect(causeOf("x".repeat(301))).toMatch(/ it said: x{300}$/);
    expect(causeOf(`${"x".repeat(299)}🎧`)).toMatch(/ it said: x{299}\ufffd$/);
  });

  it("no cause holds a path or a query of the endpoint", () => {
    const paths = fc.webUrl({ withQueryParameters: true, validSchemes: ["https"] }).map((url) => {
      const { origin, pathname, search } = new URL(url);
      return `${origin}/SECRET${pathname}${search || "?"}&SECRET=SECRET`;
    });
    const answers = fc.constantFrom<Answer>(
      { kind: "answered", status: 410, body: "gone" },
      { kind: "answered", status: 500, body: "" },
      { kind: "unanswered", reason: "ECONNRESET at hooks.example.com" },
      { kind: "refused", reason: "not public" },
    );
    fc.assert(
      fc.property(paths, answers, (endpoint, answer) => {
        const { failure } = attempted(answer, 10, aDelivery({ endpoint }));
        expect(failure?.detail.errorMessage).toContain(new URL(endpoint).origin);
        expect(JSON.stringify(failure)).not.toContain("SECRET");
      }),
    );
  });
});

describe("what a receiver answered, without the path of its endpoint", () => {
  const endpoint = "https://hooks.example.com/services/SECRET?token=SECRET";

  it.each([
    ["no route for POST /services/SECRET?token=SECRET", "no route for POST [endpoint]"],
    ["/services/SECRET, then /services/SECRET", "[endpoint], then [endpoint]"],
    ["https://hooks.example.com/services/SECRET?token=SECRET", "https://hooks.example.com[endpoint]"],
    ["the query was ?token=SECRET", "the query was [endpoint]"],
    ["$& $1 /services/SECRET", "$& $1 [endpoint]"],
    ["nothing of it", "nothing of it"],
    ["", ""],
  ])("%j is %j", (text, kept) => {
    expect(withoutPath(text, endpoint)).toBe(kept);
  });

  it.each([
    ["token s3cret-path not known", "token [endpoint] not known"],
    ["no key t0p%2Fs3cret, nor t0p/s3cret", "no key [endpoint], nor [endpoint]"],
    ["/hooks?a=1&amp;b=2", "/hooks?a=1&amp;b=2"],
    ["a s3cret alone", "a s3cret alone"],
  ])("loses each longer part, as written and decoded: %j is %j", (text, kept) => {
    expect(withoutPath(text, "https://hooks.example.com/hooks/s3cret-path?a=1&key=t0p%2Fs3cret")).toBe(kept);
  });

  it("keeps a path or a query of fewer than eight characters, which is in any text", () => {
    const text = "POST /hooks?a=1 / ? failed";
    for (const short of ["https://a.example", "https://a.example/", "https://a.example/a?b=1", "https://a.example/?"]) {
      expect(withoutPath(text, short)).toBe(text);
    }
    expect(withoutPath("POST /hooks1 failed", "https://a.example/hooks1")).toBe("POST /hooks1 failed");
    expect(withoutPath("POST /hooks12 failed", "https://a.example/hooks12")).toBe("POST [endpoint] failed");
  });

  it("holds neither, whatever stands around them", () => {
    fc.assert(
      fc.property(fc.webPath(), fc.string(), fc.string(), (path, before, after) => {
        const secret = `https://a.example${path}/SECRET-path?SECRET-query`;
        const { pathname, search } = new URL(secret);
        const text = withoutPath(`${before}${pathname}${search}${after} ${search} ${pathname}`, secret);
        expect(text).not.toContain("SECRET-");
      }),
    );
  });
});

describe("the state of a delivery", () => {
  /** An endpoint and an event of the largest sizes there are: 1,024 characters and 20,000 bytes. */
  const longest = aDelivery({ endpoint: "https://example.com/".padEnd(longestEndpoint, "x") });
  const data = { ...longest.event.data, metadata: { m: "" } };
  const missing = 20_000 - Buffer.byteLength(JSON.stringify({ ...longest.event, data }));
  const event = { ...longest.event, data: { ...data, metadata: { m: "m".repeat(missing) } } };
  const delivery = { ...longest, event };

  it.each([['"'], ["\\"], ["日"], ["\ufffd"], ["🎧"]])(
    "after ten answers of 16 KiB full of %j is far below 262,144 bytes, also with the event twice",
    (letter) => {
      const body = letter.repeat(16_384).slice(0, 16_384);
      const reason = letter.repeat(400).slice(0, 400);
      const answers: Answer[] = [
        ...Array.from({ length: 9 }, (_): Answer => ({ kind: "unanswered", reason })),
        { kind: "answered", status: 500, body },
      ];
      let state: Partial<AfterAttempt> = {};
      for (const answer of answers) {
        const earlier = state.output?.attempts ?? [];
        const outcome = outcomeOf(answer, { attempt: earlier.length + 1, now: endedAt, random: 0 });
        state = { ...state, ...afterAttempt(delivery, earlier, answer, outcome, endedAt) };
      }
      const whole = JSON.stringify({ execution: { name: "x".repeat(80), startedAt: "" }, input: delivery, ...state });
      expect(Buffer.byteLength(JSON.stringify(event))).toBe(20_000);
      expect(state.output?.attempts).toHaveLength(10);
      expect(state).toHaveProperty("failure");
      expect(Buffer.byteLength(whole) + Buffer.byteLength(JSON.stringify(delivery))).toBeLessThan(262_144 / 2);
      expect(Buffer.byteLength(JSON.stringify(state.output))).toBeLessThan(65_536);
    },
  );
});
