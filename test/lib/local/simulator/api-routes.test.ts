import { describe, expect, it } from "vitest";
import { atOnce, call, getProject, runSimulator } from "./running-simulator.ts";

const body = (value: unknown): RequestInit => ({ method: "POST", body: JSON.stringify(value) });

describe("POST /v1/ai-voice-generator", () => {
  it("creates a project and charges 0.05 credits a character, rounded up", async () => {
    const { simulator } = await runSimulator();
    const request = { name: "Greeting", style: { prompt: "a".repeat(41), voice_name: "Morgan Freeman" } };
    const response = await call(simulator, "/v1/ai-voice-generator", body(request));
    const created = (await response.json()) as { id: string };
    expect(response.status).toBe(200);
    expect(created).toEqual({ id: expect.stringMatching(/^c[0-9a-z]{24}$/), credits_charged: 3 });
    expect(await getProject(simulator, created.id)).toEqual({
      id: created.id,
      name: "Greeting",
      status: "queued",
      type: "VOICE_GENERATOR",
      created_at: "2026-08-22T10:00:00",
      enabled: true,
      credits_charged: 3,
      downloads: [],
      error: null,
    });
  });

  it("gives every project an id of its own", async () => {
    const { simulator } = await runSimulator();
    expect(new Set(Array.from({ length: 500 }, () => simulator.createProject())).size).toBe(500);
  });

  it.each([
    ["not JSON", "{", 400, /^The body is not JSON/],
    ["empty", "", 400, /^The body is not JSON/],
    ["without style", "{}", 422, /^style: /],
    ["without prompt", '{"style":{}}', 422, /^style\.prompt: /],
    ["with an empty prompt", '{"style":{"prompt":""}}', 422, /^style\.prompt: /],
    ["with a prompt too long", JSON.stringify({ style: { prompt: "a".repeat(1001) } }), 422, /^style\.prompt: /],
    ["not an object", "[]", 422, /^(body|style): /],
  ])("refuses a body that is %s", async (_case, text, status, message) => {
    const { simulator } = await runSimulator();
    const response = await call(simulator, "/v1/ai-voice-generator", { method: "POST", body: text });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ code: "invalid_request", message: expect.stringMatching(message) });
  });
});

describe("POST /v1/ai-voice-cloner", () => {
  it("creates a project from a prompt and a sample", async () => {
    const { simulator } = await runSimulator();
    const request = { assets: { audio_file_path: "api-assets/id/1234.mp3" }, style: { prompt: "Hello" } };
    const created = await (await call(simulator, "/v1/ai-voice-cloner", body(request))).json();
    expect(created).toMatchObject({ credits_charged: 1 });
    const { id } = created as { id: string };
    expect(await getProject(simulator, id)).toMatchObject({ type: "VOICE_CLONER", name: null });
  });

  it("refuses a body without a sample", async () => {
    const { simulator } = await runSimulator();
    const response = await call(simulator, "/v1/ai-voice-cloner", body({ style: { prompt: "Hello" } }));
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(/^assets: /) });
  });
});

describe("the bearer check", () => {
  it.each([
    ["no key", undefined],
    ["another key", "Bearer mhk_sim_other"],
    ["another scheme", "Basic mhk_sim_right"],
    ["an empty key", "Bearer "],
  ])("refuses %s with 401", async (_case, authorization) => {
    const { simulator } = await runSimulator({ apiKey: "mhk_sim_right" });
    const id = simulator.createProject(atOnce);
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    for (const method of ["GET", "DELETE"]) {
      const response = await fetch(`${simulator.url}/v1/audio-projects/${id}`, { method, headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ code: "unauthorized", message: "Unauthorized" });
    }
    expect(simulator.project(id).deleted).toBe(false);
  });
});

describe("GET and DELETE /v1/audio-projects/{id}", () => {
  it("shows downloads only when complete, under fresh URLs with stable paths", async () => {
    const { simulator, clock } = await runSimulator({ plan: { outputs: 2 } });
    const id = simulator.createProject();
    const seen: string[] = [];
    for (const seconds of [0, 1.9, 0.1, 3.9]) {
      clock.pass(seconds);
      const project = await getProject(simulator, id);
      seen.push(project.status);
      expect(project.downloads).toEqual([]);
    }
    expect(seen).toEqual(["queued", "queued", "rendering", "rendering"]);
    clock.pass(0.1);
    const [first, second] = [await getProject(simulator, id), await getProject(simulator, id)];
    expect(first.status).toBe("complete");
    const paths = (project: typeof first) => project.downloads.map(({ url }) => new URL(url).pathname);
    expect(paths(first)).toEqual([`/downloads/${id}/0/output.wav`, `/downloads/${id}/1/output.wav`]);
    expect(paths(second)).toEqual(paths(first));
    const urls = [...first.downloads, ...second.downloads].map(({ url }) => url);
    expect(new Set(urls).size).toBe(4);
  });

  it("answers 404 for what it does not know", async () => {
    const { simulator } = await runSimulator();
    for (const [path, method] of [
      ["/v1/audio-projects/c000000000000000000000000", "GET"],
      ["/v1/audio-projects/c000000000000000000000000", "DELETE"],
      ["/v1/audio-projects", "GET"],
      ["/", "GET"],
    ] as const) {
      const response = await call(simulator, path, { method });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ code: "not_found", message: "Not Found" });
    }
  });

  it("deletes for good: 204, then 404 for GET, DELETE and download", async () => {
    const { simulator } = await runSimulator({ plan: atOnce });
    const id = simulator.createProject();
    const [download] = (await getProject(simulator, id)).downloads;
    const path = `/v1/audio-projects/${id}`;
    const deleted = await call(simulator, path, { method: "DELETE" });
    expect([deleted.status, await deleted.text()]).toEqual([204, ""]);
    expect((await call(simulator, path)).status).toBe(404);
    expect((await call(simulator, path, { method: "DELETE" })).status).toBe(404);
    const gone = await fetch(download?.url ?? "");
    expect([gone.status, await gone.text()]).toEqual([404, expect.stringContaining("<Code>NoSuchKey</Code>")]);
  });

  it("shows a deleted project as disabled when the plan says so", async () => {
    const { simulator } = await runSimulator({ plan: { ...atOnce, deletedAnswer: "disabled" } });
    const id = simulator.createProject();
    await call(simulator, `/v1/audio-projects/${id}`, { method: "DELETE" });
    expect(await getProject(simulator, id)).toMatchObject({ status: "complete", enabled: false, downloads: [] });
    expect((await call(simulator, `/v1/audio-projects/${id}`, { method: "DELETE" })).status).toBe(404);
  });

  it("keeps back downloads for the planned number of GETs", async () => {
    const { simulator, clock } = await runSimulator();
    const late = simulator.createProject({ withoutDownloads: 2 });
    const never = simulator.createProject({ withoutDownloads: Number.POSITIVE_INFINITY });
    await getProject(simulator, late); // a GET while queued does not count
    clock.pass(6);
    const counts: (number | undefined)[] = [];
    for (let get = 0; get < 4; get += 1) counts.push((await getProject(simulator, late)).downloads.length);
    expect(counts).toEqual([0, 0, 1, 1]);
    expect(await getProject(simulator, never)).toMatchObject({ status: "complete", downloads: [] });
  });

  it("takes an empty DELETE that claims to be JSON", async () => {
    const { simulator } = await runSimulator();
    const response = await fetch(`${simulator.url}/v1/audio-projects/${simulator.createProject()}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${simulator.apiKey}`, "content-type": "application/json" },
    });
    expect(response.status).toBe(204);
  });
});
