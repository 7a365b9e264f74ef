/** The vendor's own SDK, unchanged, takes the simulator for the real service. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFile } from "music-metadata";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { ProjectPlan } from "../../../../lib/local/simulator/project-plan.ts";
import { outputBytes, runSimulator, startOfTest } from "./running-simulator.ts";

// The SDK's own variables: a poll every 10 ms, and no log on the console.
vi.stubEnv("MAGIC_HOUR_POLL_INTERVAL", "0.01");
vi.stubEnv("MAGIC_HOUR_LOG_LEVEL", "none");

// The SDK is CommonJS, and this is how CommonJS loads it.
const { default: Client } = createRequire(import.meta.url)("magic-hour") as typeof import("magic-hour");

/** The clock stands still but for the SDK's polls: each GET of a project takes it on by a second. */
async function setUp(plan: Partial<ProjectPlan>) {
  const clock = { now: startOfTest };
  const { simulator } = await runSimulator({
    plan,
    now: () => clock.now,
    onRequest: ({ method, path }) => {
      if (method === "GET" && path.startsWith("/v1/")) clock.now += 1000;
      return undefined;
    },
  });
  const downloadDirectory = await mkdtemp(join(tmpdir(), "vendor-sdk-"));
  onTestFinished(() => rm(downloadDirectory, { recursive: true, force: true }));
  const client = new Client({ baseUrl: simulator.url, token: simulator.apiKey });
  return { simulator, client, downloadDirectory };
}

const request = { name: "Greeting", style: { prompt: "Hello, how are you?", voiceName: "Morgan Freeman" } } as const;

describe("the vendor's SDK", () => {
  it.each([
    ["wav", "WAVE", "PCM"],
    ["mp3", "MPEG", "MPEG 2 Layer 3"],
  ] as const)(
    "creates, gets, waits for, downloads and deletes a project of one %s",
    async (format, container, codec) => {
      const { simulator, client, downloadDirectory } = await setUp({ formats: [format] });
      const { audioProjects, aiVoiceGenerator } = client.v1;

      const { id, creditsCharged } = await aiVoiceGenerator.create(request);
      expect(creditsCharged).toBe(1);
      const first = await audioProjects.get({ id });
      expect(first).toMatchObject({ id, name: "Greeting", type: "VOICE_GENERATOR", enabled: true, error: null });
      expect(["queued", "rendering"]).toContain(first.status);

      const result = await audioProjects.checkResult({ id }, { downloadDirectory });
      expect(result.status).toBe("complete");
      const [path = ""] = result.downloadedPaths ?? [];
      expect(result.downloadedPaths).toEqual([join(downloadDirectory, `output.${format}`)]);
      expect((await readFile(path)).equals(await outputBytes(simulator, id))).toBe(true);
      const { format: parsed } = await parseFile(path, { duration: true });
      expect(parsed).toMatchObject({ container, codec, sampleRate: 24_000, numberOfChannels: 1 });
      expect(parsed.duration).toBeGreaterThan(1);

      await audioProjects.delete({ id });
      // Seconds 1 to 6: the first GET and five polls.
      expect(simulator.project(id)).toMatchObject({ deleted: true, gets: 6, deletes: 1, downloads: 1 });
      await expect(audioProjects.get({ id })).rejects.toMatchObject({ response: { status: 404 } });
    },
  );

  it("overwrites outputs of one name, as it does with the real service", async () => {
    const { simulator, client, downloadDirectory } = await setUp({ outputs: 2 });
    const id = simulator.createProject();
    const { downloadedPaths } = await client.v1.audioProjects.checkResult({ id }, { downloadDirectory });
    const path = join(downloadDirectory, "output.wav");
    expect(downloadedPaths).toEqual([path, path]);
    expect((await readFile(path)).equals(await outputBytes(simulator, id, 1))).toBe(true);
  });

  it("sees errors as the real service sends them", async () => {
    const { simulator, client } = await setUp({ endIn: "error" });
    const { audioProjects } = client.v1;
    const result = await audioProjects.checkResult({ id: simulator.createProject() });
    expect(result).toMatchObject({ status: "error", error: { code: "rendering_failed" } });
    const stranger = new Client({ baseUrl: simulator.url, token: "mhk_live_wrong" });
    await expect(stranger.v1.aiVoiceGenerator.create(request)).rejects.toMatchObject({ response: { status: 401 } });
  });
});
