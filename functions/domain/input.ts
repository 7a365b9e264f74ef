import * as v from "valibot";
import { endpointProblem, mostEndpoints } from "./endpoint.ts";
import { InvalidInput } from "./errors.ts";

/** Longest accepted project id, in characters. The vendor's ids are cuids of 25; 64 leaves room for a new form. */
export const longestId = 64;

/** Longest accepted `downloadDirectory`, in characters: S3 keys end at 1,024 bytes, half is left for file names. */
export const longestDirectory = 512;

/** First segment of the keys below which the cleanup keeps its markers: no output may be written there. */
export const cleanupDirectory = "_cleanup";

/** Default of `deadlineSeconds`: one day. */
export const defaultDeadlineSeconds = 86_400;

/**
 * Largest `deadlineSeconds`: 364 days. A Standard execution may last one year (Step Functions quotas); the day left is
 * for the copy and the notification after the last poll.
 */
export const longestDeadlineSeconds = 364 * 86_400;

/** Largest `metadata`, in bytes of its JSON text: it travels in the state, the output and in events below 20 kB. */
export const largestMetadataBytes = 4_096;

/** Most unknown fields that a refusal names: its message travels in workflow state, which ends at 262,144 bytes. */
const mostNamedFields = 10;

/** A transfer's input after validation, with every default filled in. */
export interface TransferInput {
  /** The remote project's id. */
  readonly id: string;
  /** Poll until the project settles. With `false` one look is taken; a project that is complete is still downloaded. Default true. */
  readonly waitForCompletion: boolean;
  /** Copy the outputs to S3. Default true. */
  readonly downloadOutputs: boolean;
  /** Key prefix of the outputs, without a slash at either end and not below `_cleanup`. Default `audio-projects/<id>`. */
  readonly downloadDirectory: string;
  /** Delete the remote project once everything is verified in S3. Default false. */
  readonly deleteAfterDownload: boolean;
  /** Seconds from the start of the execution until a pending project is given up. Default 86,400. */
  readonly deadlineSeconds: number;
  /** Webhook endpoints to tell of the end, besides the stack's own: at most 10 URLs. Default none. */
  readonly notify: readonly string[];
  /** Echoed in the output and in events. At most 4,096 bytes as JSON. Default `{}`. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Where a project's outputs go unless the input says otherwise. */
export function defaultDirectoryOf(id: string): string {
  return `audio-projects/${id}`;
}

const fieldNames = [
  "id",
  "waitForCompletion",
  "downloadOutputs",
  "downloadDirectory",
  "deleteAfterDownload",
  "deadlineSeconds",
  "notify",
  "metadata",
];

const flag = (name: string, fallback: boolean) => v.optional(v.boolean(`${name}: must be true or false`), fallback);

/** Unlike the vendor's own ids nothing is assumed but this: no character that means anything in a URL or an S3 key. */
const idSchema = v.pipe(
  v.string(`id: must be a string of 1 to ${longestId} characters`),
  v.nonEmpty(`id: must be a string of 1 to ${longestId} characters`),
  v.maxLength(longestId, `id: must be a string of 1 to ${longestId} characters`),
  v.regex(/^[A-Za-z0-9_-]*$/, "id: may hold only the characters A-Z a-z 0-9 _ -"),
);

const directorySchema = v.pipe(
  v.string(`downloadDirectory: must be a string of 1 to ${longestDirectory} characters`),
  v.nonEmpty(`downloadDirectory: must be a string of 1 to ${longestDirectory} characters`),
  v.maxLength(longestDirectory, `downloadDirectory: must be a string of 1 to ${longestDirectory} characters`),
  // S3's "safe characters" (User Guide, "Naming Amazon S3 objects") less the four with a meaning to a shell.
  v.regex(/^[A-Za-z0-9!_.\-/=@+,]*$/, "downloadDirectory: may hold only the characters A-Z a-z 0-9 ! _ . - / = @ + ,"),
  v.check(
    (text) => text.split("/").every((segment) => segment !== "" && segment !== "." && segment !== ".."),
    'downloadDirectory: no segment between slashes may be empty, "." or ".." (so no slash at either end)',
  ),
  v.check(
    (text) => text.split("/")[0] !== cleanupDirectory,
    `downloadDirectory: may not begin with ${cleanupDirectory}, where the cleanup keeps its markers`,
  ),
);

const deadlineBound = `deadlineSeconds: must be a whole number from 1 to ${longestDeadlineSeconds}`;

/** Size as JSON text, in bytes; infinite when nested too deeply: JSON.parse has no such limit, JSON.stringify recurses. */
function jsonBytes(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value));
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

const metadataSchema = v.pipe(
  v.custom<Record<string, unknown>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "metadata: must be an object",
  ),
  v.check(
    (value) => jsonBytes(value) <= largestMetadataBytes,
    `metadata: must be at most ${largestMetadataBytes} bytes as JSON`,
  ),
);

const notifyBound = `notify: must be a list of at most ${mostEndpoints} URLs`;

const notifySchema = v.pipe(
  v.array(v.unknown(), notifyBound),
  v.maxLength(mostEndpoints, notifyBound),
  v.rawTransform(({ dataset, addIssue }) =>
    dataset.value.map((text, position) => {
      const problem = endpointProblem(text);
      if (problem) addIssue({ message: `notify[${position}]: ${problem}` });
      // Not String(text): an object may have a toString of its own that is none.
      return typeof text === "string" ? text : "";
    }),
  ),
);

const inputSchema = v.object({
  id: idSchema,
  waitForCompletion: flag("waitForCompletion", true),
  downloadOutputs: flag("downloadOutputs", true),
  downloadDirectory: v.optional(directorySchema),
  deleteAfterDownload: flag("deleteAfterDownload", false),
  deadlineSeconds: v.optional(
    v.pipe(
      v.number(deadlineBound),
      v.integer(deadlineBound),
      v.minValue(1, deadlineBound),
      v.maxValue(longestDeadlineSeconds, deadlineBound),
    ),
  ),
  notify: v.optional(notifySchema, []),
  metadata: v.optional(metadataSchema, {}),
});

/** The metadata of an input that may be invalid elsewhere; none when it is invalid itself. */
export function readMetadata(raw: unknown): TransferInput["metadata"] {
  const given = typeof raw === "object" && raw !== null && "metadata" in raw ? raw.metadata : {};
  const parsed = v.safeParse(metadataSchema, given);
  return parsed.success ? parsed.output : {};
}

/**
 * Validates an execution's input and fills in the defaults.
 * @param defaults where they are not the usual ones: the stack's configuration may have another deadline
 * @throws {InvalidInput} naming the field and the bound of everything that is wrong, the first ten unknown fields included.
 */
export function parseInput(
  raw: unknown,
  { deadlineSeconds = defaultDeadlineSeconds }: Partial<Pick<TransferInput, "deadlineSeconds">> = {},
): TransferInput {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw new InvalidInput('the input must be a JSON object such as {"id": "<project id>"}');
  }
  const unknown = Object.keys(raw).filter((name) => !fieldNames.includes(name));
  const problems = unknown
    .slice(0, mostNamedFields)
    .map((name) => `${JSON.stringify(name.slice(0, 64))}: unknown field`);
  if (unknown.length > mostNamedFields) problems.push(`${unknown.length - mostNamedFields} more unknown fields`);
  const parsed = v.safeParse(inputSchema, "id" in raw ? raw : { ...raw, id: undefined });
  if (!parsed.success) problems.push(...parsed.issues.map((issue) => issue.message));
  if (!parsed.success || problems.length > 0) {
    const known = unknown.length > 0 ? ` (known fields: ${fieldNames.join(", ")})` : "";
    // A value can break two rules that share one message, such as 0.5 as deadlineSeconds.
    throw new InvalidInput([...new Set(problems)].join("; ") + known);
  }
  const input = parsed.output;
  if (input.deleteAfterDownload && !input.downloadOutputs) {
    throw new InvalidInput(
      "deleteAfterDownload: needs downloadOutputs, because nothing is deleted that is not verified in S3",
    );
  }
  return {
    ...input,
    downloadDirectory: input.downloadDirectory ?? defaultDirectoryOf(input.id),
    deadlineSeconds: input.deadlineSeconds ?? deadlineSeconds,
  };
}

/** An input after validation; undefined when it is none. */
export function findInput(raw: unknown): TransferInput | undefined {
  try {
    return parseInput(raw);
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}
