import { describe, expect, test, vi } from "vitest";
import { createEventBus } from "../../../functions/adapters/event-bus.ts";
import { unusedPort } from "../../support/unused-port.ts";
import { aDelivery, anEvent } from "../domain/notifier-fixture.ts";
import { type AwsAnswer, awsFault, localEnvironment, runAwsJson } from "./running-aws-json.ts";

const endpoint = "arn:aws:events:us-east-1:000000000000:event-bus/default";
const taken: AwsAnswer = {
  body: { FailedEntryCount: 0, Entries: [{ EventId: "11710aed-b79e-4468-a20b-bb3c0c3b4860" }] },
};

/** Puts an event on an EventBridge that answers so. */
async function put(answer: AwsAnswer, delivery = aDelivery({ endpoint })) {
  const { requests, url } = await runAwsJson(() => answer);
  const environment = { ...localEnvironment, AWS_ENDPOINT_URL_EVENTBRIDGE: url };
  return {
    answer: await createEventBus(environment, "magic-hour-audio-transfer", "audio-outputs").put(delivery),
    requests,
  };
}

/** The one entry of the one request. */
function entryOf(requests: Awaited<ReturnType<typeof put>>["requests"]): Readonly<Record<string, unknown>> {
  const [request, ...more] = requests;
  const entries = request?.body["Entries"];
  if (!Array.isArray(entries) || entries.length !== 1 || more.length > 0)
    throw new Error("not one request of one entry");
  return entries[0];
}

describe("an event on the bus", () => {
  test("is the event of the webhooks with its message id, on the bus of the ARN", async () => {
    const { answer, requests } = await put(taken);
    expect(answer).toEqual({ kind: "answered", status: 200, body: "11710aed-b79e-4468-a20b-bb3c0c3b4860" });
    expect(requests.map(({ target }) => target)).toEqual(["AWSEvents.PutEvents"]);
    const { Detail, ...entry } = entryOf(requests);
    expect(entry).toEqual({
      EventBusName: endpoint,
      Source: "magic-hour-audio-transfer",
      DetailType: "transfer.completed",
      Time: Date.parse("2026-08-22T10:01:00Z") / 1_000,
      // By it rules tell apart the stacks that share a bus.
      Resources: ["arn:aws:s3:::audio-outputs"],
    });
    const { messageId, event } = aDelivery();
    expect(JSON.parse(String(Detail))).toEqual({ id: messageId, ...event });
    expect(Object.keys(JSON.parse(String(Detail)))).toEqual(["id", "type", "timestamp", "data"]);
  });

  test("is all of the largest event, in any characters", async () => {
    const event = anEvent({
      type: "transfer.failed",
      data: { ...anEvent().data, metadata: { m: `${"日".repeat(6_000)}\u0000🎧` } },
    });
    const { answer, requests } = await put(taken, aDelivery({ endpoint, event }));
    expect(answer.kind).toBe("answered");
    expect(JSON.parse(String(entryOf(requests)["Detail"]))).toMatchObject({ ...event });
    expect(entryOf(requests)["DetailType"]).toBe("transfer.failed");
  });
});

describe("a bus other than the default one", () => {
  const own = aDelivery({ endpoint: "arn:aws:events:us-east-1:000000000000:event-bus/transfers" });

  async function putTwice(look: AwsAnswer) {
    const { requests, url } = await runAwsJson(({ target }) => (target === "AWSEvents.PutEvents" ? taken : look));
    const bus = createEventBus(
      { ...localEnvironment, AWS_ENDPOINT_URL_EVENTBRIDGE: url },
      "magic-hour-audio-transfer",
      "audio-outputs",
    );
    const answers = [await bus.put(own), await bus.put(own)];
    return { answers, requests: requests.map(({ target, body }) => [target.split(".")[1], body["Name"]]) };
  }

  test("is looked for once, because EventBridge loses what is put on a bus that is not there", async () => {
    const { answers, requests } = await putTwice({ body: { Name: "transfers" } });
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
    const put = ["PutEvents", undefined];
    expect(requests).toEqual([["DescribeEventBus", own.endpoint], put, put]);
  });

  test("that is not there gets nothing, and is looked for again by the next attempt", async () => {
    const { answers, requests } = await putTwice(awsFault("ResourceNotFoundException"));
    const answer = { kind: "unanswered", reason: `there is no event bus ${own.endpoint}` };
    expect(answers).toEqual([answer, answer]);
    expect(requests.map(([operation]) => operation)).toEqual(["DescribeEventBus", "DescribeEventBus"]);
  });

  test("that may not be looked at, as one of another account, is tried all the same", async () => {
    const { answers } = await putTwice(awsFault("AccessDeniedException"));
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
  });
});

describe("an event that the bus does not take is unanswered, and nothing is thrown", () => {
  test("because its entry failed", async () => {
    const entry = { ErrorCode: "ThrottlingException", ErrorMessage: "wait, whsec_SECRET" };
    const { answer, requests } = await put({ body: { FailedEntryCount: 1, Entries: [entry] } });
    expect(answer).toEqual({ kind: "unanswered", reason: "ThrottlingException: wait, [redacted]" });
    expect(requests).toHaveLength(1);
  });

  test.each<[string, AwsAnswer]>([
    ["without an entry", { body: { FailedEntryCount: 0, Entries: [] } }],
    ["without entries", { body: {} }],
    ["without a reason", { body: { FailedEntryCount: 1, Entries: [{}] } }],
  ])("because the answer is %s", async (_what, given) => {
    expect((await put(given)).answer).toMatchObject({ kind: "unanswered" });
  });

  test.each(["ValidationException", "AccessDeniedException", "ResourceNotFoundException", "InternalException"])(
    "because of %s, in words that hold no secret",
    async (name) => {
      const { answer } = await put(awsFault(name, name === "InternalException" ? 500 : 400));
      expect(answer).toMatchObject({
        kind: "unanswered",
        reason: expect.stringMatching(`^${name}: ${name} of \\[redacted\\]`),
      });
      expect(JSON.stringify(answer)).not.toContain("SECRET");
    },
  );

  test("because the connection is reset, three times", async () => {
    const { answer, requests } = await put("reset");
    expect(answer).toMatchObject({ kind: "unanswered", reason: expect.stringContaining("ECONNRESET") });
    expect(requests).toHaveLength(3);
  });

  test("because nobody listens", async () => {
    const environment = { ...localEnvironment, AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${await unusedPort()}` };
    const answer = await createEventBus(environment, "magic-hour-audio-transfer", "audio-outputs").put(
      aDelivery({ endpoint }),
    );
    expect(answer).toMatchObject({ kind: "unanswered", reason: expect.stringContaining("ECONNREFUSED") });
  });

  test("because no answer comes", async () => {
    vi.stubEnv("AWS_MAX_ATTEMPTS", "1");
    const { answer } = await put("stall").finally(() => vi.unstubAllEnvs());
    expect(answer).toMatchObject({ kind: "unanswered", reason: expect.stringMatching(/^TimeoutError: /) });
  });

  test("because it says something that is no JSON of AWS", async () => {
    const { answer } = await put({ status: 200, body: ["SECRET"] });
    expect(answer).toMatchObject({ kind: "unanswered" });
    expect(JSON.stringify(answer)).not.toContain("SECRET");
  });
});
