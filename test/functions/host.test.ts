import { expect, test } from "vitest";
import { bytesVariable, requireVariable } from "../../functions/environment.ts";
import { onFirstCall, requireOutput } from "../../functions/host.ts";

test("a variable that must be set is named when it is not", () => {
  expect(requireVariable({ A: "x" }, "A")).toBe("x");
  expect(() => requireVariable({ A: "" }, "A")).toThrow("environment variable A is not set");
});

test.each(["0", "-1", "1.5", "many", "", "1e99"])(
  "%j is no number of bytes: a cap that cannot be read must not mean no cap",
  (text) => {
    expect(() => bytesVariable({ MAX: text }, "MAX", 5)).toThrow("environment variable MAX must be");
  },
);

test("a number of bytes is read, or the default taken", () => {
  expect(bytesVariable({ MAX: "7" }, "MAX", 5)).toBe(7);
  expect(bytesVariable({}, "MAX", 5)).toBe(5);
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
    return async (state) => state;
  });
  expect(composed).toBe(0);
  const context = { getRemainingTimeInMillis: () => 1 };
  const state = { execution: { name: "n", startedAt: "t" }, input: {} };
  await run(state, context);
  await run(state, context);
  expect(composed).toBe(1);
});
