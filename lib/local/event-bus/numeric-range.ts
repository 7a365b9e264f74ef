import { InvalidEventPatternException } from "./invalid-event-pattern.ts";

/**
 * Numbers beyond this, on either side, are not compared: a rule with one is refused, and a value of an event does not
 * match. Source: "Comparison operators for use in event patterns" in the EventBridge User Guide, "Numeric matching".
 */
const FARTHEST = 5e9;

/**
 * Reads the operand of `numeric`: `["=", 5]`, `["<", 10]`, or a lower bound with an upper one, `[">", 0, "<=", 5]`.
 * @throws {InvalidEventPatternException} in the words of AWS
 */
export function compileNumericRange(operand: unknown): (value: number) => boolean {
  if (!Array.isArray(operand)) throw new InvalidEventPatternException("Value of numeric must be an array.");
  const [operator, bound, upperOperator, upperBound, ...more] = operand as unknown[];
  const first = comparisonWith(operator, numberOf(operator, bound));
  if (operand.length <= 2) return first;
  if (operator !== ">" && operator !== ">=") {
    throw new InvalidEventPatternException("Too many elements in numeric expression");
  }
  if (upperOperator !== "<" && upperOperator !== "<=") {
    throw new InvalidEventPatternException(`Bad numeric range operator: ${upperOperator}`);
  }
  const top = numberOf(upperOperator, upperBound);
  if (more.length > 0) throw new InvalidEventPatternException("Too many terms in numeric range expression");
  if (top <= Number(bound)) throw new InvalidEventPatternException("Bottom must be less than top");
  const second = comparisonWith(upperOperator, top);
  return (value) => first(value) && second(value);
}

function numberOf(operator: unknown, bound: unknown): number {
  if (typeof operator !== "string") {
    throw new InvalidEventPatternException(`Invalid member in numeric match: ${operator ?? "]"}`);
  }
  if (typeof bound !== "number") {
    throw new InvalidEventPatternException(`Value of ${operator === "=" ? "equals" : operator} must be numeric`);
  }
  if (Math.abs(bound) <= FARTHEST) return bound;
  throw new InvalidEventPatternException(`Value must be between ${-FARTHEST} and ${FARTHEST}, inclusive`);
}

function comparisonWith(operator: unknown, bound: number): (value: number) => boolean {
  const isComparable = (value: number) => Math.abs(value) <= FARTHEST;
  switch (operator) {
    case "=":
      return (value) => value === bound;
    case "<":
      return (value) => isComparable(value) && value < bound;
    case "<=":
      return (value) => isComparable(value) && value <= bound;
    case ">":
      return (value) => isComparable(value) && value > bound;
    case ">=":
      return (value) => isComparable(value) && value >= bound;
    default:
      throw new InvalidEventPatternException(`Unrecognized numeric range operator: ${operator}`);
  }
}
