/** One bucket belongs to one `AudioTransfer`: markers and cursors of two would be taken for each other's. */
import { type App, Aws, Fn, Stack, Stage } from "aws-cdk-lib";
import { Bucket, type CfnBucket, type IBucket } from "aws-cdk-lib/aws-s3";
import { expect, test } from "vitest";
import { AudioTransfer } from "../../../lib/cloud/audio-transfer.ts";
import { withApp } from "./synthesized-stack.ts";

/** Makes one transfer on each of two buckets, in stacks and stages of their own. */
function transferOnBoth(buckets: (one: Stack, two: Stack) => readonly [Bucket | IBucket, Bucket | IBucket]): void {
  withApp((app: App) => {
    const one = new Stack(new Stage(app, "StageOne"), "One");
    const two = new Stack(new Stage(app, "StageTwo"), "Two");
    const [first, second] = buckets(one, two);
    new AudioTransfer(one, "First", { bucket: first as IBucket });
    new AudioTransfer(two, "Second", { bucket: second as IBucket });
  });
}

const named = (stack: Stack, name: string) => Bucket.fromBucketName(stack, "Bucket", name);

test.each<[string, Parameters<typeof transferOnBoth>[0]]>([
  ["by its name", (one, two) => [named(one, "outputs"), named(two, "outputs")]],
  ["the same construct", (one) => Array(2).fill(new Bucket(one, "Bucket")) as [Bucket, Bucket]],
  [
    "a construct, and again by the name it was given",
    (one, two) => [new Bucket(one, "Bucket", { bucketName: "outputs" }), named(two, "outputs")],
  ],
  [
    "a construct, and again by its token",
    (one, two) => {
      const bucket = new Bucket(one, "Bucket");
      return [bucket, named(two, bucket.bucketName)];
    },
  ],
  [
    "a construct, and again by its resource",
    (one) => {
      const bucket = new Bucket(one, "Bucket");
      return [bucket, Bucket.fromCfnBucket(bucket.node.defaultChild as CfnBucket)];
    },
  ],
  ["by one export", (one, two) => [named(one, Fn.importValue("Outputs")), named(two, Fn.importValue("Outputs"))]],
  [
    "by a name with a token in it",
    (one, two) => [named(one, `a-${Aws.ACCOUNT_ID}`), named(two, `a-${Aws.ACCOUNT_ID}`)],
  ],
])("a second transfer on one bucket is refused: %s", (_, buckets) => {
  expect(() => transferOnBoth(buckets)).toThrow(
    /^bucket: belongs to one AudioTransfer alone, .* markers below _cleanup\/; StageOne\/One\/First has it already$/,
  );
});

test("so is one on the bucket that another transfer made", () => {
  withApp((app) => {
    const stack = new Stack(app, "Test");
    const { bucket } = new AudioTransfer(stack, "First");
    expect(() => new AudioTransfer(stack, "Second", { bucket })).toThrow(/^bucket: .*; Test\/First has it already$/);
  });
});

test.each<[string, Parameters<typeof transferOnBoth>[0]]>([
  ["by name", (one, two) => [named(one, "outputs-1"), named(two, "outputs-2")]],
  ["of the same logical id", (one, two) => [new Bucket(one, "Bucket"), new Bucket(two, "Bucket")]],
  ["by two exports", (one, two) => [named(one, Fn.importValue("One")), named(two, Fn.importValue("Two"))]],
  ["named after their stacks", (one, two) => [named(one, `a-${Aws.STACK_NAME}`), named(two, `a-${Aws.STACK_NAME}`)]],
])("two buckets are two: %s", (_, buckets) => {
  expect(() => transferOnBoth(buckets)).not.toThrow();
});

test("a name that holds the account is another bucket in another account", () => {
  withApp((app) => {
    for (const account of ["111122223333", "444455556666"]) {
      const stack = new Stack(app, `In${account}`, { env: { account, region: "eu-west-1" } });
      const bucket = named(stack, `a-${Aws.ACCOUNT_ID}`);
      expect(() => new AudioTransfer(stack, "Transfer", { bucket })).not.toThrow();
    }
  });
});

test("an attempt that was refused for another reason holds no bucket", () => {
  withApp((app) => {
    const stack = new Stack(app, "Test");
    const bucket = named(stack, "outputs");
    expect(() => new AudioTransfer(stack, "First", { bucket, recheckDays: -1 })).toThrow(/recheckDays/);
    expect(() => new AudioTransfer(stack, "Second", { bucket })).not.toThrow();
  });
});
