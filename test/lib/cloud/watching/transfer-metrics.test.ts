import { App, Stack } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { describe, expect, it } from "vitest";
import { logMetrics } from "../../../../lib/cloud/watching/log-metrics.ts";
import { TransferMetrics } from "../../../../lib/cloud/watching/transfer-metrics.ts";
import { filtersOf } from "./metric-filters.ts";
import { watchedTemplate } from "./watched-stack.ts";

const filters = filtersOf(watchedTemplate());
const others = filtersOf(watchedTemplate({ stackName: "a".repeat(128) }));
const named = (wanted: string) => filters.find(({ name }) => name === wanted);

describe("the metric filters", () => {
  it("are all that are listed, in one namespace", () => {
    expect(filters.map(({ name }) => name).sort()).toEqual(Object.keys(logMetrics).sort());
    expect(new Set(filters.map(({ namespace }) => namespace))).toEqual(new Set(["MagicHourAudioTransfer"]));
  });

  it("read the log that the lines are in", () => {
    const logs = Object.fromEntries(filters.map(({ name, logGroup }) => [name, logGroup.replace(/[0-9A-F]{8}$/, "")]));
    expect(logs).toMatchObject({
      Transfers: "notifylog",
      PollNumber: "checkstatuslog",
      BytesCopied: "downloadoutputslog",
      CopyBytesPerSecond: "downloadoutputslog",
      LeftToCleanup: "schedulecleanuplog",
      DeliveryAttempts: "deliverlog",
      CleanupPasses: "cleanuplog",
      WebhooksRefused: "receivewebhooklog",
      ApiServerErrors: "AccessLog",
      NotAnnounced: "TransfersLog",
      CleanupNotScheduled: "TransfersLog",
    });
  });

  it("stay within what CloudWatch takes: 100 a log, names of 255 characters", () => {
    const perLog = Map.groupBy(filters, ({ logGroup }) => logGroup);
    for (const ofLog of perLog.values()) expect(ofLog.length).toBeLessThanOrEqual(100);
    expect(Math.max(...others.map(({ metricName }) => metricName.length))).toBeLessThanOrEqual(255);
  });

  it("have names that no other stack has, though it be the same app under another name", () => {
    expect(new Set([...filters, ...others].map(({ metricName }) => metricName)).size).toBe(2 * filters.length);
  });

  it("carry units and dimensions where they have some", () => {
    expect(named("BytesCopied")?.unit).toBe("Bytes");
    expect(named("SecondsToManifest")?.unit).toBe("Seconds");
    expect(named("BytesReceived")?.unit).toBe("Bytes");
    expect(named("CopyBytesPerSecond")?.unit).toBe("Bytes/Second");
    const counts = ["CopyRetries", "CopyResumes", "DownloadUrlRefreshes"].map((name) => named(name)?.unit);
    expect(new Set(counts)).toEqual(new Set(["Count"]));
    expect(filters.filter(({ dimension }) => dimension).map(({ name, dimension }) => [name, dimension])).toEqual([
      ["Transfers", "Type"],
      ["LeftToCleanup", "Kind"],
      ["DeliveryAttempts", "Outcome"],
    ]);
  });

  it("count states of the transfer workflow as its log names them", () => {
    // The line is made by the documentation (Step Functions Developer Guide, "Logging"): no log of AWS is at hand.
    const entered = (name: string) =>
      JSON.stringify({ id: "7", type: "PassStateEntered", details: { name }, event_timestamp: "1795385000000" });
    expect(named("NotAnnounced")?.published(entered("Not announced"))).toEqual({ value: 1, dimension: "" });
    expect(named("NotAnnounced")?.published(entered("Cleanup not scheduled"))).toBeUndefined();
    expect(named("CleanupNotScheduled")?.published(entered("Cleanup not scheduled"))).toEqual({
      value: 1,
      dimension: "",
    });
    const exited = entered("Not announced").replace("Entered", "Exited");
    expect(named("NotAnnounced")?.published(exited)).toBeUndefined();
  });
});

describe("a metric", () => {
  const stack = new Stack(new App(), "Stack");
  const notify = new LogGroup(stack, "Log");
  const metrics = new TransferMetrics(stack, "Metrics", { notify });

  it("is a sum, of one value of its dimension", () => {
    expect(metrics.metric("Transfers", {}, "transfer.failed").toMetricConfig().metricStat).toMatchObject({
      namespace: "MagicHourAudioTransfer",
      metricName: expect.stringMatching(/^Transfers-Stack/),
      statistic: "Sum",
      dimensions: [{ name: "Type", value: "transfer.failed" }],
    });
  });

  it("is refused without a value of its dimension, with one too many, and of a log that is not there", () => {
    expect(() => metrics.metric("Transfers")).toThrow("metric Transfers: needs a value of Type");
    expect(() => metrics.metric("PollsOfTransfer", {}, "x")).toThrow("metric PollsOfTransfer: has no dimension");
    expect(() => metrics.metric("BytesCopied")).toThrow("metric BytesCopied: its log is not there");
  });
});
