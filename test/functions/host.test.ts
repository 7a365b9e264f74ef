import { expect, test } from "vitest";
import { pollDefaults, requireVariable, wholeNumberVariable } from "../../functions/environment.ts";
import { onFirstCall, requireOutput } from "../../functions/host.ts";

test("a variable that must be set is named when it is not", () => {
  expect(requireVariable({ A: "x" }, "A")).toBe("x");
  expect(() => requireVariable({ A: "" }, "A")).toThrow("environment variable A is not set");
});

test.each(["0", "-1", "1.5", "many", "", "1e99"])(
  "%j is no whole number of at least 1: a cap that cannot be read must not mean no cap",
  (text) => {
    expect(() => wholeNumberVariable({ MAX: text }, "MAX", { least: 1, fallback: 5 })).toThrow(
      "environment variable MAX must be a whole number, at least 1",
    );
  },
);

test("a whole number is read, or the fallback taken", () => {
  expect(wholeNumberVariable({ MAX: "7" }, "MAX", { least: 1, fallback: 5 })).toBe(7);
  expect(wholeNumberVariable({ MAX: "0" }, "MAX", { least: 0, fallback: 5 })).toBe(0);
  expect(wholeNumberVariable({}, "MAX", { least: 1, fallback: 5 })).toBe(5);
  expect(wholeNumberVariable({}, "MAX", { least: 1, fallback: undefined })).toBeUndefined();
});

test("polls go by the usual numbers unless the stack is configured otherwise", () => {
  expect(pollDefaults({})).toEqual({ deadlineSeconds: 86_400, shortestInterval: 3 });
  const configured = pollDefaults({ DEADLINE_SECONDS: "7200", POLL_INTERVAL_SECONDS: "60" });
  expect(configured).toEqual({ deadlineSeconds: 7_200, shortestInterval: 60 });
});

test("a step that needs an output says so when the workflow skipped the poll", () => {
  expect(() => requireOutput({ execution: { name: "n", startedAt: "t" }, input: {} })).toThrow(
    "Check status must run first",
  );
});

test("a function is composed once, at its first call", async () => {
  let composed = 0;
  const run = onFirstCall(() => {
    composed += 1;
    return async (event: number) => event + 1;
  });
  expect(composed).toBe(0);
  const context = { getRemainingTimeInMillis: () => 1 };
  expect(await run(1, context)).toBe(2);
  expect(await run(2, context)).toBe(3);
  expect(composed).toBe(1);
});
