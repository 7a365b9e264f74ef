import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { sleep } from "../../../../lib/local/workflows/timers.ts";
import { machine, outputOf, runOnce, task } from "./machines.ts";

const RESULT = (text: string) => ({ Type: "Pass", Result: text, End: true });

describe("what the interpreter gets wrong is right here", () => {
  test.each([
    [{ IsPresent: false }, { x: 1 }, "no"],
    [{ IsPresent: false }, {}, "yes"],
    [{ IsPresent: true }, { x: null }, "yes"],
    [{ IsNull: false }, { x: 1 }, "yes"],
    [{ IsString: false }, { x: "a" }, "no"],
  ])("%j of %j is %s", async (test, input, expected) => {
    const rule = { Variable: "$.x", ...test };
    const choose = (choice: object) =>
      runOnce(
        machine({
          Ask: { Type: "Choice", Choices: [{ ...choice, Next: "Yes" }], Default: "No" },
          Yes: RESULT("yes"),
          No: RESULT("no"),
        }),
        input,
      );
    expect(outputOf(await choose(rule))).toBe(expected);
    expect(outputOf(await choose({ And: [rule, { Or: [rule] }] }))).toBe(expected);
    expect(outputOf(await choose({ Not: { Not: rule } }))).toBe(expected);
  });

  test("ResultPath $ replaces the input, in a state and in a catcher", async () => {
    const states = { Only: { Type: "Pass", Result: { c: 1 }, ResultPath: "$", End: true } };
    expect(outputOf(await runOnce(machine(states), { a: 1 }))).toEqual({ c: 1 });
    const catching = {
      Try: task("f", { Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$", Next: "Caught" }], End: true }),
      Caught: { Type: "Pass", End: true },
    };
    const host = machine(catching, { f: () => Promise.reject(new RangeError("far")) });
    expect(outputOf(await runOnce(host, { a: 1 }))).toEqual({ Error: "RangeError", Cause: expect.any(String) });
  });
});

describe("waits", () => {
  const waiting = (fields: object) => machine({ Rest: { Type: "Wait", ...fields, End: true } });

  test.each([
    ["Seconds", { Seconds: 7 }, 7],
    ["SecondsPath", { SecondsPath: "$.seconds" }, 90],
    ["SecondsPath behind InputPath", { InputPath: "$.inner", SecondsPath: "$.seconds" }, 5],
    ["a past Timestamp", { Timestamp: "2001-01-01T00:00:00Z" }, 0],
    ["a past TimestampPath", { TimestampPath: "$.past" }, 0],
  ])("%s: as long as stated, and the input goes through", async (_what, fields, expected) => {
    const input = { seconds: 90, inner: { seconds: 5 }, past: "2001-01-01T00:00:00+01:00" };
    const asked: unknown[] = [];
    const shortenWaits = (state: string, seconds: number) => {
      asked.push([state, seconds]);
      return 0;
    };
    const result = await runOnce(waiting(fields), input, { shortenWaits });
    expect(asked).toEqual([["Rest", expected]]);
    expect(outputOf(result)).toEqual("InputPath" in fields ? input.inner : input);
  });

  test.each([2_073_601, 2 ** 31, -1, 1.5, "5"])(
    "a computed length of %j s fails, naming the state",
    async (seconds) => {
      const result = await runOnce(waiting({ SecondsPath: "$.seconds" }), { seconds });
      expect(result).toMatchObject({
        status: "FAILED",
        error: "States.Runtime",
        cause: expect.stringContaining("'Rest'"),
      });
    },
  );

  test("a time-stamp beyond 24 days fails, and so does one that is none", async () => {
    for (const at of ["9999-01-01T00:00:00Z", "tomorrow"]) {
      expect(await runOnce(waiting({ TimestampPath: "$.at" }), { at })).toMatchObject({ error: "States.Runtime" });
    }
  });

  test("a sleep beyond one timer's 24.8 days does not end at once", async () => {
    const controller = new AbortController();
    const long = sleep(2 ** 31 + 5, controller.signal);
    const first = await Promise.race([long.then(() => "ended"), delay(20, "still asleep")]);
    expect(first).toBe("still asleep");
    controller.abort();
    await expect(long).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});
