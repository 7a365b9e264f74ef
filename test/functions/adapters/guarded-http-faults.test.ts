import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createGuardedHttp, readText } from "../../../functions/adapters/guarded-http.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { httpAnswer, startRawListener } from "../../support/raw-listener.ts";
import { selfSigned } from "../../support/self-signed.ts";
import { excepted } from "./running-guarded-http.ts";

describe("a request that gets no answer", () => {
  const path = "/a?signature=secret";
  const hugeHeaders = Array.from({ length: 40 }, (_, nth) => `x-${nth}: ${"y".repeat(1_000)}`);

  test.each<[string, Parameters<typeof startRawListener>[0]]>([
    ["silence", () => undefined],
    ["headers without an end", (socket) => socket.write("HTTP/1.1 200 OK\r\nx: y\r\n")],
  ])("in time but %s", async (_name, onData) => {
    const { raw, url, http } = await excepted(onData);
    const error = await rejectionOf(http.request(url + path, { headersTimeout: 200 }));
    expect(error).toMatchObject({ name: "NetworkFault", code: "HEADERS_TIMEOUT" });
    expect(everythingIn(error)).not.toContain("secret");
    await expect.poll(() => raw.openConnections).toBe(0);
  });

  test.each<[string, RegExp, Parameters<typeof startRawListener>[0]]>([
    ["a reset", /^ECONNRESET$/, (socket) => socket.resetAndDestroy()],
    ["an end", /^ECONNRESET$/, (socket) => socket.end()],
    ["something that is not HTTP", /^HPE_INVALID_CONSTANT$/, (socket) => socket.end("220 mail.test ESMTP\r\n\r\n")],
    ["headers beyond all bounds", /^HPE_HEADER_OVERFLOW$/, (socket) => socket.end(httpAnswer("", hugeHeaders))],
  ])("but %s", async (_name, code, onData) => {
    const { url, http } = await excepted(onData);
    const error = await rejectionOf(http.request(url + path));
    expect(error).toMatchObject({ name: "NetworkFault", code: expect.stringMatching(code) });
    expect(error.message).toMatch(/^\w+ at 127\.0\.0\.1:\d+$/);
    expect(everythingIn(error)).not.toContain("secret");
  });

  test("because nobody listens", async () => {
    const { raw, url, http } = await excepted();
    await raw.close();
    const error = await rejectionOf(http.request(url + path));
    expect(error).toMatchObject({ name: "NetworkFault", code: "ECONNREFUSED" });
    expect(everythingIn(error)).not.toContain("secret");
  });

  test("because the handshake of TLS never ends", async () => {
    const raw = await startRawListener();
    const origin = `https://127.0.0.1:${raw.port}`;
    const http = createGuardedHttp({ exceptions: origin, connectTimeout: 200 });
    onTestFinished(async () => {
      await http.close();
      await raw.close();
    });
    const error = await rejectionOf(http.request(origin + path));
    expect(error).toMatchObject({ name: "NetworkFault", code: "UND_ERR_CONNECT_TIMEOUT" });
    expect(everythingIn(error)).not.toContain("secret");
    await expect.poll(() => raw.openConnections).toBe(0);
  });

  test("because the name is never resolved", async () => {
    const http = createGuardedHttp({ resolve: () => undefined, connectTimeout: 200 });
    onTestFinished(() => http.close());
    const error = await rejectionOf(http.request(`https://slow.test${path}`));
    expect(error).toMatchObject({ name: "NetworkFault", code: "UND_ERR_CONNECT_TIMEOUT" });
  });

  test("because the caller gives up", async () => {
    const { raw, url, http } = await excepted();
    const request = rejectionOf(http.request(url + path, { signal: AbortSignal.timeout(100) }));
    expect(await request).toMatchObject({ name: "NetworkFault", code: "TimeoutError" });
    await expect.poll(() => raw.openConnections).toBe(0);
  });
});

describe("a certificate that nobody vouches for", () => {
  test.each([undefined, "0"])(
    "is refused, also on an excepted origin, whatever the environment says (%s)",
    async (loosened) => {
      vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", loosened);
      onTestFinished(() => void vi.unstubAllEnvs());
      let requests = 0;
      const server = createServer(selfSigned, (_request, response) => {
        requests += 1;
        response.end();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const http = createGuardedHttp({ exceptions: origin });
      onTestFinished(async () => {
        await http.close();
        server.close();
      });
      const error = await rejectionOf(http.request(`${origin}/?signature=secret`));
      expect(error).toMatchObject({ name: "NetworkFault", code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
      expect(everythingIn(error)).not.toContain("secret");
      expect(requests).toBe(0);
    },
  );
});

describe("a body", () => {
  test("that stalls throws", async () => {
    const { url, http } = await excepted((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1234"));
    const answer = await http.request(`${url}/?signature=secret`, { bodyTimeout: 200 });
    const error = await rejectionOf(readText(answer, 100));
    expect(error).toMatchObject({ name: "NetworkFault", code: "BODY_TIMEOUT" });
    expect(everythingIn(error)).not.toContain("secret");
  });

  test.each<[string, Parameters<typeof startRawListener>[0]]>([
    ["is cut short", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1234")],
    ["ends inside a chunk", (socket) => socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n1234")],
  ])("that %s throws", async (_name, onData) => {
    const { url, http } = await excepted(onData);
    await expect(readText(await http.request(url), 100)).rejects.toMatchObject({ name: "NetworkFault" });
  });

  test("is read to a bound, and the connection of a longer one is closed", async () => {
    const { raw, url, http } = await excepted((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
      const more = () => {
        // As much as goes, for as long as the client takes it.
        while (!socket.destroyed && socket.write("a\r\n0123456789\r\n"));
      };
      socket.on("drain", more);
      more();
    });
    expect(await readText(await http.request(url), 15)).toBe("012345678901234");
    await expect.poll(() => raw.openConnections).toBe(0);
  });

  test("that is destroyed before it ended closes its connection and throws nowhere", async () => {
    const { raw, url, http } = await excepted((socket) => socket.write(httpAnswer("0123456789").slice(0, -5)));
    (await http.request(url)).body.destroy();
    await expect.poll(() => raw.openConnections).toBe(0);
  });

  test("that is destroyed unread, when all of it had come, throws nowhere", async () => {
    const { url, http } = await excepted((socket) => socket.end(httpAnswer("0123456789")));
    const { body } = await http.request(url);
    // An error without a listener would end the process one turn later, and this run with it.
    const closed = new Promise((resolve) => body.on("close", resolve));
    body.destroy();
    await closed;
  });
});
