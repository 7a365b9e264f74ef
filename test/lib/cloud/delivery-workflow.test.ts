import aslValidator from "asl-validator";
import { expect, inject, test } from "vitest";
import { deliverySchedule, longestRetryAfterSeconds } from "../../../functions/domain/delivery-schedule.ts";
import { diagramOf, edgesOf, transitionsOf, type WorkflowDefinition } from "./workflow-diagram.ts";

const definition = inject("transfer").deliveryDefinition as WorkflowDefinition;
const states = Object.entries(definition.States);

test("asl-validator accepts the definition", () => {
  expect(aslValidator(structuredClone(definition))).toMatchObject({ isValid: true, errors: [] });
});

test("JSONPath only: no query language, variables or JSONata, which the embedded interpreter would ignore", () => {
  expect(JSON.stringify(definition)).not.toMatch(
    /QueryLanguage|"Assign"|"Arguments"|"Output"|\{%|\$states|\$\$\.State\b/,
  );
});

test("its one task has a time-out longer than its function's, and its one wait is the delivery schedule's", () => {
  const tasks = states.filter(([, { Type }]) => Type === "Task");
  expect(tasks.map(([name, { TimeoutSeconds }]) => [name, TimeoutSeconds])).toEqual([["Attempt", 75]]);
  const waits = states.filter(([, { Type }]) => Type === "Wait");
  expect(waits).toEqual([["Wait", expect.objectContaining({ SecondsPath: "$.attempt.waitSeconds", Next: "Attempt" })]]);
  // Ten attempts, each wait a day and a tenth at most: a fortnight is never reached, a year is allowed.
  expect((deliverySchedule.length - 1) * longestRetryAfterSeconds * 1.1).toBeLessThan(14 * 86_400);
});

test("Lambda's own failures are repeated with full jitter, a cap and a bound; what receivers do is not", () => {
  const retries = definition.States["Attempt"]?.Retry ?? [];
  for (const retry of retries)
    expect(retry).toMatchObject({ JitterStrategy: "FULL", MaxDelaySeconds: expect.any(Number) });
  const names = retries.flatMap(({ ErrorEquals }) => ErrorEquals);
  expect(names).toEqual(
    expect.arrayContaining(["Lambda.TooManyRequestsException", "Lambda.Unknown", "States.Timeout"]),
  );
  expect(new Set(names).size, "one layer repeats a thing, not two").toBe(names.length);
  expect(names).not.toContain("InvalidInput");
});

test("everything is caught, and every failure path ends in Undelivered, which is a failed execution", () => {
  const catchers = definition.States["Attempt"]?.Catch ?? [];
  expect(catchers.at(-1)?.ErrorEquals).toEqual(["States.ALL"]);
  for (const { Next } of catchers) expect(definition.States[Next]).toMatchObject({ Type: "Pass", Next: "Undelivered" });
  expect(definition.States["Undelivered"]).toEqual({
    Type: "Fail",
    ErrorPath: "$.failure.error",
    CausePath: "$.failure.detail.errorMessage",
  });
});

test("only an attempt that delivered leads to Delivered", () => {
  const from = edgesOf(definition).filter(({ to }) => to === "Delivered");
  expect(from).toEqual([{ from: "Delivered?", to: "Delivered" }]);
  expect(definition.States["Delivered?"]).toMatchObject({
    Choices: [
      { Variable: "$.attempt.outcome", StringEquals: "delivered", Next: "Delivered" },
      { Variable: "$.attempt.outcome", StringEquals: "retry", Next: "Wait" },
    ],
    Default: "Undelivered",
  });
});

test("the diagram in docs/architecture.md has exactly the definition's states and transitions", () => {
  const drawn = diagramOf("The delivery workflow");
  expect(drawn.states).toEqual(Object.keys(definition.States).sort());
  expect(drawn.transitions).toEqual(transitionsOf(definition, ["Delivered", "Undelivered"]));
});
