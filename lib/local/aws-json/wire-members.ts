import * as v from "valibot";
import { SerializationException, ValidationException } from "./aws-faults.ts";

/** A text member, 1 to so many characters long. */
export function text(longest: number) {
  return v.pipe(
    v.string(),
    v.minLength(1, "Member must have length greater than or equal to 1"),
    v.maxLength(longest, `Member must have length less than or equal to ${longest}`),
  );
}

/** A text member that may be empty, with so many characters at most. */
export function anyText(longest: number) {
  return v.pipe(v.string(), v.maxLength(longest, `Member must have length less than or equal to ${longest}`));
}

/** A member with a set of values, as AWS lists them. */
export function oneOf<const Value extends string>(values: readonly Value[]) {
  return v.pipe(
    v.string(),
    v.check(
      (value) => (values as readonly string[]).includes(value),
      `Member must satisfy enum value set: [${values.join(", ")}]`,
    ),
    v.transform((value) => value as Value),
  );
}

/** The size of a page: 0 to 1,000. */
export const pageSize = v.pipe(
  v.number(),
  v.integer("Member must be an integer"),
  v.minValue(0, "Member must have value greater than or equal to 0"),
  v.maxValue(1000, "Member must have value less than or equal to 1000"),
);

/** ARNs have at most 256 characters. */
export const arn = text(256);

/**
 * Reads the members of a request. Unknown members are left out, as AWS does.
 * @throws {SerializationException} if one has another type; {ValidationException} if one is missing or out of bounds.
 */
export function readMembers<Schema extends v.GenericSchema>(schema: Schema, body: unknown): v.InferOutput<Schema> {
  const read = v.safeParse(schema, body);
  if (read.success) return read.output;
  const mistyped = read.issues.find((issue) => issue.kind === "schema" && !isMissing(issue.input));
  if (mistyped !== undefined) throw new SerializationException(`'${pathOf(mistyped)}': ${mistyped.message}`);
  throw new ValidationException(read.issues.map(problemOf));
}

/** In the words of AWS: a missing member is null. */
function problemOf(issue: v.BaseIssue<unknown>): string {
  const missing = issue.kind === "schema";
  const value = missing ? "null" : `'${issue.input}'`;
  const constraint = missing ? "Member must not be null" : issue.message;
  return `Value ${value} at '${pathOf(issue)}' failed to satisfy constraint: ${constraint}`;
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  return v.getDotPath(issue) ?? "body";
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}
