import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";

/**
 * The bucket that outputs go to: versioned, encrypted, TLS only, not public, its object events on EventBridge, uploads
 * that nobody completed aborted after a day, and kept when the stack is destroyed.
 */
export class OutputBucket extends Bucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ id: "abort-incomplete-uploads", abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
    // The L2 switch would deploy one more Lambda function to set this one property.
    const resource = this.node.defaultChild as CfnBucket;
    resource.addPropertyOverride("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", true);
    Validations.of(this).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "Server access logs need a second bucket that somebody has to own and pay for; whoever must have them brings a bucket of their own (bucketName). Every write is recorded in the manifests and the workflow's history.",
    });
  }
}
