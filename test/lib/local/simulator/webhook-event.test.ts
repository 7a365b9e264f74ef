import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makePlan, type ProjectPlan } from "../../../../lib/local/simulator/project-plan.ts";
import { type SimulatedProject, statusAt } from "../../../../lib/local/simulator/simulated-project.ts";
import { plannedEvents } from "../../../../lib/local/simulator/webhook-event.ts";
import { startOfTest } from "./running-simulator.ts";

function projectOf(plan: Partial<ProjectPlan>, deleted = false): SimulatedProject {
  const seen = { gets: 0, deletes: 0, downloads: 0 };
  const common = { id: "cm3abc", createdAt: startOfTest, completeAnswers: 0, rendered: new Map() };
  return { ...common, plan: makePlan({ queuedSeconds: 2, renderingSeconds: 4, ...plan }), deleted, seen };
}

const started = { type: "audio.started", at: startOfTest + 2_000 };

describe("the events of a project", () => {
  it.each([
    ["complete", [started, { type: "audio.completed", at: startOfTest + 6_000 }]],
    ["error", [started, { type: "audio.errored", at: startOfTest + 6_000 }]],
    ["canceled", [started]],
    ["rendering", [started]],
    ["paused", [started]],
    ["constructor", [started]],
    ["queued", []],
    ["draft", []],
  ])("that ends in %s", (endIn, events) => {
    expect(plannedEvents(projectOf({ endIn }))).toEqual(events);
  });

  it("are none once it is deleted", () => {
    expect(plannedEvents(projectOf({}, true))).toEqual([]);
  });

  it("happen at the very millisecond at which the status changes", () => {
    const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(seconds, seconds, (queuedSeconds, renderingSeconds) => {
        const project = projectOf({ queuedSeconds, renderingSeconds });
        const [first, last] = plannedEvents(project);
        expect(statusAt(project, last?.at ?? 0)).toBe("complete");
        expect(statusAt(project, (last?.at ?? 0) - 1)).not.toBe("complete");
        expect(statusAt(project, first?.at ?? 0)).not.toBe("queued");
        expect(statusAt(project, (first?.at ?? 0) - 1)).toBe("queued");
      }),
    );
  });
});
