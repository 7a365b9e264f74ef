/**
 * EventBridge's event patterns. Sources: "Amazon EventBridge event patterns" in the EventBridge User Guide; its open
 * engine, https://github.com/aws/event-ruler; and the answers of AWS as recorded in
 * tests/aws/services/events/test_events_patterns.snapshot.json of https://github.com/localstack/localstack.
 */
import { type Comparison, compileComparison, isObject, isScalar, type Scalar } from "./comparisons.ts";
import { InvalidEventPatternException } from "./invalid-event-pattern.ts";

/** An event pattern, as the JSON of a rule parses to. */
export type EventPattern = Readonly<Record<string, unknown>>;

/** Whether a value of an event, or undefined where the event has none, matches a part of a pattern. */
type Matches = (value: unknown) => boolean;

/**
 * Reads a pattern once, for many events. Every field must match; a field's list matches when any of its values or
 * comparisons does. An event's list matches when any of its elements does: an object in it as a whole, so that two fields
 * are never taken from two elements.
 *
 * Refused beyond what AWS refuses: `$or` as an ordinary field, and a dot in a field's name, which AWS reads as a path.
 * @throws {InvalidEventPatternException} for what it is not, an unknown operator by its name
 */
export function compileEventPattern(pattern: unknown): (event: object) => boolean {
  if (!isObject(pattern)) throw new InvalidEventPatternException("Filter is not an object");
  return compileObject(pattern);
}

function compileObject(pattern: EventPattern): Matches {
  const checks = Object.entries(pattern).map(([name, part]) =>
    name === "$or" ? compileAlternatives(part) : compileField(name, part),
  );
  if (checks.length === 0) throw new InvalidEventPatternException("Empty objects are not allowed");
  return (value) => elementsOf(value).some((element) => checks.every((check) => check(element)));
}

/** The check looks at the object that has the field, or at what stands in its place. */
function compileField(name: string, part: unknown): Matches {
  if (name.includes(".")) {
    throw new InvalidEventPatternException(`"${name}" has a dot in it: write one object in the other`);
  }
  const matches = compilePart(name, part);
  return (value) => matches(isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined);
}

function compilePart(name: string, part: unknown): Matches {
  if (Array.isArray(part)) return compileLeaf(part);
  if (isObject(part)) return compileObject(part);
  throw new InvalidEventPatternException(`"${name}" must be an object or an array`);
}

function compileLeaf(conditions: readonly unknown[]): Matches {
  if (conditions.length === 0) throw new InvalidEventPatternException("Empty arrays are not allowed");
  const comparisons: readonly Comparison[] = conditions.map(compileComparison);
  return (value) => {
    const leaves = leavesOf(value);
    return comparisons.some((comparison) => comparison(leaves));
  };
}

function compileAlternatives(part: unknown): Matches {
  if (!Array.isArray(part) || part.length < 2 || !part.every(isObject)) {
    throw new InvalidEventPatternException('"$or" must be an array of at least two objects');
  }
  const alternatives = part.map(compileObject);
  return (value) => alternatives.some((matches) => matches(value));
}

/** What an object of a pattern is held against; an empty list is as good as nothing. */
function elementsOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  return value.length === 0 ? [undefined] : value.flat(Number.POSITIVE_INFINITY);
}

/** The texts, numbers, booleans and nulls that stand in a field or in its list: comparisons see only those. */
function leavesOf(value: unknown): readonly Scalar[] {
  return elementsOf(value).filter(isScalar);
}
