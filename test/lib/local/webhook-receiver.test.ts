import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import { AnsweredMessages } from "../../../lib/local/webhook-receiver/answered-messages.ts";
import {
  startWebhookReceiver,
  type WebhookReceiver,
  type WebhookReceiverOptions,
} from "../../../lib/local/webhook-receiver.ts";

const secret = newSecret();
const BODY = '{"type": "transfer.completed", "data": {"id": "ünïcode"}}';
const receivers: WebhookReceiver[] = [];

afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});

function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

async function start(options: Partial<WebhookReceiverOptions> = {}): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver({ signingSecrets: [secret], ...options });
  receivers.push(receiver);
  return receiver;
}

/** The headers of an attempt, signed by the package that the specification's authors publish. */
function signed(body = BODY, { id = "msg_1", at = new Date(), by = secret } = {}): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(by).sign(id, at, body),
  };
}

async function post(
  { url }: WebhookReceiver,
  headers: Record<string, string>,
  body: string | Buffer<ArrayBuffer> = BODY,
  path = "/hooks",
) {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}

test("a signed webhook is verified, told and answered 204", async () => {
  const told: unknown[] = [];
  const receiver = await start({ onWebhook: (webhook) => told.push(webhook) });
  const at = new Date(Math.floor(Date.now() / 1000) * 1000);
  expect(await post(receiver, signed(BODY, { id: "msg_a", at }), BODY, "/hooks/a?token=secret")).toEqual({
    status: 204,
    text: "",
  });
  expect(receiver.received).toEqual([
    {
      path: "/hooks/a",
      messageId: "msg_a",
      timestamp: at,
      type: "transfer.completed",
      body: BODY,
      isVerified: true,
      isRepeat: false,
    },
  ]);
  expect(told).toEqual(receiver.received);
});

describe("who signed", () => {
  test("a wrong secret is not verified", async () => {
    const receiver = await start();
    expect(await post(receiver, signed(BODY, { by: newSecret() }))).toEqual({
      status: 401,
      text: "No matching signature found.\n",
    });
    expect(receiver.received).toMatchObject([{ isVerified: false, problem: "No matching signature found." }]);
  });

  test("any of several secrets verifies", async () => {
    const other = newSecret();
    const receiver = await start({ signingSecrets: [other, secret] });
    expect((await post(receiver, signed(BODY, { id: "a", by: other }))).status).toBe(204);
    expect((await post(receiver, signed(BODY, { id: "b", by: secret }))).status).toBe(204);
  });

  test("one matching signature among others and unknown versions is enough", async () => {
    const receiver = await start();
    const headers = signed();
    const mine = headers["webhook-signature"] ?? "";
    const others = signed(BODY, { by: newSecret() })["webhook-signature"] ?? "";
    const list = `v1a,${others.slice(3)} ${others} v1 ${mine}`;
    expect((await post(receiver, { ...headers, "webhook-signature": list })).status).toBe(204);
    const unknownVersion = mine.replace("v1,", "v2,");
    expect((await post(receiver, { ...headers, "webhook-signature": unknownVersion })).status).toBe(401);
  });

  test("the vector of the Standard Webhooks library is known, and refused only for its age", async () => {
    const receiver = await start({ signingSecrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] });
    const headers = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    await post(receiver, headers, '{"test": 2432232314}');
    expect(receiver.received).toMatchObject([
      { timestamp: new Date(1_614_265_330_000), problem: "Message timestamp too old.", type: undefined },
    ]);
  });
});

describe("what was signed", () => {
  test("one blank more is another body", async () => {
    const receiver = await start();
    expect((await post(receiver, signed(), BODY.replace(": ", ":  "))).status).toBe(401);
    expect(receiver.received).toMatchObject([{ isVerified: false, type: "transfer.completed" }]);
  });

  test("a body that is no JSON, or none, has no type", async () => {
    const receiver = await start();
    expect((await post(receiver, signed("text"), "text")).status).toBe(204);
    expect((await post(receiver, signed("", { id: "msg_2" }), "")).status).toBe(204);
    expect((await post(receiver, signed('{"type":1}', { id: "msg_3" }), '{"type":1}')).status).toBe(204);
    expect(receiver.received.map(({ type }) => type)).toEqual([undefined, undefined, undefined]);
  });

  test("bytes that are not UTF-8 are not verified by the text they decode to", async () => {
    const receiver = await start();
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    expect(await post(receiver, signed(bytes.toString()), bytes)).toEqual({
      status: 401,
      text: "The body is not UTF-8.\n",
    });
  });

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without %s it is not verified", async (name) => {
    const receiver = await start();
    const { [name]: _, ...headers } = signed();
    expect((await post(receiver, headers)).status).toBe(401);
    expect(receiver.received).toMatchObject([{ isVerified: false, problem: "Missing required headers." }]);
    expect(receiver.received[0]?.messageId).toBe(headers["webhook-id"]);
  });

  test.each([
    ["too old", -301],
    ["too new", 310],
  ])("an attempt that is %s is not verified", async (problem, seconds) => {
    const receiver = await start();
    const at = new Date(Date.now() + seconds * 1000);
    expect(await post(receiver, signed(BODY, { at }))).toEqual({
      status: 401,
      text: `Message timestamp ${problem}.\n`,
    });
  });

  test("a timestamp that is no time", async () => {
    const receiver = await start();
    await post(receiver, { ...signed(), "webhook-timestamp": "soon" });
    await post(receiver, { ...signed(), "webhook-timestamp": "9".repeat(20) });
    expect(receiver.received.map(({ timestamp }) => timestamp)).toEqual([undefined, undefined]);
  });
});

describe("repeats", () => {
  test("a message id that was answered 2xx at this path is one", async () => {
    const receiver = await start();
    await post(receiver, signed(BODY, { at: new Date(Date.now() - 5000) }));
    await post(receiver, signed());
    await post(receiver, signed(), BODY, "/elsewhere");
    await post(receiver, signed(BODY, { id: "msg_2" }));
    expect(receiver.received.map(({ isRepeat }) => isRepeat)).toEqual([false, true, false, false]);
  });

  test("a message id that was refused, or came unsigned, is none", async () => {
    const statuses = [500, 202, 202];
    const receiver = await start({ answer: () => statuses.shift() ?? 204 });
    expect((await post(receiver, signed())).status).toBe(500);
    expect((await post(receiver, signed(BODY, { by: newSecret() }))).status).toBe(202);
    expect((await post(receiver, signed())).status).toBe(202);
    expect((await post(receiver, signed(BODY, { by: newSecret() }))).status).toBe(204);
    expect((await post(receiver, signed())).status).toBe(204);
    expect(receiver.received.map(({ isRepeat }) => isRepeat)).toEqual([false, false, false, false, true]);
  });

  test("the newest 10,000 messages are remembered", () => {
    const answered = new AnsweredMessages();
    for (let id = 0; id < 10_000; id += 1) answered.add("/", String(id));
    // Its return makes the first one the newest, so that the second is the oldest.
    answered.add("/", "0");
    answered.add("/", "new");
    expect(["0", "1", "2", "new"].map((id) => answered.has("/", id))).toEqual([true, false, true, true]);
  });
});

describe("answers", () => {
  test("a test's own answer, by what came", async () => {
    const receiver = await start({ answer: ({ path }) => (path === "/gone" ? 410 : 200) });
    expect((await post(receiver, signed(), BODY, "/gone")).status).toBe(410);
    expect((await post(receiver, {})).status).toBe(200);
  });

  test("observers that throw become process warnings", async () => {
    const warnings: string[] = [];
    const listen = ({ message }: Error) => warnings.push(message);
    process.on("warning", listen);
    const onWebhook = () => {
      throw new RangeError("observer");
    };
    const observed = await start({ onWebhook });
    const crashed = await start({
      answer: ({ path }) => {
        if (path === "/") return 42;
        throw new RangeError("crash");
      },
    });
    expect((await post(observed, signed())).status).toBe(204);
    expect((await post(crashed, signed())).status).toBe(500);
    expect((await post(crashed, signed(), BODY, "/")).status).toBe(500);
    await new Promise(setImmediate);
    process.off("warning", listen);
    expect(warnings).toEqual(["observer", "crash", "answer must give a status from 200 to 599, not 42"]);
    expect(crashed.received.map(({ isRepeat }) => isRepeat)).toEqual([false, false]);
  });

  test("other methods are answered 405", async () => {
    const receiver = await start();
    const response = await fetch(`${receiver.url}/hooks`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    expect(await response.text()).toBe("This is a receiver of webhooks: it takes POST only.\n");
    expect(receiver.received).toEqual([]);
  });

  test("a body of 1 MiB is taken, one byte more is not", async () => {
    const receiver = await start();
    const largest = "x".repeat(1024 * 1024);
    expect((await post(receiver, signed(largest), largest)).status).toBe(204);
    expect(await post(receiver, signed(`${largest}x`), `${largest}x`)).toEqual({
      status: 413,
      text: "A webhook has at most 1 MiB here.\n",
    });
    expect(receiver.received).toHaveLength(1);
  });
});

test("the newest 1,000 webhooks are kept", async () => {
  const receiver = await start();
  for (let id = 0; id <= 1000; id += 1) await post(receiver, { "webhook-id": String(id) }, "");
  expect(receiver.received.length).toBe(1000);
  expect([receiver.received[0]?.messageId, receiver.received.at(-1)?.messageId]).toEqual(["1", "1000"]);
});

test("a receiver without a usable secret does not start", async () => {
  await expect(startWebhookReceiver({ signingSecrets: [] })).rejects.toThrow(RangeError);
  await expect(startWebhookReceiver({ signingSecrets: ["whsec_!"] })).rejects.toThrow(/Base64/);
});

test("a closed receiver takes nothing", async () => {
  const receiver = await start();
  await receiver.close();
  await expect(post(receiver, signed())).rejects.toThrow("fetch failed");
});
