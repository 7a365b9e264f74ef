import { createHash, randomBytes } from "node:crypto";
import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { apiRoutes, functionTimeoutSeconds, vendorWebhookRoute } from "../../../../functions/contract.ts";
import type { HttpAnswer, HttpEvent, HttpFunction } from "../../../../functions/http-event.ts";
import { type HttpApi, startHttpApi } from "../../../../lib/local/http-api/http-api.ts";
import { type HttpRoutes, httpRoutes } from "../../../../lib/local/http-api/http-route.ts";

const open: HttpApi[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

async function started(routes: HttpRoutes): Promise<string> {
  const api = await startHttpApi({ routes });
  open.push(api);
  return api.url;
}

/** All of the product's routes, with a function that keeps what it is given. */
async function recording(answer: HttpAnswer = { statusCode: 200 }) {
  const events: HttpEvent[] = [];
  const run: HttpFunction = async (event) => {
    events.push(event);
    return answer;
  };
  return { url: await started(httpRoutes({ api: run, receiveWebhook: run })), events };
}

/** Whose bytes a function was given. */
const bytesOf = ({ body = "", isBase64Encoded }: HttpEvent) => Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("the routes", () => {
  test("are the product's, each with its function and time", () => {
    const api: HttpFunction = async () => ({ statusCode: 200 });
    const receiveWebhook: HttpFunction = async () => ({ statusCode: 204 });
    const routes = httpRoutes({ api, receiveWebhook });
    expect(Object.keys(routes)).toEqual([...apiRoutes, vendorWebhookRoute]);
    expect(routes["GET /transfers/{name}"]).toEqual({ run: api, timeoutSeconds: functionTimeoutSeconds.api });
    expect(routes[vendorWebhookRoute]).toEqual({
      run: receiveWebhook,
      timeoutSeconds: functionTimeoutSeconds.receiveWebhook,
    });
    expect(Object.keys(httpRoutes({ api }))).toEqual([...apiRoutes]);
  });

  test.each([
    ["POST", "/transfers", "POST /transfers", {}],
    ["GET", "/transfers/order-7412", "GET /transfers/{name}", { name: "order-7412" }],
    ["DELETE", "/transfers/a%2Fb%20c", "DELETE /transfers/{name}", { name: "a/b c" }],
    ["GET", `/audio-projects/${"a".repeat(2_000)}`, "GET /audio-projects/{id}", { id: "a".repeat(2_000) }],
    ["DELETE", "/audio-projects/cm1?force=true", "DELETE /audio-projects/{id}", { id: "cm1" }],
    ["POST", "/webhooks/magic-hour", vendorWebhookRoute, {}],
  ])("%s %s is %s", async (method, path, routeKey, pathParameters) => {
    const { url, events } = await recording();
    expect((await fetch(url + path, { method })).status).toBe(200);
    expect(events).toMatchObject([{ routeKey, pathParameters, isBase64Encoded: false }]);
    expect(events[0]).not.toHaveProperty("body");
  });

  test.each([
    ["GET", "/"],
    ["GET", "/transfers"],
    ["GET", "/transfers/"],
    ["POST", "/transfers/"],
    ["POST", "/Transfers"],
    ["HEAD", "/transfers/order-7412"],
    ["PUT", "/transfers/order-7412"],
    ["GET", "/transfers/a/b"],
    ["GET", "/webhooks/magic-hour"],
    ["OPTIONS", "/transfers"],
  ])("%s %s is none: 404, as API Gateway says it", async (method, path) => {
    const { url, events } = await recording();
    const response = await fetch(url + path, { method });
    expect(response.status).toBe(404);
    if (method !== "HEAD") expect(await response.json()).toEqual({ message: "Not Found" });
    expect(events).toEqual([]);
  });

  test("a path that is no path is 400", async () => {
    const { url, events } = await recording();
    const response = await fetch(`${url}/transfers/%zz`);
    expect([response.status, await response.json()]).toEqual([400, { message: "Bad Request" }]);
    expect(events).toEqual([]);
  });
});

describe("a request", () => {
  test("has its query as it was sent, and its headers in lower case, joined", async () => {
    const { url, events } = await recording();
    const headers = new Headers([
      ["X-Two", "1"],
      ["X-Two", "2"],
      ["Idempotency-Key", "a"],
    ]);
    await fetch(`${url}/transfers?a=1%2B2&a=%20&b`, { method: "POST", headers });
    expect(events[0]?.rawQueryString).toBe("a=1%2B2&a=%20&b");
    expect(events[0]?.headers).toMatchObject({ "x-two": "1, 2", "idempotency-key": "a" });
  });

  test("whose header comes twice has both, joined by a comma", async () => {
    const { url, events } = await recording();
    const { port, host } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.end(
      `POST /transfers HTTP/1.1\r\nhost: ${host}\r\nIdempotency-Key: a\r\nidempotency-key: b\r\nconnection: close\r\n\r\n`,
    );
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 /);
    expect(events[0]?.headers["idempotency-key"]).toBe("a,b");
  });

  test.each<[string, Uint8Array, boolean]>([
    ["JSON", Buffer.from('{"id": "cm1"}\r\n'), false],
    ["text with a byte order mark and more than ASCII", Buffer.from("\ufeff\u00e4\u{1f3b5}\0"), false],
    ["no UTF-8", Uint8Array.of(0xff, 0x00, 0xc3, 0x28), true],
    ["100,000 random bytes", randomBytes(100_000), true],
    ["half a character", Buffer.from("\u00e4").subarray(0, 1), true],
  ])("with a body of %s is handed on byte for byte", async (_, body, isBase64) => {
    const { url, events } = await recording();
    for (const type of ["application/json", "application/octet-stream", "nonsense", ""]) {
      await fetch(`${url}/webhooks/magic-hour`, { method: "POST", body, headers: { "content-type": type } });
    }
    expect(events).toHaveLength(4);
    for (const event of events) {
      expect(event.isBase64Encoded).toBe(isBase64);
      expect(sha256(bytesOf(event))).toBe(sha256(body));
    }
    expect(events[2]?.headers["content-type"]).toBe("nonsense");
  });

  test("has at most 10 MiB", async () => {
    const { url, events } = await recording();
    const send = (bytes: number) => fetch(`${url}/transfers`, { method: "POST", body: Buffer.alloc(bytes, 0x20) });
    expect((await send(10 * 1_024 ** 2)).status).toBe(200);
    const response = await send(10 * 1_024 ** 2 + 1);
    expect([response.status, await response.json()]).toEqual([413, { message: "Request Entity Too Large" }]);
    expect(events).toHaveLength(1);
  });

  test.each([
    ["an Origin", { origin: "https://evil.example" }],
    ["an Origin of a file", { origin: "null" }],
  ])("of a web page, with %s, is refused", async (_, headers) => {
    const { url, events } = await recording();
    const response = await fetch(`${url}/transfers`, { method: "POST", headers, body: '{"id":"cm1"}' });
    expect([response.status, await response.json()]).toEqual([403, { message: "Forbidden" }]);
    expect(events).toEqual([]);
  });

  test("of a page whose name was bound to this machine is refused", async () => {
    const { url, events } = await recording();
    const { port } = new URL(url);
    for (const [host, status] of [
      [`evil.example:${port}`, 403],
      [`127.0.0.1.evil.example:${port}`, 403],
      [`localhost:${port}`, 200],
    ] as const) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.end(`GET /transfers/a HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      expect(await textOf(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    }
    expect(events).toHaveLength(1);
  });
});

describe("an answer", () => {
  test("comes as the function gave it", async () => {
    const headers = { "content-type": "application/problem+json", location: "/transfers/a", "retry-after": "10" };
    const { url } = await recording({ statusCode: 503, headers, body: '{"a": "\u00e4"}' });
    const response = await fetch(`${url}/transfers/a`);
    expect(response.status).toBe(503);
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
    expect(await response.text()).toBe('{"a": "\u00e4"}');
  });

  test("without a body has none", async () => {
    const { url } = await recording({ statusCode: 204 });
    const response = await fetch(`${url}/audio-projects/cm1`, { method: "DELETE" });
    expect([response.status, await response.text()]).toEqual([204, ""]);
  });

  test("of a function that throws is 500, and the process is warned", async () => {
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const run: HttpFunction = async () => {
      throw new RangeError("its own words");
    };
    const url = await started(httpRoutes({ api: run }));
    const response = await fetch(`${url}/transfers/a`);
    expect([response.status, await response.json()]).toEqual([500, { message: "Internal Server Error" }]);
    expect((await warned).message).toBe("its own words");
  });

  test("of a function that throws before it promises anything is the same", async () => {
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const run: HttpFunction = () => {
      throw new Error("environment variable OUTPUT_BUCKET is not set");
    };
    const url = await started(httpRoutes({ api: run }));
    expect((await fetch(`${url}/transfers/a`)).status).toBe(500);
    expect((await warned).message).toContain("OUTPUT_BUCKET");
  });

  test("of a function that is late is 503; until then it is told how long it has", async () => {
    const remaining: number[] = [];
    const run: HttpFunction = async (_, context) => {
      remaining.push(context.getRemainingTimeInMillis());
      return new Promise(() => undefined);
    };
    const url = await started({ "GET /slow": { run, timeoutSeconds: 0.05 } });
    const response = await fetch(`${url}/slow`);
    expect([response.status, await response.json()]).toEqual([503, { message: "Service Unavailable" }]);
    expect(remaining[0]).toBeGreaterThan(0);
    expect(remaining[0]).toBeLessThanOrEqual(50);
  });
});

test("a port that is taken is an error with its number", async () => {
  const url = await started({});
  const port = Number(new URL(url).port);
  await expect(startHttpApi({ routes: {}, port })).rejects.toMatchObject({ code: "EADDRINUSE", port });
});
