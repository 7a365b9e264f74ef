/** Every end of a transfer is announced, however it came about, and with the words of the execution's own cause. */
import { expect, test } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import type { TransferInput } from "../../functions/domain/input.ts";
import { putObject } from "../support/deeds.ts";
import {
  eventOf,
  type NotifiedProject,
  type NotifiedProjectOptions,
  startNotifiedProject,
} from "../support/notified-project.ts";
import type { TransferEnd } from "../support/transfer-harness.ts";
import { everyAnswer, refusal } from "../support/vendor-answers.ts";
import { before } from "../support/wrapped-functions.ts";

/** The one event of a transfer that failed: at the receiver and on the bus alike, and true. */
async function expectAnnounced({ harness, receiver }: NotifiedProject, end: TransferEnd, type: string) {
  const deliveries = await harness.deliveries();
  expect(deliveries.map(({ status, waits }) => [status, waits])).toEqual([
    ["SUCCEEDED", []],
    ["SUCCEEDED", []],
  ]);
  const [attempt] = receiver.attempts;
  expect(receiver.attempts).toHaveLength(1);
  const event = eventOf(attempt ?? { body: "{}" });
  expect(event).toMatchObject({ type, data: { error: { name: end.error, message: end.cause } } });
  const { events } = harness.cloud.eventBus;
  expect(events).toMatchObject([{ "detail-type": type, detail: { id: attempt?.messageId, ...event } }]);
  expect(end.states.slice(-3)).toEqual(["Notify", "Succeeded?", "Failed"]);
  return event.data;
}

/** A transfer that ends FAILED. */
interface FailedEnd {
  readonly options?: NotifiedProjectOptions;
  /** What is done before it starts. */
  readonly deed?: (project: NotifiedProject) => unknown;
  readonly input?: Partial<TransferInput>;
  readonly error: string;
  /** Default `transfer.failed`. */
  readonly type?: string;
  /** What is told of the project, besides the error. */
  readonly data: object;
}

const vendor = (onRequest: ReturnType<typeof everyAnswer>): NotifiedProjectOptions => ({ simulator: { onRequest } });

const keyOf = ({ id }: NotifiedProject, name = "0-output.wav") => `audio-projects/${id}/${name}`;

const failedEnds: Record<string, FailedEnd> = {
  "a project that failed": {
    options: { plan: { endIn: "error", error: { code: "gpu", message: "out of memory" } } },
    error: "ProjectFailed",
    data: { verdict: "failed", status: "error", project: { error: { code: "gpu", message: "out of memory" } } },
  },
  "a project that was canceled": {
    options: { plan: { endIn: "canceled" } },
    error: "ProjectCanceled",
    type: "transfer.canceled",
    data: { verdict: "canceled", status: "canceled" },
  },
  "a project that never was": {
    input: { id: "cnobody" },
    error: "ProjectGone",
    data: { id: "cnobody", verdict: "gone", status: null, project: null, manifest: null },
  },
  "a project that is disabled": {
    options: { plan: { disabled: true } },
    error: "ProjectGone",
    data: { verdict: "gone", outputs: [] },
  },
  "a project that is gone, with no copy asked for": {
    options: { plan: { disabled: true } },
    input: { downloadOutputs: false },
    error: "ProjectGone",
    data: { verdict: "gone" },
  },
  "a deadline": {
    options: { plan: { endIn: "rendering" } },
    input: { deadlineSeconds: 60 },
    error: "DeadlineExceeded",
    type: "transfer.timed_out",
    data: { verdict: "pending", status: "rendering", deleted: "not-requested" },
  },
  "a key that is refused at the first look": {
    options: vendor(everyAnswer("GET", refusal(401))),
    error: "Unauthorized",
    // The vendor was never reached.
    data: { verdict: null, status: null, project: null, polls: 0 },
  },
  "a key that is refused when it is copied": {
    options: vendor(everyAnswer("GET", refusal(402), 1)),
    error: "Unauthorized",
    data: { verdict: "complete", polls: 1, outputs: [], manifest: null },
  },
  "a copy that is refused: other bytes stand there": {
    deed: (project) => putObject(project.harness, keyOf(project), "other bytes"),
    error: "TransferFailed",
    data: { verdict: "complete", outputs: [], manifest: null },
  },
  "a copy that is refused for good by S3": {
    options: { environment: { [environmentNames.bucket]: "no-such-bucket" } },
    error: "TransferFailed",
    data: { verdict: "complete", manifest: null },
  },
  "a deletion that is refused: the copy changed before it": {
    deed: (project) =>
      project.harness.wrap({ "delete-project": before(() => putObject(project.harness, keyOf(project), "other")) }),
    input: { deleteAfterDownload: true },
    error: "TransferFailed",
    // What was copied is told all the same.
    data: { verdict: "complete", deleted: "pending", outputs: [{ bytes: 46 }] },
  },
  "a deletion that is refused by the vendor": {
    options: vendor(everyAnswer("DELETE", refusal(403))),
    input: { deleteAfterDownload: true },
    error: "Unauthorized",
    data: { verdict: "complete", deleted: "pending", outputs: [{ bytes: 46 }] },
  },
  "a poll that crashes": {
    deed: ({ harness }) => harness.wrap({ "check-status": () => () => Promise.reject(new TypeError("a bug")) }),
    error: "TransferFailed",
    data: { verdict: null, project: null },
  },
  "a copy that crashes": {
    deed: ({ harness }) => harness.wrap({ "download-outputs": () => () => Promise.reject(new TypeError("a bug")) }),
    error: "TransferFailed",
    data: { verdict: "complete", polls: 1 },
  },
  "a deletion that crashes": {
    deed: ({ harness }) => harness.wrap({ "delete-project": () => () => Promise.reject(new TypeError("a bug")) }),
    input: { deleteAfterDownload: true },
    error: "TransferFailed",
    data: { verdict: "complete", deleted: "pending", outputs: [{ bytes: 46 }] },
  },
};

test.each(Object.entries(failedEnds))(
  "%s",
  async (_, { options = {}, deed, input = {}, error, type = "transfer.failed", data }) => {
    await using project = await startNotifiedProject(options);
    await deed?.(project);
    const metadata = { order: 17 };
    const end = await project.transfer({ metadata, ...input }, "order-17");
    expect([end.status, end.error]).toEqual(["FAILED", error]);
    const told = await expectAnnounced(project, end, type);
    expect(told).toMatchObject({ id: project.id, execution: "order-17", metadata, ...data });
  },
);

test("a deletion that stays open is no failure: the event says pending", async () => {
  await using project = await startNotifiedProject(vendor(everyAnswer("DELETE", refusal(500))));
  const end = await project.transfer({ deleteAfterDownload: true });
  await project.deliveries();
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "pending", announced: true } });
  const [event] = project.receiver.attempts.map((attempt) => eventOf(attempt));
  expect(event).toMatchObject({ type: "transfer.completed", data: { deleted: "pending", error: null } });
});

test("complete without a copy is announced, with no manifest", async () => {
  await using project = await startNotifiedProject();
  const end = await project.transfer({ downloadOutputs: false });
  await project.deliveries();
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  const [event] = project.receiver.attempts.map((attempt) => eventOf(attempt));
  expect(event).toMatchObject({ type: "transfer.completed", data: { outputs: [], manifest: null, error: null } });
});

test("one look at a project that is pending announces nothing: nothing has ended", async () => {
  await using project = await startNotifiedProject({ plan: { endIn: "rendering" } });
  const end = await project.transfer({ waitForCompletion: false });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { verdict: "pending", announced: false } });
  expect(end.states).not.toContain("Notify");
  expect(await project.harness.deliveries()).toEqual([]);
  expect([project.receiver.attempts, project.harness.cloud.eventBus.events]).toEqual([[], []]);
});
