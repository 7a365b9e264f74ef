/** What a receiver gets, and what becomes of its answer; receivers that misbehave are in webhook-faults.test.ts. */
import { createPublicKey, verify as verifyWith } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { fixedSigningSecret } from "../../../functions/adapters/signing-secrets.ts";
import { parseSigningKeys } from "../../../functions/domain/signature.ts";
import { httpAnswer } from "../../support/raw-listener.ts";
import { aDelivery, anEvent, endedAt } from "../domain/notifier-fixture.ts";
import { type ReceivedPost, runReceiver, secretPath, signingSecret } from "./running-webhook.ts";

const other = `whsec_${Buffer.alloc(64, 7).toString("base64")}`;
const asymmetric = `whsk_${Buffer.alloc(32, 9).toString("base64")}`;

/** What a receiver reads that uses the library of the specification. Throws when it refuses the message. */
function verified({ body, headers }: ReceivedPost | undefined = nothing, secret = signingSecret): unknown {
  return new Webhook(secret).verify(body, headers);
}

const nothing: ReceivedPost = { requestLine: "", headers: {}, body: Buffer.alloc(0) };

const thanks = httpAnswer("thanks");

describe("what a receiver gets", () => {
  test("is the event as JSON, by POST to path and query as given, and verifies", async () => {
    const { attempt, posts } = await runReceiver((socket) => socket.end(thanks));
    const event = anEvent({ data: { ...anEvent().data, metadata: { text: 'é 日本 🎧 \u0000 " \\ \u2028 \ud800' } } });
    expect(await attempt({ event })).toMatchObject({ kind: "answered", status: 200, body: "thanks" });
    const [post] = posts;
    expect(post?.requestLine).toBe(`POST ${secretPath} HTTP/1.1`);
    expect(post?.headers).toMatchObject({
      "content-type": "application/json",
      "content-length": `${Buffer.byteLength(JSON.stringify(event))}`,
      "user-agent": "magic-hour-audio-transfer",
      "webhook-id": aDelivery().messageId,
    });
    expect(post?.body.toString()).toBe(JSON.stringify(event));
    expect(verified(post)).toEqual(event);
    expect(posts).toHaveLength(1);
  });

  test("is all of the largest event", async () => {
    const { attempt, posts } = await runReceiver((socket) => socket.end(thanks));
    const event = anEvent({ data: { ...anEvent().data, metadata: { m: "日".repeat(6_000) } } });
    await attempt({ event });
    expect(verified(posts[0])).toEqual(event);
  });

  test("carries the moment of the attempt in whole seconds, taken after the secret was read", async () => {
    const { attempt, posts, clock } = await runReceiver((socket) => socket.end(thanks));
    const slow = {
      read: async () => {
        clock.now = endedAt + 12_999;
        return parseSigningKeys(signingSecret);
      },
    };
    clock.now = endedAt;
    await attempt({}, { signingSecret: slow });
    expect(posts[0]?.headers["webhook-timestamp"]).toBe(String(endedAt / 1_000 + 12));
  });

  test("is the same on every attempt but for the moment and what signs it", async () => {
    const { attempt, posts, clock } = await runReceiver((socket) => socket.end(thanks));
    await attempt();
    clock.now += 5_000;
    await attempt();
    const [first, second] = posts;
    expect(second?.body).toEqual(first?.body);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(Number(second?.headers["webhook-timestamp"])).toBe(Number(first?.headers["webhook-timestamp"]) + 5);
    expect(second?.headers["webhook-signature"]).not.toBe(first?.headers["webhook-signature"]);
    expect([verified(first), verified(second)]).toEqual([anEvent(), anEvent()]);
  });

  test("verifies with every secret while they are rotated, symmetric or not, and with no other", async () => {
    const { attempt, posts } = await runReceiver((socket) => socket.end(thanks));
    await attempt({}, { signingSecret: fixedSigningSecret(`${other}\n${signingSecret} ${asymmetric}`) });
    const [post = nothing] = posts;
    expect([verified(post), verified(post, other)]).toEqual([anEvent(), anEvent()]);
    expect(() => verified(post, `whsec_${Buffer.alloc(24).toString("base64")}`)).toThrow("No matching signature");
    const [key] = parseSigningKeys(asymmetric);
    if (key?.scheme !== "v1a") throw new Error("not a key of ed25519");
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": header = "" } = post.headers;
    const signature = Buffer.from(header.split(" v1a,")[1] ?? "", "base64");
    const content = Buffer.from(`${id}.${timestamp}.${post.body}`);
    expect(verifyWith(null, content, createPublicKey(key.privateKey), signature)).toBe(true);
  });
});

describe("an answer", () => {
  const answering = (status: number, headLines: readonly string[] = [], body = "") =>
    runReceiver((socket) => socket.end(httpAnswer(body, headLines).replace("200 OK", `${status} Word`)));

  test.each([200, 202, 204, 299, 301, 400, 410, 429, 500, 503, 599])(
    "of %d is an answer, whatever it means",
    async (status) => {
      const { attempt } = await answering(status);
      expect(await attempt()).toEqual({ kind: "answered", status, retryAfter: undefined, body: "" });
    },
  );

  test.each(["120", "Sat, 22 Aug 2026 10:10:00 GMT", "garbage"])(
    "passes Retry-After on as it is: %s",
    async (header) => {
      const { attempt } = await answering(429, [`Retry-After: ${header}`]);
      expect(await attempt()).toMatchObject({ kind: "answered", status: 429, retryAfter: header });
    },
  );

  test.each([301, 302, 303, 307, 308])("of %d is not followed", async (status) => {
    const elsewhere = await runReceiver((socket) => socket.end(thanks));
    for (const location of ["/elsewhere", `${elsewhere.url}/`]) {
      const { attempt, posts, raw } = await answering(status, [`location: ${location}`]);
      expect(await attempt()).toMatchObject({ kind: "answered", status });
      expect([posts.length, raw.connections, elsewhere.raw.connections]).toEqual([1, 1, 0]);
    }
  });

  test.each([
    ["a signing secret", `no ${signingSecret} here`, "no [redacted] here"],
    ["a private signing key", `no ${asymmetric} here`, "no [redacted] here"],
    ["a bearer token", "Authorization: Bearer SECRET", "Authorization: Bearer [redacted]"],
    ["a URL with a query", "see https://a.example/x?SECRET now", "see https://a.example/x?[redacted] now"],
    ["control characters", "a\u0000\r\n\u001b[31mb\u007f\u0085c", "a [31mb c"],
    ["bytes that are no UTF-8", Buffer.from([0x61, 0xff, 0xc3]).toString("latin1"), "aÿÃ"],
  ])("that holds %s is kept without", async (_what, body, kept) => {
    const { attempt } = await answering(500, [], body);
    expect(await attempt()).toMatchObject({ kind: "answered", status: 500, body: kept });
  });

  test("that repeats the endpoint is kept without its path and query", async () => {
    const { attempt } = await answering(404, [], `no route for POST ${secretPath}`);
    const result = await attempt();
    expect(result).toMatchObject({ kind: "answered", status: 404, body: "no route for POST [endpoint]" });
  });

  test("is kept up to 16,384 bytes, of characters that are whole", async () => {
    const answers = ["x".repeat(16_384), "x".repeat(16_385), `${"x".repeat(16_383)}é`];
    const { attempt } = await runReceiver((socket) => socket.end(httpAnswer(answers.shift())));
    const bodies = [await attempt(), await attempt(), await attempt()].map((answer) => "body" in answer && answer.body);
    expect(bodies).toEqual(["x".repeat(16_384), "x".repeat(16_384), `${"x".repeat(16_383)}\ufffd`]);
  });
});

test("an endpoint is called in the one spelling by which it is told apart, so that it borrows no other one's secret", async () => {
  const { attempt, posts, url } = await runReceiver((socket) => socket.end(httpAnswer()));
  await attempt({ endpoint: `${url}/tenant-b/../tenant-a/%2e%2e/hook?x=%2F` });
  expect(posts.map(({ requestLine }) => requestLine)).toEqual(["POST /hook?x=%2F HTTP/1.1"]);
});
