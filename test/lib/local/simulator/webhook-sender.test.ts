/** The simulator's webhooks, sent to a real receiver. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { requireSigned } from "../../../../functions/domain/vendor-signature.ts";
import type { ProjectPlan } from "../../../../lib/local/simulator/project-plan.ts";
import type { WebhookOptions } from "../../../../lib/local/simulator/webhook-sender.ts";
import { type ReceiverScript, startMisbehavingReceiver } from "../../../support/misbehaving-receiver.ts";
import { unusedPort } from "../../../support/unused-port.ts";
import { call, getProject, runSimulator } from "./running-simulator.ts";

const secret = "mhws_secret of the account";

/** A receiver, and a simulator that tells it of one project: queued for 2 s, rendering for 4 s. */
async function setUp(script?: ReceiverScript, options: Partial<WebhookOptions> = {}, plan: Partial<ProjectPlan> = {}) {
  const receiver = await startMisbehavingReceiver(script);
  onTestFinished(() => receiver[Symbol.asyncDispose]());
  const webhooks = { url: `${receiver.url}/hook`, secret, ...options };
  const { simulator, clock } = await runSimulator({ webhooks });
  const id = simulator.createProject({ queuedSeconds: 2, renderingSeconds: 4, ...plan });
  const told = () => receiver.attempts.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  /** Passes time, and sends what is due then. */
  const pass = (seconds: number) => {
    clock.pass(seconds);
    return simulator.sendDueWebhooks();
  };
  return { receiver, simulator, clock, id, told, pass };
}

describe("the vendor's webhooks", () => {
  it("tell of start and end, when they come, once", async () => {
    const { id, told, pass } = await setUp();
    expect(await pass(1.9)).toEqual([]);
    expect(await pass(0.1)).toEqual([{ type: "audio.started", projectId: id, attempt: 1, status: 204 }]);
    expect(await pass(3.9)).toEqual([]);
    expect(await pass(0.1)).toEqual([{ type: "audio.completed", projectId: id, attempt: 1, status: 204 }]);
    expect(await pass(1e6)).toEqual([]);
    expect(told()).toEqual(["audio.started", "audio.completed"]);
  });

  it("are signed over their bytes, with the second in which they are sent", async () => {
    const { receiver, clock, pass } = await setUp();
    await pass(6);
    expect(receiver.attempts).toHaveLength(2);
    for (const { method, path, headers, body } of receiver.attempts) {
      expect([method, path, headers["content-type"]]).toEqual(["POST", "/hook", "application/json"]);
      expect(headers["magic-hour-event-timestamp"]).toBe(String(Math.floor(clock.now / 1_000)));
      const names = ["magic-hour-event-signature", "magic-hour-event-timestamp"] as const;
      const request = {
        headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
        body: Buffer.from(body),
      };
      requireSigned(request, [secret], clock.now);
      expect(() => requireSigned(request, ["another"], clock.now)).toThrow("wrong signature");
    }
  });

  it("show the project as a GET does, with download URLs that work and that no GET gave", async () => {
    const { receiver, simulator, id, pass } = await setUp(undefined, {}, { name: "Grüße", outputs: 2 });
    await pass(6);
    const completed = JSON.parse(receiver.attempts[1]?.body ?? "");
    expect(Object.keys(completed)).toEqual(["type", "payload"]);
    const { downloads: given, ...project } = await getProject(simulator, id);
    const { downloads, ...payload } = completed.payload;
    expect(payload).toEqual(project);
    expect(downloads).toHaveLength(2);
    for (const [index, { url }] of downloads.entries()) {
      expect((await fetch(url)).status).toBe(200);
      expect(new URL(url).pathname).toBe(new URL(given[index]?.url ?? "").pathname);
      expect(url).not.toBe(given[index]?.url);
    }
    const begun = JSON.parse(receiver.attempts[0]?.body ?? "");
    expect(begun).toMatchObject({ type: "audio.started", payload: { id, name: "Grüße" } });
  });

  it("show no downloads where the next GET would show none", async () => {
    const { receiver, simulator, id, pass } = await setUp(undefined, {}, { withoutDownloads: 1 });
    await pass(6);
    expect(JSON.parse(receiver.attempts[1]?.body ?? "").payload.downloads).toEqual([]);
    // And they are no GETs: the first one still shows none.
    expect((await getProject(simulator, id)).downloads).toEqual([]);
    expect((await getProject(simulator, id)).downloads).toHaveLength(1);
  });

  it("tell of an error, and of nothing else that a project comes to", async () => {
    const { simulator, told, pass, receiver } = await setUp(undefined, {}, { endIn: "error" });
    for (const endIn of ["canceled", "draft", "paused", "rendering"]) simulator.createProject({ endIn });
    await pass(1e6);
    expect(told().toSorted()).toEqual(["audio.errored", ...Array(4).fill("audio.started")]);
    const body = receiver.attempts.map((attempt) => attempt.body).find((text) => text.includes("audio.errored"));
    expect(JSON.parse(body ?? "").payload).toMatchObject({ status: "error", error: { code: "rendering_failed" } });
  });

  it("follow a plan that is changed, and end with a deletion", async () => {
    const { simulator, id, told, pass } = await setUp();
    await pass(2);
    simulator.changeProject(id, { renderingSeconds: 10 });
    await pass(9);
    expect(told()).toEqual(["audio.started"]);
    simulator.changeProject(id, { endIn: "error" });
    await pass(1);
    expect(told()).toEqual(["audio.started", "audio.errored"]);
    const other = simulator.createProject();
    await call(simulator, `/v1/audio-projects/${other}`, { method: "DELETE" });
    await pass(1e6);
    expect(told()).toEqual(["audio.started", "audio.errored"]);
  });

  it("tell of projects created by a request too", async () => {
    const { simulator, told, pass } = await setUp();
    const body = JSON.stringify({ style: { prompt: "Hi" } });
    expect((await call(simulator, "/v1/ai-voice-generator", { method: "POST", body })).status).toBe(200);
    await pass(1e6);
    expect(told().toSorted()).toEqual([...Array(2).fill("audio.completed"), ...Array(2).fill("audio.started")]);
  });

  it("is sent where nobody can say whether it is lost", async () => {
    const lose = () => {
      throw new RangeError("no idea");
    };
    const { told, pass } = await setUp(undefined, { lose });
    await pass(6);
    expect(told()).toEqual(["audio.started", "audio.completed"]);
  });

  it("can be lost for good", async () => {
    const { id, told, pass } = await setUp(undefined, { lose: ({ type }) => type === "audio.completed" });
    expect(await pass(6)).toEqual([{ type: "audio.started", projectId: id, attempt: 1, status: 204 }]);
    await pass(1e6);
    expect(told()).toEqual(["audio.started"]);
  });
});

describe("a webhook that is not answered with 2xx", () => {
  const onlyEnd = { lose: ({ type }: { type: string }) => type === "audio.started" };

  it.each([
    ["an error", () => 500, 500],
    ["a refusal", () => 410, 410],
    ["a redirect, which is not followed", () => ({ status: 302, headers: { location: "/elsewhere" } }), 302],
    ["a reset connection", () => Promise.reject(new Error("reset")), null],
  ] satisfies [string, ReceiverScript, number | null][])("is sent again: %s", async (_, answer, status) => {
    const { receiver, id, pass } = await setUp((attempt) => (attempt.nth < 3 ? answer() : 200), onlyEnd);
    const event = { type: "audio.completed", projectId: id };
    expect(await pass(6)).toEqual([{ ...event, attempt: 1, status }]);
    expect(await pass(0.9)).toEqual([]);
    expect(await pass(0.1)).toEqual([{ ...event, attempt: 2, status }]);
    expect(await pass(1.9)).toEqual([]);
    expect(await pass(0.1)).toEqual([{ ...event, attempt: 3, status: 200 }]);
    expect(await pass(1e6)).toEqual([]);
    const bodies = new Set(receiver.attempts.map(({ body }) => body));
    const signatures = new Set(receiver.attempts.map(({ headers }) => headers["magic-hour-event-signature"]));
    expect([receiver.attempts.length, bodies.size, signatures.size]).toEqual([3, 1, 3]);
  });

  it("is sent 17 times within a day, and then no more", async () => {
    const { receiver, pass } = await setUp(() => 503, onlyEnd);
    await pass(6);
    for (let gap = 1; gap <= 2 ** 15; gap *= 2) expect(await pass(gap)).toHaveLength(1);
    expect(await pass(1e6)).toEqual([]);
    expect(receiver.attempts).toHaveLength(17);
  });

  it("is sent again when nobody is there yet, or when nobody knows where", async () => {
    const urls: (string | undefined)[] = [undefined, `http://127.0.0.1:${await unusedPort()}`];
    const url = () => urls[0] ?? expect.unreachable("not known yet");
    const { receiver, pass } = await setUp(undefined, { ...onlyEnd, url });
    expect(await pass(6)).toMatchObject([{ attempt: 1, status: null }]);
    urls.shift();
    expect(await pass(1)).toMatchObject([{ attempt: 2, status: null }]);
    urls[0] = `${receiver.url}/late`;
    expect(await pass(2)).toMatchObject([{ attempt: 3, status: 204 }]);
    expect(receiver.attempts.map(({ path }) => path)).toEqual(["/late"]);
  });
});

describe("a simulator with webhooks", () => {
  it("makes an attempt once, however often it is asked", async () => {
    const { receiver, clock, simulator } = await setUp(async () => {
      await delay(50);
      return 204;
    });
    clock.pass(6);
    const rounds = await Promise.all([1, 2, 3].map(() => simulator.sendDueWebhooks()));
    for (const round of rounds) expect(round).toHaveLength(2);
    expect(receiver.attempts).toHaveLength(2);
  });

  it("sends by itself, and again, by a clock that runs", async () => {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const receiver = await startMisbehavingReceiver(({ nth }) => {
      if (nth === 3) resolve();
      return nth === 2 ? 500 : 204;
    });
    onTestFinished(() => receiver[Symbol.asyncDispose]());
    const { simulator } = await runSimulator({ now: Date.now, webhooks: { url: receiver.url, secret } });
    simulator.createProject({ queuedSeconds: 0.02, renderingSeconds: 0.05 });
    await done;
    const types = receiver.attempts.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(types).toEqual(["audio.started", "audio.completed", "audio.completed"]);
  });

  it("sends by itself what is due, also while another attempt has no answer", async () => {
    const { promise: sentAgain, resolve } = Promise.withResolvers<void>();
    let isGivenUp = false;
    const stall = (response: ServerResponse) => void response.on("close", () => (isGivenUp = true));
    let failing = "";
    const receiver = await startMisbehavingReceiver(({ body }) => {
      if (!body.includes(failing)) return stall;
      if (receiver.attempts.filter((attempt) => attempt.body.includes(failing)).length < 2) return 500;
      resolve();
      return 204;
    });
    onTestFinished(() => receiver[Symbol.asyncDispose]());
    const lose = ({ type }: { type: string }) => type === "audio.started";
    const { simulator } = await runSimulator({ now: Date.now, webhooks: { url: receiver.url, secret, lose } });
    failing = simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0.02 });
    // Between the other's two attempts, a second apart.
    simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0.3 });
    await sentAgain;
    expect(isGivenUp).toBe(false);
  });

  it("stops when it is closed, in the middle of an attempt too", async () => {
    const arrived = new EventTarget();
    const { simulator, clock, pass, receiver } = await setUp(() => {
      arrived.dispatchEvent(new Event("attempt"));
      return () => undefined;
    });
    const attempt = once(arrived, "attempt");
    const sent = pass(2);
    await attempt;
    await simulator.close();
    expect(await sent).toMatchObject([{ type: "audio.started", status: null }]);
    clock.pass(1e6);
    expect(await simulator.sendDueWebhooks()).toEqual([]);
    expect(receiver.attempts).toHaveLength(1);
  });

  it("sends nothing when nobody is to be told", async () => {
    const { simulator, clock } = await runSimulator();
    simulator.createProject();
    clock.pass(1e6);
    expect(await simulator.sendDueWebhooks()).toEqual([]);
  });

  it("refuses an empty secret and a URL that is none", async () => {
    await expect(runSimulator({ webhooks: { url: "http://127.0.0.1", secret: "" } })).rejects.toThrow(RangeError);
    await expect(runSimulator({ webhooks: { url: "nowhere", secret } })).rejects.toThrow(TypeError);
  });
});
