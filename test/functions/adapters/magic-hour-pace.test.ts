/** What the client of the vendor's API asks and tells its pacer. */
import { expect, test } from "vitest";
import type { VendorPacer } from "../../../functions/adapters/vendor-pacer.ts";
import { startOfTest } from "../../lib/local/simulator/running-simulator.ts";
import { runApi } from "./running-api.ts";

/** A pacer that lets nothing in for so many seconds, and keeps what it hears. */
function notingPacer(seconds = 0) {
  const heard: unknown[] = [];
  const pacer: VendorPacer = {
    poll: () => Promise.reject(new Error("nobody should ask")),
    async enter() {
      heard.push("enter");
      return seconds;
    },
    passBy: () => void heard.push("pass by"),
    answered: (answer) => void heard.push(answer),
  };
  return { pacer, heard };
}

const answered = (isThrottled: boolean, retryAfterSeconds?: number) => {
  return { sentAt: startOfTest, isThrottled, retryAfterSeconds };
};

test("every request asks or counts, and every answer is told, 429 and its Retry-After above all", async () => {
  const { pacer, heard } = notingPacer();
  const throttled = { status: 429, headers: { "retry-after": "7" } };
  const { magicHour, id } = await runApi([undefined, throttled, { status: 503 }, undefined], { pacer });
  await magicHour.getProject(id);
  await magicHour.getProject(id, true);
  await magicHour.getProject(id);
  await magicHour.deleteProject(id);
  expect(heard).toEqual([
    "enter",
    answered(false),
    answered(true, 7),
    "enter",
    answered(false),
    "pass by",
    answered(false),
  ]);
});

test("what may not be sent now is not sent, and says when", async () => {
  const { pacer } = notingPacer(12);
  const { magicHour, id, arrived } = await runApi([], { pacer });
  expect(await magicHour.getProject(id)).toEqual({
    kind: "unavailable",
    reason: "not asked: HTTP 429 before",
    retryAfterSeconds: 12,
  });
  expect(arrived).toEqual([]);
});

test("a DELETE waits for nothing: what it rests on must not grow old", async () => {
  const { pacer, heard } = notingPacer(12);
  const { magicHour, id, simulator } = await runApi([], { pacer });
  await magicHour.deleteProject(id);
  expect(simulator.project(id).deleted).toBe(true);
  expect(heard).toEqual(["pass by", answered(false)]);
});
