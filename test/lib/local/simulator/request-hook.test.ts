import { describe, expect, it } from "vitest";
import { startMagicHourSimulator } from "../../../../lib/local/simulator/magic-hour-simulator.ts";
import type { ArrivedRequest, SimulatedFault } from "../../../../lib/local/simulator/request-hook.ts";
import { atOnce, call, downloadUrl, getProject, runSimulator } from "./running-simulator.ts";

async function faulty(fault: SimulatedFault) {
  const arrived: ArrivedRequest[] = [];
  const { simulator } = await runSimulator({
    plan: atOnce,
    onRequest: (request) => {
      arrived.push(request);
      return fault;
    },
  });
  return { simulator, arrived, id: simulator.createProject() };
}

describe("onRequest", () => {
  it("sees API requests and downloads, without the signed query, and lets them pass", async () => {
    const arrived: ArrivedRequest[] = [];
    const { simulator } = await runSimulator({ plan: atOnce, onRequest: (request) => void arrived.push(request) });
    const body = JSON.stringify({ style: { prompt: "Hello" } });
    const created = await call(simulator, "/v1/ai-voice-generator", { method: "POST", body });
    const { id } = (await created.json()) as { id: string };
    await (await fetch(await downloadUrl(simulator, id), { headers: { range: "bytes=0-9" } })).arrayBuffer();
    expect(arrived.map(({ method, path, projectId }) => [method, path, projectId])).toEqual([
      ["POST", "/v1/ai-voice-generator", undefined],
      ["GET", `/v1/audio-projects/${id}`, id],
      ["GET", `/downloads/${id}/0/output.wav`, id],
    ]);
    expect(arrived[2]?.headers).toMatchObject({ range: "bytes=0-9" });
  });

  it("answers in the API's place, before it asks for the key", async () => {
    const { simulator, id } = await faulty({ status: 429, headers: { "retry-after": "7" }, body: { message: "slow" } });
    const response = await fetch(`${simulator.url}/v1/audio-projects/${id}`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await response.json()).toEqual({ message: "slow" });
    expect(simulator.project(id).gets).toBe(1);
  });

  it.each([
    ["text", "<html>", "<html>"],
    ["bytes", Uint8Array.of(0x7b, 0x22), '{"'],
    ["nothing", undefined, ""],
  ])("sends %s as it is", async (_case, body, expected) => {
    const { simulator, id } = await faulty(body === undefined ? { status: 200 } : { status: 200, body });
    const response = await call(simulator, `/v1/audio-projects/${id}`);
    expect([response.status, await response.text()]).toEqual([200, expected]);
  });

  it("resets the connection", async () => {
    const { simulator, id } = await faulty("reset");
    await expect(call(simulator, `/v1/audio-projects/${id}`)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  });

  it("stalls until the simulator closes", async () => {
    const simulator = await startMagicHourSimulator({ onRequest: () => "stall" });
    const stalled = call(simulator, "/v1/audio-projects/c1").then(
      () => "answered",
      () => "dropped",
    );
    const still = new Promise((resolve) => setTimeout(resolve, 50, "waiting"));
    expect(await Promise.race([stalled, still])).toBe("waiting");
    await simulator.close();
    expect(await stalled).toBe("dropped");
  });

  it("can spoil one download and let the next one pass", async () => {
    let spoilt = 0;
    const { simulator } = await runSimulator({
      plan: atOnce,
      onRequest: ({ path }) =>
        path.startsWith("/downloads/") && spoilt++ === 0 ? { status: 503, body: "busy" } : undefined,
    });
    const url = await downloadUrl(simulator, simulator.createProject());
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const response = await fetch(url);
      await response.arrayBuffer();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([503, 200]);
  });

  it("delays an answer by a promise, and answers 500 when the hook fails", async () => {
    const turns: (() => Promise<undefined>)[] = [
      () => new Promise((resolve) => setImmediate(resolve, undefined)),
      () => Promise.reject(new Error("broken hook")),
    ];
    const { simulator } = await runSimulator({ onRequest: () => turns.shift()?.() });
    const id = simulator.createProject();
    expect((await getProject(simulator, id)).id).toBe(id);
    const response = await call(simulator, `/v1/audio-projects/${id}`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ code: "internal_server_error", message: "broken hook" });
  });
});
