import { unitPrices } from "../../lib/cloud/watching/cost-estimate.ts";

/** One unit price in US dollars, us-east-1, first tier, without the free one. */
export interface Price {
  readonly what: string;
  readonly dollars: number;
  readonly unit: string;
  /** Where it was read. */
  readonly source: string;
}

/** All unit prices that a figure of this bench rests on. Those of the stack are the ones that its dashboard uses. */
export const prices = {
  transition: {
    what: "Step Functions Standard",
    dollars: unitPrices.thousandTransitions / 1_000,
    unit: "state transition",
    source: "aws.amazon.com/step-functions/pricing, read from a stored copy",
  },
  gigabyteSecond: {
    what: "Lambda on arm64",
    dollars: unitPrices.gigabyteSecond,
    unit: "GB-second",
    source: "repeated by cloudchipr.com/blog/aws-lambda-pricing; AWS's own page not verified",
  },
  call: {
    what: "Lambda",
    dollars: unitPrices.millionInvocations / 1_000_000,
    unit: "call",
    source: "aws.amazon.com/lambda/pricing, as harvested on 2026-09-20 by api-evangelist/aws-lambda",
  },
  operation: {
    what: "Lambda durable functions",
    dollars: 8 / 1_000_000,
    unit: "operation",
    source: "aws.amazon.com/lambda/pricing, an example rate there, same harvest; data written is left out",
  },
} as const satisfies Record<string, Price>;
