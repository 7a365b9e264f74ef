/**
 * One entry of a PutEvents request.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
 */
import * as v from "valibot";
import { anyText, text } from "../aws-json/wire-members.ts";

/** AWS's own pattern: no `/` in the name, so no partner event bus. */
const BUS_NAME_OR_ARN = /^(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[.\-_A-Za-z0-9]+$/;

/** Seconds since 1970 that a Date can hold on either side: 100,000,000 days of 86,400 s. */
const FARTHEST_SECONDS = 8_640_000_000_000;

/** The members of an entry; a number is a time-stamp in seconds since 1970. */
export const eventEntry = v.object({
  Time: v.nullish(
    v.pipe(
      v.number(),
      v.minValue(-FARTHEST_SECONDS, "Member must be a time-stamp"),
      v.maxValue(FARTHEST_SECONDS, "Member must be a time-stamp"),
      v.transform((seconds) => new Date(seconds * 1000)),
    ),
  ),
  Source: v.nullish(v.string()),
  Resources: v.nullish(v.array(anyText(2048))),
  DetailType: v.nullish(v.string()),
  Detail: v.nullish(v.string()),
  EventBusName: v.nullish(
    v.pipe(
      text(1600),
      v.regex(BUS_NAME_OR_ARN, `Member must satisfy regular expression pattern: ${BUS_NAME_OR_ARN.source}`),
    ),
  ),
});

/** An entry, as read. */
export type EventEntry = v.InferOutput<typeof eventEntry>;

/**
 * The size of an entry in bytes, as EventBridge counts it.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
 */
export function entryBytes({ Time, Source, DetailType, Detail, Resources }: EventEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  return texts.reduce((bytes, value) => bytes + Buffer.byteLength(value ?? ""), Time ? 14 : 0);
}

/** Why EventBridge does not take an entry: it fails by itself, the others of its request do not. */
export interface Refusal {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** What an entry must have, and its detail parsed. */
export interface EntryContent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** DetailType has this many characters at most. */
const DETAIL_TYPE_LENGTH = 128;

/**
 * Looks at what an entry must have. Texts are those of AWS but for the length of DetailType, whose is not known.
 * Source: the answers of AWS as recorded in tests/aws/services/events/test_events.snapshot.json of
 * https://github.com/localstack/localstack. They contradict the reference, which says that a request fails as a whole
 * if no entry has all three members.
 */
export function contentOf({ Source, DetailType, Detail }: EventEntry): EntryContent | Refusal {
  if (!Source) return invalid("Source", "Source is a required argument.");
  if (!DetailType) return invalid("DetailType", "DetailType is a required argument.");
  if (!Detail) return invalid("Detail", "Detail is a required argument.");
  if (DetailType.length > DETAIL_TYPE_LENGTH)
    return invalid("DetailType", `DetailType must have at most ${DETAIL_TYPE_LENGTH} characters.`);
  // Only AWS itself may send as `aws.…`.
  if (Source.startsWith("aws."))
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  const detail = v.safeParse(jsonObject, Detail);
  if (!detail.success) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  return { source: Source, detailType: DetailType, detail: detail.output };
}

const jsonObject = v.pipe(v.string(), v.parseJson(), v.custom<Record<string, unknown>>(isObject));

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(parameter: string, reason: string): Refusal {
  return { ErrorCode: "InvalidArgument", ErrorMessage: `Parameter ${parameter} is not valid. Reason: ${reason}` };
}
