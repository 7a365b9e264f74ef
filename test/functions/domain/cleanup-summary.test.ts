import { describe, expect, test } from "vitest";
import { isOverdue, nothingSwept, triggerOf } from "../../../functions/domain/cleanup-summary.ts";
import { day, now } from "./cleanup-fixture.ts";

/** As the CloudWatch User Guide shows what an alarm's action gets, shortened. */
const alarm = {
  source: "aws.cloudwatch",
  alarmArn: "arn:aws:cloudwatch:us-east-1:444455556666:alarm:lambda-demo-metric-alarm",
  accountId: "444455556666",
  time: "2023-08-04T12:36:15.490+0000",
  region: "us-east-1",
  alarmData: { alarmName: "lambda-demo-metric-alarm", state: { value: "ALARM" } },
};

describe("a pass was triggered", () => {
  test("by the schedule", () => {
    expect(triggerOf({ version: "0", "detail-type": "Scheduled Event", source: "aws.events", detail: {} })).toBe(
      "schedule",
    );
  });

  test("by an alarm", () => {
    expect(triggerOf(alarm)).toBe("alarm lambda-demo-metric-alarm");
  });

  test.each([undefined, null, {}, [], "aws.events", { source: "aws.s3" }, { ...alarm, alarmData: {} }])(
    "by hand, when it got %j",
    (event) => {
      expect(triggerOf(event)).toBe("hand");
    },
  );
});

test("a deletion is overdue after 24 hours", () => {
  expect([isOverdue(now - day, now), isOverdue(now - day - 1, now)]).toEqual([false, true]);
});

test("a summary has the counts of which metrics are made, in their order", () => {
  expect(Object.keys(nothingSwept())).toEqual(
    "due,started,waiting,givenUp,unreadable,overdueDeletions,failed,uploadsAborted,more".split(","),
  );
});
