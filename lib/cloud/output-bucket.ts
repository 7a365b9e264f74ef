import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Effect, PolicyStatement, StarPrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, type LifecycleRule } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { cleanupDirectory } from "../../functions/domain/input.ts";

/** What makes an output bucket. */
export interface OutputBucketProps {
  /** What objects are encrypted with. Default: S3's own key. */
  readonly encryptionKey?: IKey;
}

/** Days for which the cleanup's markers and cursors are kept: a marker is due within a year, and is read within weeks then. */
const markerDays = 400;

const lifecycleRules: LifecycleRule[] = [
  { id: "abort-incomplete-uploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
  {
    id: "expire-cleanup-markers",
    prefix: `${cleanupDirectory}/`,
    expiration: Duration.days(markerDays),
    noncurrentVersionExpiration: Duration.days(1),
  },
];

/**
 * The bucket that outputs go to: versioned, encrypted, TLS only, not public, its object events on EventBridge, uploads
 * that nobody completed aborted after a day, writes refused that could replace an object, and kept when the stack is
 * destroyed. Nothing in it ever expires but what the cleanup remembers below `_cleanup/`.
 */
export class OutputBucket extends Bucket {
  constructor(scope: Construct, id: string, { encryptionKey }: OutputBucketProps = {}) {
    super(scope, id, {
      versioned: true,
      // With a bucket key S3 asks KMS once in a while, and not for every object.
      ...(encryptionKey
        ? { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules,
    });
    this.refuseReplacing();
    // The L2 switch would deploy one more Lambda function to set this one property.
    const resource = this.node.defaultChild as CfnBucket;
    resource.addPropertyOverride("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", true);
    // A bucket that is kept without its policy would take requests without TLS, and writes over what stands.
    this.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Validations.of(this).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "Server access logs need a second bucket that somebody has to own and pay for; whoever must have them brings a bucket of their own (bucketName). Every write is recorded in the manifests and the workflow's history.",
    });
  }

  /**
   * Whoever writes, writes with `If-None-Match`, so nothing that stands is written over. Parts of a multipart upload carry
   * no such header: they create no object, the completion does. S3 refuses copies into such a bucket.
   * (S3 User Guide, "Enforce conditional writes on Amazon S3 buckets"; not verified against live AWS.)
   */
  private refuseReplacing(): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: "RefuseUnconditionalWrites",
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ["s3:PutObject"],
        resources: [this.arnForObjects("*")],
        conditions: {
          Null: { "s3:if-none-match": "true" },
          Bool: { "s3:ObjectCreationOperation": "true" },
        },
      }),
    );
  }
}
