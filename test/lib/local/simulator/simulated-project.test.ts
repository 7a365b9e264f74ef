import { describe, expect, it } from "vitest";
import { makePlan, type ProjectPlan } from "../../../../lib/local/simulator/project-plan.ts";
import { projectBody, type SimulatedProject, statusAt } from "../../../../lib/local/simulator/simulated-project.ts";

const project = (plan: Partial<ProjectPlan>): SimulatedProject => ({
  id: "c000000000000000000000000",
  plan: makePlan(plan),
  createdAt: 1_000_000,
  deleted: false,
  seen: { gets: 0, deletes: 0, downloads: 0 },
  completeAnswers: 0,
  rendered: new Map(),
});

describe("statusAt", () => {
  // Created at 1,000,000 ms; by default 2 s queued and 4 s rendering.
  it.each([
    ["complete", "queued", "rendering", "complete"],
    ["error", "queued", "rendering", "error"],
    ["canceled", "queued", "rendering", "canceled"],
    ["draft", "draft", "draft", "draft"],
    ["queued", "queued", "queued", "queued"],
    ["rendering", "queued", "rendering", "rendering"],
    ["archived", "queued", "rendering", "archived"],
  ])("takes a project that ends in %s through its states", (endIn, atFirst, then, atLast) => {
    const one = project({ endIn });
    expect([1_000_000, 1_001_999].map((now) => statusAt(one, now))).toEqual([atFirst, atFirst]);
    expect([1_002_000, 1_005_999].map((now) => statusAt(one, now))).toEqual([then, then]);
    expect([1_006_000, 9_000_000].map((now) => statusAt(one, now))).toEqual([atLast, atLast]);
  });
});

describe("projectBody", () => {
  const late = 2_000_000;
  const oddity = { code: "no_source", message: "The source could not be read." };

  it("gives an errored project a stock error or the planned one, and its credits back", () => {
    const stock = projectBody(project({ endIn: "error" }), late, []);
    expect(stock).toMatchObject({ status: "error", credits_charged: 0, error: { code: "rendering_failed" } });
    expect(projectBody(project({ endIn: "error", error: oddity }), late, []).error).toEqual(oddity);
  });

  it("shows an error beside complete when planned, and none before", () => {
    const one = project({ error: oddity });
    expect(projectBody(one, late, [])).toMatchObject({ status: "complete", enabled: true, error: oddity });
    expect(projectBody(one, 1_003_000, []).error).toBeNull();
  });

  it("shows a disabled project as deleted once it is complete", () => {
    const one = project({ disabled: true });
    expect(projectBody(one, 1_003_000, []).enabled).toBe(true);
    expect(projectBody(one, late, [])).toMatchObject({ status: "complete", enabled: false });
  });

  it("writes the time of creation without a zone", () => {
    expect(projectBody(project({}), late, []).created_at).toBe("1970-01-01T00:16:40");
  });
});
