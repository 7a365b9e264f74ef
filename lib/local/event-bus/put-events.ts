/**
 * PutEvents: members in, members out, as the API reference has them.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
import { randomUUID } from "node:crypto";
import type { PutEventsResponse, PutEventsResultEntry } from "@aws-sdk/client-eventbridge";
import * as v from "valibot";
import { AwsFault, ValidationException } from "../aws-json/aws-faults.ts";
import { readMembers } from "../aws-json/wire-members.ts";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "../workflows/arns.ts";
import type { EventBuses } from "./event-buses.ts";
import { contentOf, type EntryContent, type EventEntry, entryBytes, eventEntry } from "./event-entry.ts";
import type { TargetEvent } from "./rule.ts";

/** Entries of one request, at most. */
const ENTRIES = 10;

/**
 * Bytes of all entries of one request together, at most; it was 262,144 until January 2026.
 * Source: https://aws.amazon.com/blogs/compute/more-room-to-build-serverless-services-now-support-payloads-up-to-1-mb
 * The reference says "less than 1MB". A published trial on AWS of March 2026 had 1,048,576 taken and one more refused.
 */
const REQUEST_BYTES = 1024 * 1024;

/** The entries of a request are too large together. Unlike others of its name it has no list of problems. */
class EntriesTooLarge extends AwsFault {
  override readonly name = "ValidationException";
  constructor() {
    super("Total size of the entries in the request is over the limit.");
  }
}

const request = v.object({ Entries: v.array(eventEntry) });

/**
 * Puts the events of a request on their buses, in its order. An entry that is refused fails by itself.
 * @throws {SerializationException | ValidationException} for the request as a whole; then no event is put.
 */
export function putEvents(buses: EventBuses, body: unknown): PutEventsResponse {
  const { Entries: entries } = readMembers(request, body);
  requireCount(entries.length);
  if (entries.reduce((bytes, entry) => bytes + entryBytes(entry), 0) > REQUEST_BYTES) throw new EntriesTooLarge();
  const results = entries.map((entry) => putEvent(buses, entry));
  return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results };
}

function requireCount(count: number): void {
  if (count >= 1 && count <= ENTRIES) return;
  const bound = count < 1 ? "greater than or equal to 1" : `less than or equal to ${ENTRIES}`;
  const constraint = `Member must have length ${bound}`;
  throw new ValidationException([`Value of length ${count} at 'entries' failed to satisfy constraint: ${constraint}`]);
}

function putEvent(buses: EventBuses, entry: EventEntry): PutEventsResultEntry {
  const content = contentOf(entry);
  if ("ErrorCode" in content) return content;
  const event = eventOf(entry, content);
  buses.put(entry.EventBusName ?? "default", event);
  return { EventId: event.id };
}

function eventOf({ Time, Resources }: EventEntry, { source, detailType, detail }: EntryContent): TargetEvent {
  const time = Time ?? new Date();
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": detailType,
    source,
    account: LOCAL_ACCOUNT,
    time: time.toISOString().replace(/\.\d{3}Z$/, "Z"),
    region: LOCAL_REGION,
    resources: Resources ?? [],
    detail,
  };
}
