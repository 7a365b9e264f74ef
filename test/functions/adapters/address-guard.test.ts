import type { LookupAddress } from "node:dns";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { isPublicAddress } from "../../../functions/adapters/address-guard.ts";
import { createGuardedHttp, type GuardedHttpOptions, readText } from "../../../functions/adapters/guarded-http.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { httpAnswer, startRawListener } from "../../support/raw-listener.ts";
import { answering, publicAddress, rebinding, startRebindingServer } from "../../support/rebinding.ts";

async function listener() {
  const raw = await startRawListener((socket) => socket.end(httpAnswer("here")));
  onTestFinished(() => raw.close());
  return raw;
}

function guarded(options: GuardedHttpOptions = {}) {
  const http = createGuardedHttp(options);
  onTestFinished(() => http.close());
  return http;
}

const loopback: LookupAddress = { address: "127.0.0.1", family: 4 };

describe("literals that are not public never reach a socket", () => {
  test.each([
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "%31%32%37.0.0.1",
    "１２７.0.0.1",
    "0.0.0.0",
    "0",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[fd00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "169.254.169.254",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "255.255.255.255",
  ])("%s", async (host) => {
    const raw = await listener();
    const error = await rejectionOf(guarded().request(`https://${host}:${raw.port}/x?signature=secret`));
    expect(error).toMatchObject({ name: "AddressRefused", message: expect.not.stringContaining("secret") });
    expect(raw.connections).toBe(0);
  });
});

describe("names", () => {
  test.each(["localhost", "LOCALHOST", "localhost.", "a.localhost"])(
    "%s of this machine's own resolver",
    async (host) => {
      const raw = await listener();
      const error = await rejectionOf(guarded().request(`https://${host}:${raw.port}/`));
      // A system may also not know the name: then there is no address to refuse.
      expect(["AddressRefused", "NetworkFault"]).toContain(error.name);
      expect(raw.connections).toBe(0);
    },
  );

  test.each<[string, readonly LookupAddress[]]>([
    ["loopback", [loopback]],
    ["public first, loopback second", [publicAddress, loopback]],
    ["loopback first, public second", [loopback, publicAddress]],
    ["public IPv4, mapped loopback", [publicAddress, { address: "::ffff:127.0.0.1", family: 6 }]],
    ["the metadata service", [{ address: "169.254.169.254", family: 4 }]],
    ["a link-local address with a zone", [{ address: "fe80::1%lo", family: 6 }]],
    ["something that is no address", [{ address: "rebinding.test", family: 4 }]],
    ["nothing", []],
  ])("that resolve to %s", async (_name, addresses) => {
    const raw = await listener();
    const http = guarded({ resolve: answering(...addresses) });
    const error = await rejectionOf(http.request(`https://rebinding.test:${raw.port}/?signature=secret`));
    expect(error).toMatchObject({ name: "AddressRefused", message: expect.stringContaining("rebinding.test") });
    expect(raw.connections).toBe(0);
  });

  test("that do not resolve are a fault that may pass", async () => {
    const http = guarded({
      resolve: (_hostname, answer) => answer(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), []),
    });
    const error = await rejectionOf(http.request("https://nowhere.test/?signature=secret"));
    expect(error).toMatchObject({ name: "NetworkFault", code: "ENOTFOUND", message: "ENOTFOUND at nowhere.test" });
  });
});

test("a name that is public when looked up and loopback when connected to gets no request", async () => {
  await using server = await startRebindingServer();
  const http = guarded({ resolve: rebinding });
  const error = await rejectionOf(http.request(`https://rebinding.test:${server.port}/`));
  expect(error).toMatchObject({
    name: "AddressRefused",
    message: "rebinding.test connected to an address that is not public",
  });
  await server.connected;
  expect(server.requests).toBe(0);

  // The same server, found by the same name, does answer where it is excepted: it was the guard that kept it out.
  const exceptions = `https://127.0.0.1:${server.port}`;
  const answer = await guarded({ exceptions }).request(exceptions);
  answer.body.resume();
  expect([answer.status, server.requests]).toEqual([200, 1]);
});

describe("the list of exceptions", () => {
  test("lets exactly that origin through", async () => {
    const [free, other] = [await listener(), await listener()];
    const origin = `http://127.0.0.1:${free.port}`;
    const http = guarded({ exceptions: `http://localhost:1,${origin}` });
    const answer = await http.request(`${origin}/x`);
    expect(await readText(answer, 100)).toBe("here");
    for (const url of [
      `http://127.0.0.1:${other.port}/`,
      `http://localhost:${free.port}/`,
      `http://[::1]:${free.port}/`,
      `https://127.0.0.1:${free.port}/`,
      `http://u:p@127.0.0.1:${free.port}/`,
    ]) {
      await expect(http.request(url), url).rejects.toMatchObject({ name: "AddressRefused" });
    }
    expect([free.connections, other.connections]).toEqual([1, 0]);
  });

  test("takes an IPv6 origin too", async () => {
    const { port } = await listener();
    const http = guarded({ exceptions: `http://[::1]:${port}` });
    expect(await readText(await http.request(`http://[::1]:${port}/`), 100)).toBe("here");
  });
});

describe("isPublicAddress", () => {
  test.each(["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001::200e"])("%s is", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test("no address of a private network is, in whatever notation", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const first = fc.constantFrom("10", "127", "0", "100.64", "172.16", "172.31", "192.168", "169.254");
    fc.assert(
      fc.property(first, octet, octet, octet, (start, a, b, c) => {
        const address = [...start.split("."), a, b, c].slice(0, 4).join(".");
        for (const form of [address, `::ffff:${address}`, `::${address}`, `64:ff9b::${address}`]) {
          expect(isPublicAddress(form), form).toBe(false);
        }
      }),
    );
  });

  test("no IPv6 address outside the block that is given out (2000::/3, RFC 4291) is", () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        fc.pre(((groups[0] ?? 0) & 0xe000) !== 0x2000);
        expect(isPublicAddress(groups.map((value) => value.toString(16)).join(":"))).toBe(false);
      }),
    );
  });
});
