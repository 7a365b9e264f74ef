/**
 * Receivers that misbehave below HTTP. An attempt is given 15 s in real time: those that use them up run side by side, and
 * the tests assert no time.
 */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Misdeed } from "../support/misbehaving-receiver.ts";
import {
  dripsBody,
  dripsHeaders,
  endlessBody,
  endlessHeaders,
  neverAnswers,
  resets,
  resetsInBody,
  speaksNoHttp,
} from "../support/misdeeds.ts";
import { type NotifiedProjectOptions, startNotifiedProject } from "../support/notified-project.ts";
import { startRawListener } from "../support/raw-listener.ts";
import { selfSigned } from "../support/self-signed.ts";

/** Runs a transfer whose one receiver does this at its first attempt, and accepts the next one. */
async function deliverTo(misdeed: Misdeed) {
  await using project = await startNotifiedProject({ script: ({ nth }) => (nth === 1 ? misdeed : 204) });
  const end = await project.transfer();
  const [delivery] = await project.deliveries();
  // The rest of an answer that nobody reads is not left to come.
  await vi.waitFor(() => expect(project.receiver.openConnections).toBe(0));
  expect([end.status, end.output.announced]).toEqual(["SUCCEEDED", true]);
  const { attempts } = project.receiver;
  expect(new Set(attempts.map(({ messageId }) => messageId)).size).toBe(1);
  return { delivery, attempts };
}

describe.concurrent("the attempt fails, and the next one delivers, where a receiver", () => {
  test.each<[string, Misdeed, RegExp]>([
    ["never answers", neverAnswers, /^(TimeoutError|HEADERS_TIMEOUT) at 127/],
    ["sends headers drop by drop", dripsHeaders, /^(TimeoutError|HEADERS_TIMEOUT) at 127/],
    ["sends headers without an end", endlessHeaders, /^HPE_HEADER_OVERFLOW at 127/],
    ["resets the connection", resets, /^ECONNRESET at 127/],
    ["speaks no HTTP", speaksNoHttp, /^(HTTPParserError|HPE_\w+) at 127/],
  ])("%s", async (_, misdeed, reason) => {
    const { delivery, attempts } = await deliverTo(misdeed);
    expect(delivery?.status).toBe("SUCCEEDED");
    expect(delivery?.attempts).toMatchObject([
      { outcome: "retry", status: null, reason: expect.stringMatching(reason) },
      { outcome: "delivered" },
    ]);
    expect(attempts).toHaveLength(2);
  });

  test("answers 500 with a body that never ends", async () => {
    const { delivery } = await deliverTo(endlessBody(500));
    expect(delivery?.attempts).toMatchObject([{ outcome: "retry", status: 500 }, { outcome: "delivered" }]);
  });
});

describe.concurrent("a status of 200 delivers, whatever becomes of the body", () => {
  test("that comes drop by drop: it is not waited for longer than the attempt lasts", async () => {
    const { delivery, attempts } = await deliverTo(dripsBody(200));
    expect(delivery?.attempts).toMatchObject([{ outcome: "delivered", status: 200 }]);
    expect(delivery?.output.response).toMatch(/\(the body broke off: (TimeoutError|BODY_TIMEOUT)\)$/);
    expect(attempts).toHaveLength(1);
  });

  test("that never ends: it is cut at 16 KiB, and the connection closed", async () => {
    const { delivery, attempts } = await deliverTo(endlessBody(200));
    expect(delivery?.attempts).toMatchObject([{ outcome: "delivered", status: 200 }]);
    expect(delivery?.output.response).toBe("endless ".repeat(16_384 / 8));
    expect(attempts).toHaveLength(1);
  });

  test("that breaks off", async () => {
    const { delivery, attempts } = await deliverTo(resetsInBody(200));
    expect(delivery?.attempts).toMatchObject([{ outcome: "delivered", status: 200 }]);
    expect(delivery?.output.response).toMatch(/\(the body broke off: \w+\)$/);
    expect(attempts).toHaveLength(1);
  });
});

/** Runs a transfer whose stack has this endpoint besides its receiver, and hands over how that delivery ended. */
async function deliverBeside(url: string, options: NotifiedProjectOptions = {}) {
  const notifier = { webhooks: [{ url }] };
  await using project = await startNotifiedProject({ ...options, guardExceptions: [new URL(url).origin], notifier });
  const end = await project.transfer();
  expect([end.status, end.output.announced]).toEqual(["SUCCEEDED", true]);
  const deliveries = await project.deliveries();
  expect(deliveries).toHaveLength(1);
  return deliveries[0];
}

describe("TLS has no insecure fallback, also where the address is excepted from the guard's rules", () => {
  test("a certificate that nobody vouches for: no request is sent, and the schedule goes on to its end", async () => {
    let [connections, requests] = [0, 0];
    const server = createServer(selfSigned, (_request, response) => {
      requests += 1;
      response.writeHead(204).end();
    });
    server.on("connection", () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const delivery = await deliverBeside(url);
    expect(delivery).toMatchObject({ status: "FAILED", error: "DeliveryExhausted" });
    expect(delivery?.cause).toMatch(/attempt 10 of 10: DEPTH_ZERO_SELF_SIGNED_CERT at 127/);
    expect([connections, requests]).toEqual([10, 0]);
  });

  test("a server that speaks plain HTTP under https: it sees no webhook", async () => {
    const raw = await startRawListener((socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"));
    onTestFinished(() => raw.close());
    const delivery = await deliverBeside(`https://127.0.0.1:${raw.port}/hook`);
    expect(delivery).toMatchObject({ status: "FAILED", error: "DeliveryExhausted" });
    expect(delivery?.cause).toMatch(/attempt 10 of 10: ERR_SSL_\w+ at 127/);
    expect(raw.connections).toBe(10);
    expect(raw.received).not.toMatch(/POST|msg_|webhook/);
  });
});
