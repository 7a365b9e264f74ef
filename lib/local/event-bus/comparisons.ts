/**
 * What an event pattern compares a field with. Sources: "Comparison operators for use in event patterns" in the
 * EventBridge User Guide, and those that event-pattern.ts names; the texts of refusals are those of AWS.
 */
import { InvalidEventPatternException } from "./invalid-event-pattern.ts";
import { compileNumericRange } from "./numeric-range.ts";
import { compileSubnet } from "./subnet.ts";
import { compileWildcard } from "./wildcard.ts";

/** A value that has no parts. */
export type Scalar = string | number | boolean | null;

/** Whether a field matches, given all that stands in it: nothing where the event has no such field. */
export type Comparison = (leaves: readonly Scalar[]) => boolean;

/** Whether one value is what a comparison looks for. */
type Test = (value: Scalar) => boolean;

/** Whether a value of JSON has parts with names. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value of JSON has no parts. */
export function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** Reads one element of a pattern's list. @throws {InvalidEventPatternException} an unknown operator by its name */
export function compileComparison(condition: unknown): Comparison {
  if (isScalar(condition)) return any((value) => value === condition);
  if (!isObject(condition)) {
    throw new InvalidEventPatternException("Match value must be String, number, true, false, or null");
  }
  const [operator, operand] = onlyEntry(condition);
  if (operator === "exists") return compileExists(operand);
  if (operator === "anything-but") return any(compileAnythingBut(operand));
  return any(compileTest(operator, operand));
}

function any(test: Test): Comparison {
  return (leaves) => leaves.some(test);
}

function onlyEntry(condition: Readonly<Record<string, unknown>>): [operator: string, operand: unknown] {
  const [entry, ...more] = Object.entries(condition);
  if (entry === undefined) throw new InvalidEventPatternException("Match expression name not found");
  if (more.length > 0) throw new InvalidEventPatternException("Only one key allowed in match expression");
  return entry;
}

function compileExists(operand: unknown): Comparison {
  if (typeof operand === "boolean") return (leaves) => leaves.length > 0 === operand;
  throw new InvalidEventPatternException("exists match pattern must be either true or false.");
}

function compileTest(operator: string, operand: unknown): Test {
  switch (operator) {
    case "prefix":
      return affixTest(operator, operand, (text, affix) => text.startsWith(affix));
    case "suffix":
      return affixTest(operator, operand, (text, affix) => text.endsWith(affix));
    case "equals-ignore-case":
      return onLowerCase((text, other) => text === other, textOf(operator, operand));
    case "wildcard":
      return onText(compileWildcard(textOf(operator, operand)));
    case "cidr":
      return onText(compileSubnet(textOf(operator, operand)));
    case "numeric": {
      const isInside = compileNumericRange(operand);
      return (value) => typeof value === "number" && isInside(value);
    }
    default:
      throw new InvalidEventPatternException(`Unrecognized match type ${operator}`);
  }
}

/** A beginning or an end: a text, or one whose case is ignored, as `{"equals-ignore-case": text}`. */
function affixTest(operator: string, operand: unknown, fits: (text: string, affix: string) => boolean): Test {
  if (!isObject(operand)) {
    const affix = textOf(operator, operand);
    return onText((text) => fits(text, affix));
  }
  const [inner, affix] = onlyEntry(operand);
  if (inner === "equals-ignore-case") return onLowerCase(fits, textOf(operator, affix));
  throw new InvalidEventPatternException(`Unsupported ${operator} pattern: ${inner}`);
}

function onText(test: (text: string) => boolean): Test {
  return (value) => typeof value === "string" && test(value);
}

function onLowerCase(fits: (text: string, other: string) => boolean, other: string): Test {
  const lower = other.toLowerCase();
  return onText((text) => fits(text.toLowerCase(), lower));
}

function textOf(operator: string, operand: unknown): string {
  if (typeof operand === "string") return operand;
  throw new InvalidEventPatternException(`${operator} match pattern must be a string`);
}

/** What `anything-but` takes an operator of, each with one text or a list of texts. */
const NEGATABLE = ["prefix", "suffix", "equals-ignore-case", "wildcard"];

/** Anything else matches, be it null or of another type; a field that is missing does not. */
function compileAnythingBut(operand: unknown): Test {
  const tests = isObject(operand) ? negatedTests(operand) : [oneOf(operand)];
  return (value) => !tests.some((test) => test(value));
}

function negatedTests(operand: Readonly<Record<string, unknown>>): readonly Test[] {
  const [operator, texts] = onlyEntry(operand);
  if (!NEGATABLE.includes(operator)) {
    throw new InvalidEventPatternException(`Unsupported anything-but pattern: ${operator}`);
  }
  return listOf(texts).map((text) => {
    const isAffix = operator === "prefix" || operator === "suffix";
    if (isAffix && text === "") throw new InvalidEventPatternException("Null prefix/suffix not allowed");
    return compileTest(operator, textOf(operator, text));
  });
}

function oneOf(operand: unknown): Test {
  const values = new Set(listOf(operand));
  const types = new Set([...values].map((value) => typeof value));
  if (types.size === 1 && (types.has("string") || types.has("number"))) return (value) => values.has(value);
  const reason = "either all values are number or string, mixed type is not supported";
  throw new InvalidEventPatternException(`Inside anything but list, ${reason}`);
}

function listOf(operand: unknown): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (list.length > 0) return list;
  throw new InvalidEventPatternException("Empty arrays are not allowed");
}
