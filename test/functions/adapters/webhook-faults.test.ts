/** Receivers that misbehave on a socket, endpoints that are none, and secrets that do not sign. */
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createGuardedHttp, type GuardedHttpOptions } from "../../../functions/adapters/guarded-http.ts";
import { fixedSigningSecret } from "../../../functions/adapters/signing-secrets.ts";
import { postWebhook } from "../../../functions/adapters/webhook.ts";
import { httpAnswer } from "../../support/raw-listener.ts";
import { selfSigned } from "../../support/self-signed.ts";
import { unusedPort } from "../../support/unused-port.ts";
import { aDelivery } from "../domain/notifier-fixture.ts";
import { runReceiver, signingSecret } from "./running-webhook.ts";

/** Milliseconds for an attempt in all, where its end is waited for. */
const timeout = 500;

/** Writes a piece over and over, far more often than any time-out between two pieces, until the client leaves. */
function drip(socket: Socket, head: string, piece: string): void {
  socket.write(head);
  const timer = setInterval(() => socket.write(piece), 10);
  socket.on("close", () => clearInterval(timer));
}

const ok = "HTTP/1.1 200 OK\r\n";

describe("a receiver that gives no status in time", () => {
  test.each<[string, (socket: Socket) => void]>([
    ["is silent", () => undefined],
    ["stops within its headers", (socket) => socket.write(`${ok}x: y`)],
    ["drips its status line a byte at a time", (socket) => drip(socket, "HTTP/1.1 200 ", "O")],
    ["drips its headers a byte at a time", (socket) => drip(socket, `${ok}x: `, "y")],
    ["sends headers without an end", (socket) => drip(socket, ok, "x: y\r\n")],
    ["sends hints without an end", (socket) => drip(socket, "", "HTTP/1.1 103 Early Hints\r\n\r\n")],
  ])("because it %s is left, unanswered, and its connection closed", async (_what, answer) => {
    const { attempt, raw, posts } = await runReceiver(answer);
    expect(await attempt({}, { timeout })).toEqual({
      kind: "unanswered",
      reason: expect.stringMatching(/^(TimeoutError|HEADERS_TIMEOUT) at 127\.0\.0\.1:\d+$/),
    });
    expect(posts).toHaveLength(1);
    await expect.poll(() => raw.openConnections).toBe(0);
  });
});

describe("a status decides, whatever becomes of the body", () => {
  test.each([200, 429])("that drips: %d", async (status) => {
    const head = `HTTP/1.1 ${status} Word\r\nretry-after: 7\r\ntransfer-encoding: chunked\r\n\r\n`;
    const { attempt, raw } = await runReceiver((socket) => drip(socket, head, "1\r\nx\r\n"));
    const body = expect.stringMatching(/^x+ \(the body broke off: TimeoutError\)$/);
    expect(await attempt({}, { timeout })).toEqual({ kind: "answered", status, retryAfter: "7", body });
    await expect.poll(() => raw.openConnections).toBe(0);
  });

  test("that stalls", async () => {
    const { attempt } = await runReceiver((socket) => socket.write(`${ok}content-length: 9\r\n\r\n1234`));
    const broken = expect.stringMatching(/^1234 \(the body broke off: (TimeoutError|BODY_TIMEOUT)\)$/);
    expect(await attempt({}, { timeout })).toMatchObject({ kind: "answered", status: 200, body: broken });
  });

  test.each<[string, (socket: Socket) => void]>([
    ["is reset", (socket) => socket.write(`${ok}content-length: 9\r\n\r\n1234`, () => socket.resetAndDestroy())],
    ["is cut short", (socket) => socket.end(`${ok}content-length: 9\r\n\r\n1234`)],
    ["ends inside a chunk", (socket) => socket.end(`${ok}transfer-encoding: chunked\r\n\r\n9\r\n1234`)],
    ["is no chunk", (socket) => socket.end(`${ok}transfer-encoding: chunked\r\n\r\nSECRET\r\n`)],
  ])("that %s", async (_what, answer) => {
    const { attempt, posts } = await runReceiver(answer);
    const broken = expect.stringMatching(/^(?:1234 )?\(the body broke off: \w+\)$/);
    expect(await attempt()).toMatchObject({ kind: "answered", status: 200, body: broken });
    expect(posts).toHaveLength(1);
  });

  test("that stalls where no more would be kept: nobody waits for the rest", async () => {
    const body = "x".repeat(16_384);
    const { attempt } = await runReceiver((socket) => socket.write(`${ok}content-length: 99999\r\n\r\n${body}`));
    expect(await attempt({}, { timeout: 60_000 })).toMatchObject({ kind: "answered", status: 200, body });
  });

  test("that has no end: 16,384 bytes are kept, few are taken, and the connection is closed", async () => {
    const chunk = "x".repeat(65_536);
    let written = 0;
    const { attempt, raw } = await runReceiver((socket) => {
      const more = () => {
        // As much as goes, for as long as the client takes it.
        while (!socket.destroyed && socket.write(chunk)) written += chunk.length;
      };
      socket.write(`${ok}connection: close\r\n\r\n`);
      socket.on("drain", more);
      more();
    });
    expect(await attempt()).toEqual({ kind: "answered", status: 200, retryAfter: undefined, body: "x".repeat(16_384) });
    await expect.poll(() => raw.openConnections).toBe(0);
    // What the buffers of two sockets hold (Linux gives them up to 4 and 6 MiB): not what 15 s of reading would take.
    expect(written).toBeLessThan(16 * 1_024 ** 2);
  });
});

describe("a receiver that gives no status at all", () => {
  const hugeHeaders = Array.from({ length: 40 }, (_, nth) => `x-${nth}: ${"y".repeat(1_000)}`);

  test.each<[string, RegExp, (socket: Socket) => void]>([
    ["resets the connection", /^ECONNRESET at /, (socket) => socket.resetAndDestroy()],
    ["ends the connection", /^ECONNRESET at /, (socket) => socket.end()],
    ["speaks no HTTP", /^HPE_INVALID_CONSTANT at /, (socket) => socket.end("220 SECRET.test ESMTP\r\n\r\n")],
    ["has no end of headers", /^HPE_HEADER_OVERFLOW at /, (socket) => socket.end(httpAnswer("", hugeHeaders))],
  ])("because it %s is unanswered, and not asked again at once", async (_what, reason, answer) => {
    const { attempt, raw } = await runReceiver(answer);
    const result = await attempt();
    expect(result).toEqual({ kind: "unanswered", reason: expect.stringMatching(reason) });
    expect(JSON.stringify(result)).not.toContain("SECRET");
    expect(raw.connections).toBe(1);
  });

  test("because nobody listens is unanswered", async () => {
    const endpoint = `http://127.0.0.1:${await unusedPort()}/SECRET?SECRET`;
    const result = await postAway(endpoint, { exceptions: new URL(endpoint).origin });
    expect(result).toEqual({ kind: "unanswered", reason: `ECONNREFUSED at ${new URL(endpoint).host}` });
  });

  test("because its name is unknown is unanswered", async () => {
    const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const result = await postAway("https://gone.test/SECRET", { resolve: (_host, answer) => answer(unknown, []) });
    expect(result).toEqual({ kind: "unanswered", reason: "ENOTFOUND at gone.test" });
  });

  test("because its name is never resolved is unanswered", async () => {
    const result = await postAway("https://slow.test/SECRET", { resolve: () => undefined, connectTimeout: 200 });
    expect(result).toEqual({
      kind: "unanswered",
      reason: expect.stringMatching(/^(TimeoutError|UND_ERR_CONNECT_TIMEOUT) at slow\.test$/),
    });
  });
});

test("a certificate that nobody vouches for is unanswered, and nothing is sent", async () => {
  let [requests, bytes] = [0, 0];
  const server = createServer(selfSigned, (_request, response) => {
    requests += 1;
    response.end();
  });
  server.on("secureConnection", (socket: Socket) => socket.on("data", (piece) => (bytes += piece.length)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const result = await postAway(`${origin}/SECRET`, { exceptions: origin });
  expect(result).toEqual({ kind: "unanswered", reason: `DEPTH_ZERO_SELF_SIGNED_CERT at ${new URL(origin).host}` });
  expect([requests, bytes]).toEqual([0, 0]);
});

/** One attempt at an endpoint that is not a receiver of these tests. */
async function postAway(endpoint: string, options: GuardedHttpOptions = {}) {
  const http = createGuardedHttp(options);
  onTestFinished(() => http.close());
  const keys = fixedSigningSecret(signingSecret);
  return postWebhook(aDelivery({ endpoint }), { http, signingSecret: keys, now: Date.now, timeout });
}

describe("an endpoint that is not public is refused", () => {
  test.each([
    "https://127.0.0.1/SECRET?SECRET",
    "https://127.1/SECRET",
    "https://2130706433/SECRET",
    "https://0x7f.0.0.1/SECRET",
    "https://0177.0.0.1/SECRET",
    "https://[::1]/SECRET",
    "https://[::ffff:10.0.0.1]/SECRET",
    "https://[64:ff9b::a00:1]/SECRET",
    "https://[fd00:ec2::254]/SECRET",
    "https://169.254.169.254/latest/SECRET",
    "https://10.0.0.1:8443/SECRET",
    "https://0.0.0.0/SECRET",
    "http://93.184.215.14/SECRET",
    "https://user:SECRET@example.com/",
  ])("%s", async (endpoint) => {
    const result = await postAway(endpoint);
    expect(result.kind).toBe("refused");
    expect(JSON.stringify(result)).not.toContain("SECRET");
  });

  const publicAddress = { address: "93.184.215.14", family: 4 };

  test.each([
    ["loopback", [{ address: "127.0.0.1", family: 4 }]],
    ["the metadata of a machine", [{ address: "169.254.169.254", family: 4 }]],
    ["one private address among public ones", [publicAddress, { address: "10.0.0.1", family: 4 }]],
    ["a mapped address", [{ address: "::ffff:127.0.0.1", family: 6 }]],
    ["nothing", []],
  ])("when its name resolves to %s", async (_what, addresses) => {
    const result = await postAway("https://rebinding.test/SECRET", {
      resolve: (_host, answer) => answer(null, addresses),
    });
    expect(result).toEqual({ kind: "refused", reason: "rebinding.test resolves to an address that is not public" });
  });
});

describe("without keys nothing is sent, and it may be put right while the schedule lasts", () => {
  test.each([
    ["too short", "whsec_c2hvcnQ=", "a signing secret must be whsec_ and 24 to 64 bytes in base64, these are 5"],
    ["no base64", "whsec_SECRET!", "a signing secret must be whsec_ and 24 to 64 bytes in base64, this is no base64"],
    ["empty", "", "a signing secret must hold 1 to 4 keys, this one holds 0"],
    ["of ed25519 and too short", "whsk_AAAA", "an ed25519 signing key must be whsk_ and 32 bytes in base64"],
  ])("a secret that is %s", async (_what, text, reason) => {
    const { attempt, raw } = await runReceiver((socket) => socket.end(httpAnswer()));
    const result = await attempt({}, { signingSecret: fixedSigningSecret(text) });
    expect(result).toEqual({ kind: "unanswered", reason });
    expect(raw.connections).toBe(0);
  });

  test.each<[unknown, string]>([
    [Object.assign(new Error("arn of SECRET"), { name: "AccessDeniedException" }), "AccessDeniedException"],
    ["SECRET", "unknown fault"],
  ])("a secret that cannot be read: %s", async (thrown, name) => {
    const { attempt, raw } = await runReceiver((socket) => socket.end(httpAnswer()));
    const result = await attempt({}, { signingSecret: { read: () => Promise.reject(thrown) } });
    expect(result).toEqual({ kind: "unanswered", reason: `the signing secret cannot be read: ${name}` });
    expect(raw.connections).toBe(0);
  });
});
