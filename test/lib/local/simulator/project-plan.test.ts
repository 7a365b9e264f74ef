import { describe, expect, it } from "vitest";
import {
  defaultPlan,
  fileNameOf,
  formatOf,
  ImpossiblePlanError,
  makePlan,
} from "../../../../lib/local/simulator/project-plan.ts";

describe("makePlan", () => {
  it("lays plans over the default, the last winning", () => {
    expect(makePlan()).toEqual(defaultPlan);
    const plan = makePlan({ name: "one", outputs: 2 }, { name: "two" });
    expect(plan).toEqual({ ...defaultPlan, name: "two", outputs: 2 });
  });

  it.each([
    [{ queuedSeconds: -1 }, "queuedSeconds must be between 0"],
    [{ renderingSeconds: Number.NaN }, "renderingSeconds must be between 0"],
    [{ withoutDownloads: -1 }, "withoutDownloads must be between 0"],
    [{ outputs: 0 }, "outputs must be between 1 and 100, not 0"],
    [{ outputs: 1.5 }, "outputs must be a whole number, not 1.5"],
    [{ sizeBytes: 45 }, "sizeBytes must be between 46 and 4294967295, not 45"],
    [{ sizeBytes: 2 ** 32 }, "sizeBytes must be between 46 and 4294967295"],
    [{ sizeBytes: 64.5 }, "sizeBytes must be a whole number, not 64.5"],
    [{ formats: [] }, "formats must name at least one format"],
    [{ fileNames: ["ok.wav", ".."] }, 'fileNames cannot hold ".."'],
    [{ fileNames: [""] }, 'fileNames cannot hold ""'],
    [{ fileNames: ["\ud800.wav"] }, "fileNames cannot hold"],
  ])("refuses %o", (plan, message) => {
    expect(() => makePlan(plan)).toThrow(ImpossiblePlanError);
    expect(() => makePlan(plan)).toThrow(message);
  });

  it.each([0, 46, 47, 2 ** 32 - 1])("takes a size of %i bytes", (sizeBytes) => {
    expect(makePlan({ sizeBytes }).sizeBytes).toBe(sizeBytes);
  });
});

describe("names and formats of outputs", () => {
  it("uses formats in turn and repeats the vendor's names", () => {
    const plan = makePlan({ outputs: 4, formats: ["wav", "mp3"], fileNames: ["first.wav"] });
    expect([0, 1, 2, 3].map((index) => formatOf(plan, index))).toEqual(["wav", "mp3", "wav", "mp3"]);
    const names = [0, 1, 2, 3].map((index) => fileNameOf(plan, index));
    expect(names).toEqual(["first.wav", "output.mp3", "output.wav", "output.mp3"]);
  });
});
