/**
 * Filter patterns of CloudWatch Logs for JSON lines, as far as this project uses them: comparisons of a field with a text (and
 * `*` at its ends) or a number, joined by && and ||. As documented in the CloudWatch Logs User Guide, "Filter pattern syntax
 * for metric filters", "Match terms in JSON log events". Where that leaves open what matches, an error is thrown: a pattern
 * must not depend on it.
 */

/** Tells whether a line matches. */
export type LineMatcher = (line: string) => boolean;

type Condition = (line: unknown) => boolean;

const token =
  /\s*(?<text>[(){}]|&&|\|\||[<>!]=|[<>=]|"(?:[^"\\]|\\.)*"|\$(?:\.[\w-]+)+|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*/y;

/** @throws {Error} when the pattern is not of this part of the syntax */
export function parseFilterPattern(pattern: string): LineMatcher {
  const tokens = tokensOf(pattern);
  const take = (wanted?: string): string => {
    const next = tokens.shift();
    if (next === undefined || (wanted !== undefined && next !== wanted)) {
      throw new Error(`expected ${wanted ?? "more"} and got ${next ?? "the end"} in ${pattern}`);
    }
    return next;
  };
  const joined = (operator: string, part: () => Condition, join: (parts: readonly Condition[]) => Condition) => {
    const parts = [part()];
    while (tokens[0] === operator) {
      take();
      parts.push(part());
    }
    return join(parts);
  };
  const either = (): Condition => joined("||", both, (parts) => (line) => parts.some((part) => part(line)));
  const both = (): Condition => joined("&&", one, (parts) => (line) => parts.every((part) => part(line)));
  const one = (): Condition => {
    if (tokens[0] !== "(") return comparison(take(), take(), take());
    take("(");
    const inner = either();
    take(")");
    return inner;
  };
  take("{");
  const condition = either();
  take("}");
  if (tokens.length > 0) throw new Error(`${tokens.join(" ")} comes after the end of ${pattern}`);
  return (line) => condition(parseLine(line));
}

/** The value under a selector (`$.a.b`) of a parsed line; undefined when there is none. */
export function selected(selector: string, line: unknown): unknown {
  const names = selector.split(".").slice(1);
  return names.reduce<unknown>(
    (node, name) =>
      typeof node === "object" && node !== null && Object.hasOwn(node, name)
        ? (node as Record<string, unknown>)[name]
        : undefined,
    line,
  );
}

/** A line as JSON; undefined when it is none, which matches nothing. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function tokensOf(pattern: string): string[] {
  const tokens: string[] = [];
  for (token.lastIndex = 0; token.lastIndex < pattern.length; ) {
    const position = token.lastIndex;
    const text = token.exec(pattern)?.groups?.["text"];
    if (text === undefined) throw new Error(`cannot read ${pattern.slice(position)}`);
    tokens.push(text);
  }
  return tokens;
}

function comparison(selector: string, operator: string, operand: string): Condition {
  if (!selector.startsWith("$")) throw new Error(`${selector} is no field`);
  return operand.startsWith('"')
    ? textComparison(selector, operator, operand)
    : numberComparison(selector, operator, operand);
}

function textComparison(selector: string, operator: string, operand: string): Condition {
  if (operator !== "=" && operator !== "!=") throw new Error(`${operator} does not compare texts`);
  const text = JSON.parse(operand) as string;
  // In the middle an asterisk stands for itself.
  const [open, close] = [text.startsWith("*"), text.length > 1 && text.endsWith("*")];
  const core = text.slice(open ? 1 : 0, close ? -1 : undefined);
  const isSame = (found: string) =>
    open && close
      ? found.includes(core)
      : open
        ? found.endsWith(core)
        : close
          ? found.startsWith(core)
          : found === core;
  return (line) => {
    const found = selected(selector, line);
    if (typeof found === "string") return isSame(found) === (operator === "=");
    if (typeof found === "number" || (operator === "!=" && line !== undefined)) {
      throw new Error(`undocumented: ${selector} ${operator} ${operand} where the field is ${JSON.stringify(found)}`);
    }
    return false;
  };
}

const comparisons: Readonly<Record<string, (found: number, bound: number) => boolean>> = {
  "=": (found, bound) => found === bound,
  "!=": (found, bound) => found !== bound,
  "<": (found, bound) => found < bound,
  "<=": (found, bound) => found <= bound,
  ">": (found, bound) => found > bound,
  ">=": (found, bound) => found >= bound,
};

function numberComparison(selector: string, operator: string, operand: string): Condition {
  const [compare, bound] = [comparisons[operator], Number(operand)];
  if (!compare || Number.isNaN(bound)) throw new Error(`cannot compare: ${operator} ${operand}`);
  return (line) => {
    const found = selected(selector, line);
    if (typeof found === "string")
      throw new Error(`undocumented: ${selector} ${operator} ${operand} where it is a text`);
    return typeof found === "number" && compare(found, bound);
  };
}
