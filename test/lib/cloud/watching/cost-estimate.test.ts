import { runInNewContext } from "node:vm";
import { Duration } from "aws-cdk-lib";
import type { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import { describe, expect, it } from "vitest";
import {
  costEstimate,
  deliveryTransitions,
  transferTransitions,
} from "../../../../lib/cloud/watching/cost-estimate.ts";
import { smallProject } from "../../../support/notified-project.ts";
import { TransferHarness } from "../../../support/transfer-harness.ts";
import { watchedStack } from "./watched-stack.ts";

/** The dollars of an expression for these values of its metrics; all others are 0. Its syntax is JavaScript's, too. */
function dollars({ expression, usingMetrics }: MathExpression, values: Record<string, number>): number {
  const metrics = Object.fromEntries(Object.keys(usingMetrics).map((id) => [id, 0]));
  expect(Object.keys(values).filter((id) => !(id in metrics))).toEqual([]);
  return runInNewContext(expression, { ...metrics, ...values }) as number;
}

function estimate(http: "none" | "api and webhooks" = "api and webhooks"): Record<string, MathExpression> {
  const { watched, watching } = watchedStack({ http });
  const parts = costEstimate(watched, watching.metrics, Duration.hours(1));
  return Object.fromEntries(parts.map((part) => [part.label, part]));
}

const parts = estimate();
const part = (label: string): MathExpression => {
  const found = parts[label];
  if (!found) throw new Error(`no cost of ${label}`);
  return found;
};

describe("the estimate", () => {
  it("has a part for each service", () => {
    expect(Object.keys(parts)).toEqual(["Step Functions", "Lambda", "S3 writes", "Logs", "HTTP API"]);
    expect(Object.keys(estimate("none"))).not.toContain("HTTP API");
  });

  it("takes 2.5 cents for 1,000 transitions", () => {
    // 1,000 transfers of 4 polls and one delivery each: 12 + 6 + 3 + 1 = 22 transitions.
    const values = { polls: 4_000, transfers: 1_000, attempts: 1_000, deliveries: 1_000 };
    expect(dollars(part("Step Functions"), values)).toBeCloseTo(0.55, 10);
  });

  it("takes Lambda's price of time and calls, by the memory of each function", () => {
    // 256 MiB for 4,000 s are 1,000 GB-seconds.
    expect(dollars(part("Lambda"), { d0: 4_000_000 })).toBeCloseTo(0.0133334, 10);
    expect(dollars(part("Lambda"), { i0: 400_000, i8: 600_000 })).toBeCloseTo(0.2, 10);
  });

  it("takes S3's price of writes: parts of 8 MiB, and four more for one output", () => {
    const values = { bytes: 1_024 ** 3, outputs: 1, copies: 1 };
    expect(dollars(part("S3 writes"), values)).toBeCloseTo(((128 + 4) / 1_000) * 0.005, 10);
  });

  it("takes the price of logs and of requests", () => {
    expect(dollars(part("Logs"), { l0: 1_024 ** 3, l1: 1_024 ** 3 })).toBeCloseTo(1, 10);
    expect(dollars(part("HTTP API"), { requests: 2_000_000 })).toBe(2);
  });

  it("writes numbers as CloudWatch reads them, without exponents", () => {
    for (const { expression } of Object.values(parts)) expect(expression).toMatch(/^[\w\s.+*/()]+$/);
    for (const { expression } of Object.values(parts)) expect(expression).not.toMatch(/\de-?\d/);
  });
});

describe("transitions", () => {
  it("are what a transfer and its delivery really enter", async () => {
    await using harness = await TransferHarness.start();
    const id = harness.simulator.createProject({ ...smallProject, renderingSeconds: 20 });
    const { output, states } = await harness.transfer({ id });
    expect(output.polls).toBeGreaterThan(2);
    expect(states).toHaveLength(transferTransitions.each + transferTransitions.poll * output.polls);
    const [delivery] = await harness.deliveries();
    const entered = delivery?.everythingWritten.match(/"type":"\w+StateEntered"/g);
    expect(delivery?.attempts).toHaveLength(1);
    expect(entered).toHaveLength(deliveryTransitions.each + deliveryTransitions.attempt);
  });
});
