import aslValidator from "asl-validator";
import { expect, inject, test } from "vitest";
import { type PassingErrorName, passingErrorNames, terminalErrorNames } from "../../../functions/domain/errors.ts";
import { longestDeadlineSeconds } from "../../../functions/domain/input.ts";
import { longestIntervalSeconds } from "../../../functions/domain/poll-schedule.ts";
import { diagramOf, edgesOf, transitionsOf, type WorkflowDefinition } from "./workflow-diagram.ts";

/** What says that an output does not come within one run of the copy. */
const tooSlow: PassingErrorName = "CopyTooSlow";

const definition = inject("transfer").definition as WorkflowDefinition;
const states = Object.entries(definition.States);
const tasks = states.filter(([, { Type }]) => Type === "Task");

test("asl-validator accepts the definition", () => {
  const { isValid, errors } = aslValidator(structuredClone(definition));
  expect(errors).toEqual([]);
  expect(isValid).toBe(true);
});

test("JSONPath only: no query language, variables or JSONata, which the embedded interpreter would ignore", () => {
  expect(JSON.stringify(definition)).not.toMatch(
    /QueryLanguage|"Assign"|"Arguments"|"Output"|\{%|\$states|\$\$\.State\b/,
  );
});

test("every task has a time-out of its own, longer than its function's", () => {
  expect(Object.fromEntries(tasks.map(([name, { TimeoutSeconds }]) => [name, TimeoutSeconds]))).toEqual({
    "Check status": 75,
    "Download outputs": 930,
    "Delete project": 930,
    "Schedule cleanup": 75,
    Notify: 75,
  });
});

test("the only wait is the poll schedule's, and it never exceeds 24 days", () => {
  const waits = states.filter(([, { Type }]) => Type === "Wait");
  expect(waits).toEqual([["Wait", expect.objectContaining({ SecondsPath: "$.check.waitSeconds" })]]);
  expect(longestIntervalSeconds).toBeLessThanOrEqual(24 * 86_400);
  expect(longestDeadlineSeconds).toBeLessThan(365 * 86_400);
});

test("every retry has full jitter, a cap and a bound, and Lambda's throttling and unknown deaths are among them", () => {
  for (const [, { Retry = [] }] of tasks) {
    for (const retry of Retry) {
      expect(retry).toMatchObject({
        JitterStrategy: "FULL",
        MaxDelaySeconds: expect.any(Number),
        MaxAttempts: expect.any(Number),
      });
    }
    const names = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
    const repeated = passingErrorNames.filter((name) => name !== tooSlow);
    expect(names).toEqual(expect.arrayContaining(["Lambda.TooManyRequestsException", "Lambda.Unknown", ...repeated]));
    expect(new Set(names).size, "one layer repeats a thing, not two").toBe(names.length);
    for (const name of [...terminalErrorNames, tooSlow, "States.ALL", "States.TaskFailed"]) {
      expect(names).not.toContain(name);
    }
  }
});

test("a copy that is too slow is not repeated: at once it would be as slow. It may pass, so its attempts count as used up", () => {
  for (const name of ["Check status", "Download outputs"]) {
    const caught = definition.States[name]?.Catch?.find(({ ErrorEquals }) => ErrorEquals.includes(tooSlow));
    expect(caught).toMatchObject({ ErrorEquals: passingErrorNames, Next: "Attempts used up" });
  }
  expect(definition.States["Attempts used up"]).toMatchObject({
    Parameters: { error: "TransferFailed", mayPass: true, "detail.$": "States.StringToJson($.caught.Cause)" },
    ResultPath: "$.failure",
  });
});

test("every task catches everything, and every failure path is told and ends in Failed", () => {
  const told = ["Notify", "Schedule cleanup"];
  for (const [name, { Catch = [] }] of tasks.filter(([task]) => !told.includes(task))) {
    expect(Catch.at(-1)?.ErrorEquals).toEqual(["States.ALL"]);
    for (const { Next, ErrorEquals } of Catch) {
      // The one exception: copied but not deleted is a result, and only for errors that may pass.
      if (Next === "Schedule cleanup") {
        expect(name).toBe("Delete project");
        for (const terminal of terminalErrorNames) expect(ErrorEquals).not.toContain(terminal);
      } else {
        const next = Next === "Unnamed failure" ? "Notify" : "Schedule cleanup";
        expect(definition.States[Next]).toMatchObject({ Type: "Pass", Next: next });
      }
    }
  }
});

test("whether anything could be left to the cleanup never changes how a transfer ends", () => {
  const { "Schedule cleanup": schedule, "Cleanup not scheduled": notScheduled } = definition.States;
  expect(schedule).toMatchObject({
    Next: "Notify",
    Catch: [{ ErrorEquals: ["States.ALL"], Next: "Cleanup not scheduled" }],
  });
  expect(notScheduled).toEqual({ Type: "Pass", Next: "Notify" });
});

test("only what the cleanup may finish passes it: deletions left pending, deadlines, refusals and used-up attempts", () => {
  const into = edgesOf(definition).filter(({ to }) => to === "Schedule cleanup");
  expect(into.map(({ from }) => from).sort()).toEqual([
    "Attempts used up",
    "Delete project",
    "Named failure",
    "Settled?",
  ]);
});

test("of a stack that deletes after some days, a copy that nobody asked to delete leaves a marker: nothing else differs", () => {
  const retaining = inject("retaining").definition as WorkflowDefinition;
  const asked = definition.States["Delete asked?"];
  expect(retaining).toEqual({
    ...definition,
    States: { ...definition.States, "Delete asked?": { ...asked, Default: "Schedule cleanup" } },
  });
});

test("whether anybody could be told never changes how a transfer ends: only its own failure does", () => {
  const { Notify, "Not announced": notAnnounced, "Succeeded?": succeeded } = definition.States;
  expect(Notify).toMatchObject({ Next: "Succeeded?", Catch: [{ ErrorEquals: ["States.ALL"], Next: "Not announced" }] });
  expect(notAnnounced).toEqual({ Type: "Pass", Next: "Succeeded?" });
  expect(succeeded).toMatchObject({
    Choices: [{ Variable: "$.failure", IsPresent: true, Next: "Failed" }],
    Default: "Done",
  });
});

test("nothing ends without being told but a look at a project that is still pending", () => {
  expect(leadingTo("Failed")).toEqual(["Succeeded?"]);
  expect(leadingTo("Done").sort()).toEqual(["Settled?", "Succeeded?"]);
  const toDone = definition.States["Settled?"]?.Choices?.filter(({ Next }) => Next === "Done");
  expect(toDone).toEqual([
    {
      And: [
        { Variable: "$.check.next", StringEquals: "done" },
        { Variable: "$.output.verdict", StringEquals: "pending" },
      ],
      Next: "Done",
    },
  ]);
});

test("only a verified copy leads to the deletion, and only a decision of the poll to the copy", () => {
  expect(leadingTo("Delete project")).toEqual(["Delete asked?"]);
  expect(leadingTo("Delete asked?")).toEqual(["More outputs?"]);
  expect(leadingTo("More outputs?")).toEqual(["Download outputs"]);
  expect(new Set(leadingTo("Download outputs"))).toEqual(new Set(["Settled?", "More outputs?"]));
});

test("the diagram in docs/architecture.md has exactly the definition's states and transitions", () => {
  const drawn = diagramOf("The transfer workflow");
  expect(drawn.states).toEqual(Object.keys(definition.States).sort());
  expect(drawn.transitions).toEqual(transitionsOf(definition, ["Done", "Failed"]));
});

/** The states that lead to one. */
function leadingTo(target: string): string[] {
  return edgesOf(definition)
    .filter(({ to }) => to === target)
    .map(({ from }) => from);
}
