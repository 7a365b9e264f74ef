import { describe, expect, onTestFinished, test } from "vitest";
import type { BodyConnection } from "../../../functions/adapters/body-connection.ts";
import { createDownloadConnections } from "../../../functions/adapters/download-connections.ts";
import { createGuardedHttp } from "../../../functions/adapters/guarded-http.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { answerWith, type BodyAnswer, get, patterned, readBody, runBodyOrigin, soon } from "./running-body-origin.ts";

const body = patterned(50);
const whole: BodyAnswer = (socket) => socket.write(answerWith(body));

/** Connections to so many origins, which answer whole unless told otherwise. */
async function running({ answer = whole, origins: count = 1, most = 8 } = {}) {
  const origins = await Promise.all(Array.from({ length: count }, () => runBodyOrigin("plain TCP", answer)));
  const http = createGuardedHttp({ exceptions: origins.map(({ url }) => url).join(",") });
  const abort = new AbortController();
  const connections = createDownloadConnections(http, most, abort.signal);
  onTestFinished(async () => {
    connections.close();
    await http.close();
  });
  const urlOf = (nth = 0, rest = "/o.wav?signature=secret") => `${origins[nth]?.url ?? ""}${rest}`;
  const take = (nth?: number, rest?: string) => connections.take(urlOf(nth, rest));
  const socketsOf = (nth = 0) => origins[nth]?.sockets ?? [];
  const openSockets = () => origins.flatMap(({ sockets }) => sockets).filter(({ destroyed }) => !destroyed).length;
  return { connections, abort, urlOf, take, socketsOf, openSockets };
}

/** Sends a GET over it and reads all of the answer. */
async function use(connection: BodyConnection): Promise<void> {
  await get(connection);
  expect((await readBody(connection)).bytes).toEqual(body);
}

describe("a connection that is given back", () => {
  test("is kept for the next download from its origin, whatever the path", async () => {
    const { connections, take, socketsOf } = await running();
    const { connection, isKept } = await take();
    expect(isKept).toBe(false);
    await use(connection);
    connections.give(connection);
    expect(await take(0, "/other?x")).toEqual({ connection, isKept: true });
    await use(connection);
    expect(socketsOf()).toHaveLength(1);
  });

  test("is not used for another origin", async () => {
    const { connections, take } = await running({ origins: 2 });
    const { connection } = await take(0);
    connections.give(connection);
    const other = await take(1);
    expect([other.isKept, other.connection === connection]).toEqual([false, false]);
    expect(await take(0)).toEqual({ connection, isKept: true });
  });

  test("is one taker's at a time", async () => {
    const { connections, take } = await running();
    const [one, two] = await Promise.all([take(), take()]);
    expect(one.connection).not.toBe(two.connection);
    connections.give(one.connection);
    connections.give(two.connection);
    const again = await Promise.all([take(), take(), take()]);
    expect(again.map(({ isKept }) => isKept)).toEqual([true, true, false]);
    expect(new Set(again.map(({ connection }) => connection)).size).toBe(3);
  });

  test.each<[string, BodyAnswer, boolean]>([
    ["its body is unread", whole, false],
    ["the other side does not keep it", (socket) => socket.write(answerWith(body, "connection: close")), true],
    ["its body has no announced length", (socket) => socket.write("HTTP/1.1 200 OK\r\n\r\nx"), false],
  ])("is closed when %s", async (_what, answer, isRead) => {
    const { connections, take, openSockets } = await running({ answer });
    const { connection } = await take();
    await (isRead ? use(connection) : get(connection));
    connections.give(connection);
    await soon(openSockets).toBe(0);
    expect((await take()).isKept).toBe(false);
  });

  test("is replaced when the other side closed it in the meantime", async () => {
    const { connections, take, socketsOf } = await running();
    const { connection } = await take();
    await use(connection);
    connections.give(connection);
    socketsOf()[0]?.end();
    await soon(() => connection.isFree).toBe(false);
    const next = await take();
    expect(next.isKept).toBe(false);
    await use(next.connection);
  });

  test("is replaced and closed when something came that nobody asked for", async () => {
    const { connections, take, socketsOf, openSockets } = await running();
    const [one, two] = await Promise.all([take(), take()]);
    for (const { connection } of [one, two]) {
      await use(connection);
      connections.give(connection);
    }
    for (const socket of socketsOf()) socket.write(answerWith(Buffer.from("smuggled")));
    await soon(() => one.connection.isFree || two.connection.isFree).toBe(false);
    const next = await take();
    expect(next.isKept).toBe(false);
    await soon(openSockets).toBe(1);
    await use(next.connection);
  });
});

describe("the bound", () => {
  test("allows so many, and one to each download that has none", async () => {
    const { connections } = await running({ most: 2 });
    expect([connections.reserve(true), connections.reserve(), connections.reserve()]).toEqual([true, true, false]);
    expect([connections.reserve(true), connections.reserve()]).toEqual([true, false]);
    connections.unreserve();
    expect(connections.reserve()).toBe(false);
    connections.unreserve();
    expect([connections.reserve(), connections.reserve()]).toEqual([true, false]);
  });
});

describe("the end of a run", () => {
  test("closes those that are kept and those at work, and keeps none after that", async () => {
    const { connections, take, openSockets } = await running();
    const [kept, atWork, late] = await Promise.all([take(), take(), take()]);
    await use(late.connection);
    connections.give(kept.connection);
    await get(atWork.connection);
    await soon(openSockets).toBe(3);
    connections.close();
    connections.give(late.connection);
    await soon(openSockets).toBe(0);
    expect(await rejectionOf(get(atWork.connection))).toMatchObject({ name: "NetworkFault", code: "closed" });
    expect((await take()).isKept).toBe(false);
  });

  test("by its signal is the end of all, also of those that come too late", async () => {
    const { abort, connections, take, openSockets } = await running();
    const [kept, atWork] = await Promise.all([take(), take()]);
    connections.give(kept.connection);
    await soon(openSockets).toBe(2);
    abort.abort();
    await soon(openSockets).toBe(0);
    expect(await rejectionOf(get(atWork.connection))).toMatchObject({ code: "AbortError" });
    expect(await rejectionOf(take())).toMatchObject({ name: "NetworkFault", code: "AbortError" });
    await soon(openSockets).toBe(0);
  });
});

describe("a URL with user information is refused,", () => {
  test.each(["user:secret", "secret", ":secret"])(
    "%s@, also where a connection to its origin is kept",
    async (user) => {
      const { connections, take, urlOf } = await running();
      const { connection } = await take();
      connections.give(connection);
      const withUser = urlOf().replace("//", `//${user}@`);
      expect(await rejectionOf(connections.take(withUser))).toMatchObject({ name: "AddressRefused" });
      expect(await take()).toEqual({ connection, isKept: true });
    },
  );
});
