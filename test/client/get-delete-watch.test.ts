/** `get`, `delete` and `watch` against the simulator. */
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  AudioProjects,
  DeadlineExceeded,
  InvalidInput,
  ProjectGone,
  type ProjectUpdate,
  TransferFailed,
  Unauthorized,
  VendorUnavailable,
} from "../../lib/client/index.ts";
import { atOnce } from "../lib/local/simulator/running-simulator.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";
import { clientOptions, runClient } from "./running-client.ts";

describe("get", () => {
  it("gives the typed project, with its URLs", async () => {
    const { simulator, projects } = await runClient({ simulator: { plan: { ...atOnce, outputs: 2 } } });
    const id = simulator.createProject({ name: "Greeting" });
    const project = await projects.get({ id });
    expect(project).toMatchObject({ id, name: "Greeting", status: "complete", enabled: true, error: null });
    expect(project).toMatchObject({ type: "VOICE_GENERATOR", creditsCharged: 1 });
    expect(project.createdAt).toMatch(/Z$/);
    expect(project.downloads).toHaveLength(2);
    for (const { url, expiresAt } of project.downloads) {
      expect(url).toContain("X-Goog-Signature=");
      expect(Date.parse(expiresAt ?? "")).toBeGreaterThan(Date.now());
    }
  });

  it.each([
    [refusal(404, "not_found"), ProjectGone],
    [refusal(401, "unauthorized"), Unauthorized],
    [refusal(503), VendorUnavailable],
    [refusal(422), TransferFailed],
    ["reset", VendorUnavailable],
  ] as const)("throws by name when the vendor answers %j", async (answer, type) => {
    const { projects } = await runClient({ simulator: { onRequest: everyAnswer("GET", answer) } });
    await expect(projects.get({ id: "a" })).rejects.toBeInstanceOf(type);
  });
});

describe("delete", () => {
  it("deletes what is verified, and is content with what is gone", async () => {
    const { simulator, projects, directory } = await runClient({ simulator: { plan: atOnce } });
    const id = simulator.createProject();
    await projects.checkResult({ id, downloadDirectory: directory });
    await projects.delete({ id, downloadDirectory: directory });
    expect(simulator.project(id)).toMatchObject({ deleted: true, deletes: 1 });
    await projects.delete({ id, downloadDirectory: directory });
    expect(simulator.project(id).deletes).toBe(1);
  });

  it("refuses what was not saved, and what has changed since", async () => {
    const { simulator, projects, directory } = await runClient({ simulator: { plan: atOnce } });
    const id = simulator.createProject();
    const unsaved = projects.delete({ id, downloadDirectory: directory });
    await expect(unsaved).rejects.toThrow(`no manifest of it stands in ${directory}`);
    await projects.checkResult({ id, downloadDirectory: directory });
    await truncate(join(directory, "0-output.wav"), 100);
    const changed = projects.delete({ id, downloadDirectory: directory });
    await expect(changed).rejects.toBeInstanceOf(TransferFailed);
    await expect(changed).rejects.toThrow(`${join(directory, "0-output.wav")} has 100 bytes instead of`);
    expect(simulator.project(id)).toMatchObject({ deleted: false, deletes: 0 });
  });

  it("with force deletes without a look, twice if need be", async () => {
    const { simulator, projects } = await runClient({ simulator: { plan: atOnce } });
    const id = simulator.createProject();
    await projects.delete({ id, force: true });
    await projects.delete({ id, force: true });
    expect(simulator.project(id)).toMatchObject({ deleted: true, deletes: 2, downloads: 0 });
  });

  it("tries again what may pass", async () => {
    const onRequest = firstAnswers("DELETE", [refusal(503)]);
    const { simulator, projects } = await runClient({ simulator: { plan: atOnce, onRequest } });
    const id = simulator.createProject();
    await projects.delete({ id, force: true });
    expect(simulator.project(id)).toMatchObject({ deleted: true, deletes: 2 });
  });
});

describe("watch", () => {
  const all = async (updates: AsyncIterable<ProjectUpdate>) => {
    const seen: ProjectUpdate[] = [];
    for await (const update of updates) seen.push(update);
    return seen.map(({ status, verdict }) => [status, verdict]);
  };

  it("tells each change once, and ends with the project", async () => {
    const { simulator, projects } = await runClient({ client: { pollIntervalSeconds: 1 } });
    const id = simulator.createProject({ queuedSeconds: 1, renderingSeconds: 6 });
    const seen = await all(projects.watch({ id }));
    expect(seen).toEqual([
      ["queued", "pending"],
      ["rendering", "pending"],
      ["complete", "complete"],
    ]);
    expect(simulator.project(id).gets).toBeGreaterThan(seen.length - 1);
    expect(simulator.project(id).downloads).toBe(0);
  });

  it.each([
    [{ endIn: "error" }, ["error", "failed"]],
    [{ endIn: "canceled" }, ["canceled", "canceled"]],
    [{ disabled: true }, ["complete", "gone"]],
  ] as const)("ends with a project that is %j", async (plan, last) => {
    const { simulator, projects } = await runClient({ simulator: { plan: atOnce } });
    expect(await all(projects.watch({ id: simulator.createProject(plan) }))).toEqual([last]);
  });

  it("throws at the deadline", async () => {
    const { simulator, projects } = await runClient();
    const watching = all(projects.watch({ id: simulator.createProject({ queuedSeconds: 60 }), deadlineSeconds: 1 }));
    await expect(watching).rejects.toBeInstanceOf(DeadlineExceeded);
  });

  it("polls no more once the loop is left", async () => {
    const { simulator, projects } = await runClient();
    const id = simulator.createProject({ queuedSeconds: 60 });
    for await (const { status } of projects.watch({ id })) {
      expect(status).toBe("queued");
      break;
    }
    expect(simulator.project(id).gets).toBe(1);
  });
});

describe("the options", () => {
  it("default to the environment", async () => {
    const { simulator } = await runClient({ simulator: { plan: atOnce } });
    const environment = {
      MAGIC_HOUR_API_KEY: simulator.apiKey,
      MAGIC_HOUR_BASE_URL: `${simulator.url}/`,
      GUARDED_HTTP_EXCEPTIONS: simulator.url,
    };
    await using projects = new AudioProjects({ environment });
    const id = simulator.createProject();
    expect((await projects.get({ id })).id).toBe(id);
  });

  it("without exceptions let nothing but https to public addresses pass", async () => {
    const { simulator } = await runClient();
    await using projects = new AudioProjects({ ...clientOptions(simulator), guardExceptions: [] });
    await expect(projects.get({ id: "a" })).rejects.toThrow(/not https/);
  });

  it.each([
    [{}, Unauthorized, /MAGIC_HOUR_API_KEY/],
    [{ apiKey: "k", pollIntervalSeconds: 0 }, InvalidInput, /pollIntervalSeconds/],
    [{ apiKey: "k", pollIntervalSeconds: Number.NaN }, InvalidInput, /pollIntervalSeconds/],
    [{ apiKey: "k", maxOutputBytes: 0.5 }, InvalidInput, /maxOutputBytes/],
  ])("%j are refused at once", (options, type, message) => {
    const make = () => new AudioProjects({ environment: {}, ...options });
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });
});
