import fc from "fast-check";
import { expect, test } from "vitest";
import {
  afterAdmission,
  afterDismissal,
  afterIdling,
  afterIssue,
  afterSending,
  emptyQueue,
  isLate,
  numberHere,
  secondsToTurn,
  type VendorQueue,
  withNumber,
} from "../../../functions/domain/vendor-queue.ts";

const ofTen: VendorQueue = { ...emptyQueue, issued: 10 };

test("numbers come one after another, and the turn of each is as far off as those before it take", () => {
  expect(afterIssue(afterIssue(emptyQueue)).issued).toBe(2);
  expect([1, 2, 10].map((number) => secondsToTurn(ofTen, number, 5))).toEqual([0, 0.2, 1.8]);
});

test("copies that go first make turns come later", () => {
  const shared = Array.from({ length: 1_000 }).reduce<VendorQueue>(
    (queue, _, i) => afterSending(queue, i % 2 === 0),
    ofTen,
  );
  expect(secondsToTurn(shared, 10, 5)).toBeCloseTo(3.6, 0);
});

test("a turn that passed while nobody was there is late, and does not count again", () => {
  const passed = afterIdling(ofTen, 3);
  expect([3, 4].map((number) => isLate(passed, number))).toEqual([true, false]);
  expect(afterAdmission(passed, 2)).toMatchObject({ passed: 3, missed: 2 });
  expect(afterAdmission(passed, 4)).toMatchObject({ passed: 4, missed: 3 });
});

test("one who is let in and goes away all the same comes back late, and does not count twice", () => {
  const gone = afterDismissal(afterAdmission(ofTen, 1));
  expect(isLate(gone, 1)).toBe(true);
  expect(afterAdmission(gone, 1)).toMatchObject({ passed: 1, missed: 0 });
});

test("a turn of another queue is late when its time has come, and else as far off as that", () => {
  const now = 1_000_000;
  const turn = { queue: "other", number: 900, at: now + 2_000 };
  expect(isLate(ofTen, numberHere(ofTen, { ...turn, at: now }, now, 5))).toBe(true);
  const number = numberHere(ofTen, turn, now, 5);
  expect(secondsToTurn(ofTen, number, 5)).toBeCloseTo(2);
  expect(withNumber(ofTen, 40).issued).toBe(40);
});

test("whatever comes, turns pass in order, no more pass than were given, and every turn passes with time", () => {
  const step = fc.oneof(
    fc.constant(afterIssue),
    fc.double({ min: 0, max: 20, noNaN: true }).map((idle) => (queue: VendorQueue) => afterIdling(queue, idle)),
    fc.nat(30).map((number) => (queue: VendorQueue) => afterAdmission(queue, Math.min(number, queue.issued))),
    fc.boolean().map((isPoll) => (queue: VendorQueue) => afterSending(queue, isPoll)),
    fc.nat(100).map((number) => (queue: VendorQueue) => withNumber(queue, number)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      let queue = emptyQueue;
      for (const next of steps) {
        const before = queue;
        queue = next(queue);
        expect(queue.passed).toBeGreaterThanOrEqual(before.passed);
        expect(queue.passed).toBeLessThanOrEqual(queue.issued);
        expect(queue.missed).toBeGreaterThanOrEqual(0);
      }
      expect(isLate(afterIdling(queue, 5 * queue.issued + 1), queue.issued)).toBe(true);
    }),
  );
});
