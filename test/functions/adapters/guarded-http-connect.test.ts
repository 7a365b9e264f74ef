import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDownloadConnections } from "../../../functions/adapters/download-connections.ts";
import { createGuardedHttp, type GuardedHttpOptions } from "../../../functions/adapters/guarded-http.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { startRawListener } from "../../support/raw-listener.ts";
import { answering, publicAddress, rebinding, startRebindingServer } from "../../support/rebinding.ts";
import { selfSigned } from "../../support/self-signed.ts";
import { amply, soon } from "./running-body-origin.ts";

/** Connections through a guard without exceptions. */
function guarded(options: GuardedHttpOptions) {
  const http = createGuardedHttp(options);
  onTestFinished(() => http.close());
  return createDownloadConnections(http, 8, new AbortController().signal);
}

describe("a URL that must not be connected to is refused:", () => {
  const path = "/o.wav?signature=secret";

  test.each<[string, string, GuardedHttpOptions["resolve"]?]>([
    ["no URL", "o.wav?signature=secret"],
    ["nothing", ""],
    ["plain HTTP", `http://93.184.215.14${path}`],
    ["another protocol", `ftp://93.184.215.14${path}`],
    ["user information", `https://secret@93.184.215.14${path}`],
    ["a password alone", `https://:secret@93.184.215.14${path}`],
    ["loopback", `https://127.0.0.1${path}`],
    ["loopback as a number", `https://2130706433${path}`],
    ["loopback of IPv6", `https://[::1]${path}`],
    ["a mapped address", `https://[::ffff:127.0.0.1]${path}`],
    ["a private address", `https://10.0.0.1${path}`],
    ["the metadata service", `https://169.254.169.254${path}`],
    ["no address", `https://0.0.0.0${path}`],
    ["a name of a private address", `https://a.test${path}`, answering({ address: "192.168.0.1", family: 4 })],
    [
      "a name one of whose addresses is private",
      `https://a.test${path}`,
      answering(publicAddress, { address: "fd00::1", family: 6 }),
    ],
    ["a name without addresses", `https://a.test${path}`, answering()],
  ])("%s", async (_what, url, resolve) => {
    const error = await rejectionOf(guarded({ ...(resolve && { resolve }) }).take(url));
    expect(error).toMatchObject({ name: "AddressRefused" });
    expect(everythingIn(error)).not.toContain("secret");
  });

  test("a name whose address changes between looking and connecting", async () => {
    await using server = await startRebindingServer();
    const connections = guarded({ resolve: rebinding });
    const error = await rejectionOf(connections.take(`https://rebinding.test:${server.port}${path}`));
    expect(error).toMatchObject({ name: "AddressRefused" });
    expect(server.requests).toBe(0);
  });
});

describe("no connection comes about", () => {
  const path = "/o.wav?signature=secret";

  async function faultOf(origin: string, options: GuardedHttpOptions = {}) {
    const connections = guarded({ exceptions: origin, connectTimeout: 200, ...options });
    const error = await rejectionOf(connections.take(origin + path));
    expect(everythingIn(error)).not.toContain("secret");
    expect(error.name).toBe("NetworkFault");
    return error;
  }

  test("because nobody listens", async () => {
    const raw = await startRawListener();
    await raw.close();
    expect(await faultOf(`http://127.0.0.1:${raw.port}`)).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("because the handshake of TLS never ends", async () => {
    const raw = await startRawListener();
    onTestFinished(() => raw.close());
    const error = await faultOf(`https://127.0.0.1:${raw.port}`);
    expect(error).toMatchObject({
      code: "UND_ERR_CONNECT_TIMEOUT",
      message: expect.stringMatching(/ at 127[.\d]+:\d+$/),
    });
    await soon(() => raw.openConnections).toBe(0);
  });

  test("because the name is never resolved", async () => {
    const connections = guarded({ resolve: () => undefined, connectTimeout: 200 });
    const error = await rejectionOf(connections.take(`https://slow.test${path}`));
    expect(error).toMatchObject({ name: "NetworkFault", code: "UND_ERR_CONNECT_TIMEOUT" });
  });

  test("because nobody vouches for the certificate", async () => {
    let received = "";
    const server = createServer(selfSigned, (socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (piece) => (received += piece.toString("latin1")));
    });
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const error = await faultOf(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      connectTimeout: amply,
    });
    expect(error).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(received).toBe("");
  });
});
