import type { Answer } from "./answer.ts";
import { xmlAnswer } from "./answer.ts";
import type { S3Request } from "./s3-request.ts";
import type { StoreState } from "./store-state.ts";
import { element, textElement } from "./xml.ts";

/** The region that every bucket is said to be in; S3 writes it as an empty location. */
const REGION = "us-east-1";

/** ListBuckets. */
export async function listBuckets(_request: S3Request, { objects }: StoreState): Promise<Answer> {
  const buckets = objects
    .buckets()
    .map(({ name, created }) =>
      element("Bucket", textElement("Name", name), textElement("CreationDate", created.toISOString())),
    );
  return xmlAnswer("ListAllMyBucketsResult", [element("Buckets", ...buckets)]);
}

/** CreateBucket; one that exists answers 200, as S3 does in us-east-1. */
export async function createBucket({ bucket }: S3Request, { objects }: StoreState): Promise<Answer> {
  await objects.createBucket(bucket);
  return { status: 200, headers: { location: `/${bucket}` } };
}

/** HeadBucket. */
export async function headBucket({ bucket }: S3Request, { objects }: StoreState): Promise<Answer> {
  objects.records(bucket);
  return { status: 200, headers: { "x-amz-bucket-region": REGION } };
}

/** GetBucketLocation. */
export async function getBucketLocation({ bucket }: S3Request, { objects }: StoreState): Promise<Answer> {
  objects.records(bucket);
  return xmlAnswer("LocationConstraint", []);
}
