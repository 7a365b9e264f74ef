import { describe, expect, test } from "vitest";
import { pathOf, writeAnswer } from "../../../functions/domain/api-answer.ts";
import {
  deletionOccasion,
  fitsAnswer,
  largestAnsweredBytes,
  mostAnsweredOutputs,
} from "../../../functions/domain/api-deletion.ts";
import * as apiErrors from "../../../functions/domain/api-errors.ts";
import { problemAnswer } from "../../../functions/domain/api-problem.ts";
import { deletionAnswer, projectAnswer } from "../../../functions/domain/api-project.ts";
import { type DescribedExecution, startAnswer, transferOf } from "../../../functions/domain/api-transfer.ts";
import * as errors from "../../../functions/domain/errors.ts";
import type { Manifest } from "../../../functions/domain/manifest.ts";
import { parseProject } from "../../../functions/domain/project.ts";

const running: DescribedExecution = {
  name: "order-7412",
  status: "RUNNING",
  startedAt: new Date("2026-08-22T10:00:00.000Z"),
  stoppedAt: undefined,
  input: { id: "cm1" },
  output: undefined,
  error: undefined,
  cause: undefined,
};

describe("an answer", () => {
  test("is JSON that no cache keeps", () => {
    expect(writeAnswer({ status: 200, content: { a: 1 }, headers: { location: "/x" }, execution: "not sent" })).toEqual(
      {
        statusCode: 200,
        headers: { "content-type": "application/json", "cache-control": "no-store", location: "/x" },
        body: '{"a":1}',
      },
    );
  });

  test("without content has neither body nor type", () => {
    expect(writeAnswer({ status: 204 })).toEqual({ statusCode: 204, headers: { "cache-control": "no-store" } });
  });

  test("names a transfer by a path that any name fits in", () => {
    expect(pathOf("order-7412")).toBe("/transfers/order-7412");
    expect(pathOf("a+b=c@d")).toBe("/transfers/a%2Bb%3Dc%40d");
  });
});

describe("a transfer in an answer", () => {
  test("is null where it has nothing yet", () => {
    const expected = { stoppedAt: null, output: null, error: null, startedAt: "2026-08-22T10:00:00.000Z" };
    expect(transferOf(running)).toEqual({ name: "order-7412", status: "RUNNING", input: { id: "cm1" }, ...expected });
  });

  test("says why it ended, without secrets, also where Step Functions gave half a reason", () => {
    const stoppedAt = new Date("2026-08-22T10:00:01.000Z");
    const failed = {
      ...running,
      status: "FAILED",
      stoppedAt,
      error: "ProjectGone",
      cause: "see https://a/?token=SECRET",
    };
    expect(transferOf(failed)).toMatchObject({
      stoppedAt: "2026-08-22T10:00:01.000Z",
      error: { name: "ProjectGone", message: "see https://a/?[redacted]" },
    });
    expect(transferOf({ ...failed, error: undefined }).error?.name).toBe("FAILED");
    expect(transferOf({ ...failed, cause: undefined }).error).toEqual({ name: "ProjectGone", message: "" });
  });

  test("is 202 when it is new, 200 when it was there", () => {
    const answer = { headers: { location: "/transfers/order-7412" }, execution: "order-7412" };
    expect(startAnswer({ execution: running, isNew: true })).toMatchObject({ ...answer, status: 202 });
    expect(startAnswer({ execution: running, isNew: false })).toMatchObject({ ...answer, status: 200 });
  });
});

describe("a project in an answer", () => {
  const url = "https://audio.magichour.ai/output.wav?X-Goog-Signature=SECRET";
  const project = parseProject(
    { id: "cm1", status: "complete", enabled: true, downloads: [{ url }], credits_charged: 12 },
    "cm1",
  );

  test("has no URL", () => {
    const answer = projectAnswer({ kind: "project", project });
    expect(answer.content).toEqual({
      id: "cm1",
      status: "complete",
      verdict: "complete",
      name: null,
      type: null,
      createdAt: null,
      creditsCharged: 12,
      enabled: true,
      error: null,
      outputCount: 1,
    });
  });

  test("that is deleted is 204, or the transfer that does it", () => {
    expect(deletionAnswer({ kind: "deleted" })).toEqual({ status: 204 });
    expect(deletionAnswer({ kind: "transfer", execution: running })).toMatchObject({
      status: 202,
      headers: { location: "/transfers/order-7412" },
    });
  });
});

describe("a problem", () => {
  test.each<[Error, number, string]>([
    [new errors.InvalidInput("x"), 400, "Bad Request"],
    [new apiErrors.NotFound("x"), 404, "Not Found"],
    [new apiErrors.Conflict("x"), 409, "Conflict"],
    [new errors.TransferFailed("x"), 409, "Conflict"],
    [new apiErrors.BodyTooLarge("x"), 413, "Content Too Large"],
    [new apiErrors.UnsupportedMediaType("x"), 415, "Unsupported Media Type"],
    [new errors.Unauthorized("x"), 502, "Bad Gateway"],
    [new apiErrors.VendorRefused("x"), 502, "Bad Gateway"],
    [new errors.VendorUnavailable("x"), 503, "Service Unavailable"],
    [new errors.StoreUnavailable("x"), 503, "Service Unavailable"],
    [new errors.WorkflowsUnavailable("x"), 503, "Service Unavailable"],
  ])("of %o is %i", (error, status, title) => {
    const answer = problemAnswer(error);
    expect(answer).toMatchObject({ status, error: error.name, contentType: "application/problem+json" });
    expect(answer.content).toMatchObject({ type: "about:blank", title, status, error: error.name });
    expect(answer.headers?.["retry-after"]).toBe(status === 503 ? "10" : undefined);
  });

  test.each([
    new TypeError("SECRET"),
    Object.assign(new Error("SECRET"), { name: "NotFound" }),
    "SECRET",
    null,
    undefined,
  ])("that nobody expected (%o) tells nothing", (error) => {
    const answer = problemAnswer(error);
    expect(answer).toMatchObject({ status: 500, error: "InternalError", content: { error: "InternalError" } });
    expect(JSON.stringify(answer)).not.toContain("SECRET");
  });

  test.each([
    [0, "1"],
    [0.5, "1"],
    [41.2, "42"],
    [300, "300"],
    [86_400, "300"],
  ])("that the vendor wants %d s for says %s", (seconds, expected) => {
    expect(problemAnswer(new errors.VendorUnavailable("x"), seconds).headers?.["retry-after"]).toBe(expected);
  });

  test("has neither secrets nor more than 2,000 characters in its detail", () => {
    const { detail } = problemAnswer(new errors.InvalidInput(`https://a/?token=SECRET ${"x".repeat(3_000)}`))
      .content as {
      detail: string;
    };
    expect(detail).toHaveLength(2_000);
    expect(detail).not.toContain("SECRET");
  });
});

describe("a deletion", () => {
  const receipts = (...bytes: number[]) => ({
    outputs: bytes.map((each) => ({ bytes: each })) as unknown as Manifest["outputs"],
  });

  test("fits an answer up to so many bytes and outputs", () => {
    expect(fitsAnswer(receipts(largestAnsweredBytes))).toBe(true);
    expect(fitsAnswer(receipts(largestAnsweredBytes, 1))).toBe(false);
    expect(fitsAnswer(receipts(...Array<number>(mostAnsweredOutputs).fill(1)))).toBe(true);
    expect(fitsAnswer(receipts(...Array<number>(mostAnsweredOutputs + 1).fill(1)))).toBe(false);
  });

  test("by a transfer is one a minute", () => {
    const minute = Date.UTC(2026, 7, 22, 10, 1);
    expect(deletionOccasion(minute)).toBe(deletionOccasion(minute + 59_999));
    expect(deletionOccasion(minute)).not.toBe(deletionOccasion(minute + 60_000));
  });
});
