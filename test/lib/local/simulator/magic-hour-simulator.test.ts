import { describe, expect, it } from "vitest";
import { startMagicHourSimulator } from "../../../../lib/local/simulator/magic-hour-simulator.ts";
import { UnknownProjectError } from "../../../../lib/local/simulator/projects.ts";
import { atOnce, call, getProject, runSimulator } from "./running-simulator.ts";

describe("startMagicHourSimulator", () => {
  it("listens on the loopback with a random key of its own", async () => {
    const [one, other] = [await runSimulator(), await runSimulator()];
    expect(one.simulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(one.simulator.apiKey).toMatch(/^mhk_sim_[0-9a-f]{48}$/);
    expect(one.simulator.apiKey).not.toBe(other.simulator.apiKey);
  });

  it("gives a reachable URL when it listens on every address", async () => {
    const { simulator } = await runSimulator({ host: "0.0.0.0" });
    expect(simulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await call(simulator, "/v1/audio-projects/c1")).status).toBe(404);
  });

  it.each([0, 604_801, 1.5, Number.NaN])("refuses a download lifetime of %s seconds", async (seconds) => {
    await expect(startMagicHourSimulator({ downloadLifetimeSeconds: seconds })).rejects.toThrow(RangeError);
  });

  it.each(["", "two words"])("refuses the key '%s'", async (apiKey) => {
    await expect(startMagicHourSimulator({ apiKey })).rejects.toThrow("apiKey must have at least one character");
  });

  it("refuses an impossible default plan before it listens", async () => {
    await expect(startMagicHourSimulator({ plan: { outputs: 0 } })).rejects.toThrow(
      /outputs must be between 1 and 100/,
    );
  });

  it("lays a project's plan over its own", async () => {
    const { simulator } = await runSimulator({ plan: { ...atOnce, name: "default" } });
    const id = simulator.createProject({ endIn: "canceled" });
    expect(await getProject(simulator, id)).toMatchObject({ name: "default", status: "canceled" });
  });

  it("changes a project's plan while it runs", async () => {
    const { simulator } = await runSimulator();
    const id = simulator.createProject({ endIn: "queued" });
    simulator.changeProject(id, { ...atOnce, endIn: "complete", outputs: 3 });
    expect((await getProject(simulator, id)).downloads).toHaveLength(3);
    expect(() => simulator.changeProject(id, { outputs: 101 })).toThrow("outputs must be between 1 and 100, not 101");
    expect(() => simulator.changeProject("c1", {})).toThrow("no simulated project has the id c1");
  });

  it("shows a project's state and the requests it saw", async () => {
    const { simulator, clock } = await runSimulator();
    const id = simulator.createProject();
    expect(simulator.project(id)).toMatchObject({ id, status: "queued", deleted: false, gets: 0, deletes: 0 });
    clock.pass(6);
    const { downloads } = await getProject(simulator, id);
    await (await fetch(downloads[0]?.url ?? "")).arrayBuffer();
    await fetch(`${simulator.url}/v1/audio-projects/${id}`);
    await call(simulator, `/v1/audio-projects/${id}`, { method: "DELETE" });
    const seen = { status: "complete", deleted: true, gets: 2, deletes: 1, downloads: 1 };
    expect(simulator.project(id)).toMatchObject(seen);
    expect(() => simulator.project("c1")).toThrow(UnknownProjectError);
  });

  it("has no audio for an output that the plan does not name", async () => {
    const { simulator } = await runSimulator();
    const id = simulator.createProject({ outputs: 2 });
    expect((await simulator.output(id, 1)).bytes).toBeGreaterThan(44);
    await expect(simulator.output(id, 2)).rejects.toThrow(RangeError);
  });
});
