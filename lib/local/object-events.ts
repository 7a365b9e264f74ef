/**
 * The events that S3 sends to EventBridge, for the objects of the embedded cloud.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html ("EventBridge event message structure")
 */
import { randomUUID } from "node:crypto";
import type { EventBusEndpoint } from "./event-bus/event-bus-endpoint.ts";
import type { TargetEvent } from "./event-bus/rule.ts";
import type { AfterWrite, WrittenObject } from "./object-store/object-store.ts";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "./workflows/arns.ts";

/**
 * Announces every object that is written, in whatever bucket, on the default bus, as S3 does for a bucket whose events go
 * to EventBridge. The writer waits for no target and hears of no failure of one.
 * @param afterWrite what else happens after a write. Default nothing
 */
export function announcingObjects(
  eventBus: Pick<EventBusEndpoint, "putOfService">,
  afterWrite: AfterWrite = () => undefined,
): AfterWrite {
  return (object) => {
    eventBus.putOfService(objectCreated(object));
    return afterWrite(object);
  };
}

/** The event "Object Created" of an object. Its key is as it is, not URL-encoded. */
export function objectCreated(object: WrittenObject): TargetEvent {
  const { bucket, key, bytes, etag, versionId, lastModified, sequencer, reason, requestId, sourceAddress } = object;
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Object Created",
    source: "aws.s3",
    account: LOCAL_ACCOUNT,
    time: lastModified.replace(/\.\d{3}Z$/, "Z"),
    region: LOCAL_REGION,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      "event-version": "1.0",
      bucket: { name: bucket },
      object: { key, size: bytes, etag, "version-id": versionId, sequencer },
      "request-id": requestId,
      requester: LOCAL_ACCOUNT,
      "source-ip-address": sourceAddress,
      reason,
    },
  };
}
