import { expect, test } from "vitest";
import { reportEnd, reportEvent, type Style } from "../../../../lib/local/terminal/transfer-report.ts";
import type { ExecutionDescription } from "../../../../lib/local/workflows/execution.ts";

const plain: Style = (_, text) => text;
const place = { stateType: "Task", thread: "" } as const;

const description: ExecutionDescription = {
  executionArn: "arn",
  stateMachineArn: "arn",
  name: "n",
  status: "SUCCEEDED",
  startDate: new Date(0),
  input: "{}",
};

const receipt = { bucket: "b", key: "dir/0-a.wav", bytes: 1_500, sha256: "f".repeat(64) };
const output = {
  id: "p",
  verdict: "complete",
  polls: 2,
  outputs: [receipt],
  manifest: { bucket: "b", key: "dir/manifest.json" },
};

test("a poll is one line: status, verdict and the wait chosen", () => {
  const state = { check: { next: "wait", waitSeconds: 7 }, output: { polls: 2, status: "queued", verdict: "pending" } };
  const event = {
    ...place,
    type: "StateExited",
    state: "Check status",
    input: {},
    output: state,
    timestamp: 3_200,
  } as const;
  expect(reportEvent(event, 1_000, plain)).toBe("00:02.2    poll 2: queued, pending; next poll in 7 s");
});

test("states are shown as they are entered, those that only steer are not", () => {
  const entered = (state: string) =>
    reportEvent({ ...place, type: "StateEntered", state, input: {}, timestamp: 0 }, 0, plain);
  expect(entered("Download outputs")).toBe("00:00.0  Download outputs");
  expect(entered("Settled?")).toBeUndefined();
});

test("a failing task shows the sentence inside Lambda's cause", () => {
  const cause = JSON.stringify({
    errorType: "TransferFailed",
    errorMessage: "other bytes stand there",
    trace: ["at x"],
  });
  const event = {
    ...place,
    type: "StateFailed",
    state: "Download outputs",
    error: "TransferFailed",
    cause,
    timestamp: 0,
  } as const;
  expect(reportEvent(event, 0, plain)).toBe("00:00.0    TransferFailed: other bytes stand there");
});

test("the end says where the files are", () => {
  const text = reportEnd(
    { ...description, output: JSON.stringify({ ...output, deleted: "not-requested" }) },
    "store",
    plain,
  );
  expect(text.split("\n")).toEqual([
    "Done: project p is complete, 2 polls",
    "  store/b/dir",
    "    0-a.wav  1.5 kB  sha256 ffffffffffffffff…",
    "    manifest.json",
    "  remote project: kept (--delete deletes it after verification)",
  ]);
});

test("receipts that did not fit the state are counted", () => {
  const omitted = { ...output, outputs: [], outputsOmitted: 900, deleted: "yes" };
  const text = reportEnd({ ...description, output: JSON.stringify(omitted) }, "store", plain);
  expect(text).toContain("900 outputs, listed in the manifest");
  expect(text).toContain("deleted, after every byte was verified");
});

test("a failure is its name and its cause", () => {
  const failed = { ...description, status: "FAILED", error: "ProjectGone", cause: "project p is gone" } as const;
  expect(reportEnd(failed, "store", plain)).toBe("FAILED ProjectGone: project p is gone");
});
