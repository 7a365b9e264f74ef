import { readFileSync } from "node:fs";
import aslValidator from "asl-validator";
import { expect, inject, test } from "vitest";
import { passingErrorNames, terminalErrorNames } from "../../../functions/domain/errors.ts";
import { longestDeadlineSeconds } from "../../../functions/domain/input.ts";
import { longestIntervalSeconds } from "../../../functions/domain/poll-schedule.ts";

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly TimeoutSeconds?: number;
  readonly SecondsPath?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: string[] }[];
  readonly Retry?: readonly { readonly ErrorEquals: string[]; readonly [field: string]: unknown }[];
}

const definition = inject("transfer").definition as { StartAt: string; States: Record<string, State> };
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
    expect(names).toEqual(
      expect.arrayContaining(["Lambda.TooManyRequestsException", "Lambda.Unknown", ...passingErrorNames]),
    );
    expect(new Set(names).size, "one layer repeats a thing, not two").toBe(names.length);
    for (const name of terminalErrorNames) expect(names).not.toContain(name);
  }
});

test("every task catches everything, and every failure path ends in Failed", () => {
  for (const [name, { Catch = [] }] of tasks) {
    expect(Catch.at(-1)?.ErrorEquals).toEqual(["States.ALL"]);
    for (const { Next, ErrorEquals } of Catch) {
      // The one exception: copied but not deleted is a result, and only for errors that may pass.
      if (Next === "Done") {
        expect(name).toBe("Delete project");
        for (const terminal of terminalErrorNames) expect(ErrorEquals).not.toContain(terminal);
      } else expect(definition.States[Next]).toMatchObject({ Type: "Pass", Next: "Failed" });
    }
  }
});

test("only a verified copy leads to the deletion, and only a decision of the poll to the copy", () => {
  const leadingTo = (target: string) =>
    edges()
      .filter(({ to }) => to === target)
      .map(({ from }) => from);
  expect(leadingTo("Delete project")).toEqual(["Delete asked?"]);
  expect(leadingTo("Delete asked?")).toEqual(["More outputs?"]);
  expect(leadingTo("More outputs?")).toEqual(["Download outputs"]);
  expect(new Set(leadingTo("Download outputs"))).toEqual(new Set(["Settled?", "More outputs?"]));
});

test("the diagram in docs/architecture.md has exactly the definition's states and transitions", () => {
  const text = readFileSync(new URL("../../../docs/architecture.md", import.meta.url), "utf8");
  const diagram = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  const names = new Map([...diagram.matchAll(/^\s*state "([^"]+)" as (\w+)$/gm)].map(([, name, id]) => [id, name]));
  const drawn = [...diagram.matchAll(/^\s*(\S+) --> (\S+?)(?: ?: .*)?$/gm)].map(([, from = "", to = ""]) => ({
    from: names.get(from) ?? from,
    to: names.get(to) ?? to,
  }));
  const ends = ["Done", "Failed"].map((from) => ({ from, to: "[*]" }));
  const defined = [{ from: "[*]", to: definition.StartAt }, ...edges(), ...ends];
  const sorted = (list: { from: string; to: string }[]) =>
    [...new Set(list.map(({ from, to }) => `${from} -> ${to}`))].sort();
  expect([...names.values()].sort()).toEqual(Object.keys(definition.States).sort());
  expect(sorted(drawn)).toEqual(sorted(defined));
});

/** All transitions of the definition. */
function edges(): { from: string; to: string }[] {
  return states.flatMap(([from, { Next, Default, Choices = [], Catch = [] }]) =>
    [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((catcher) => catcher.Next)]
      .filter((to) => to !== undefined)
      .map((to) => ({ from, to })),
  );
}
