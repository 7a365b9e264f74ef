import { InvalidEventPatternException } from "./invalid-event-pattern.ts";

/**
 * Reads the operand of `wildcard`: `*` stands for any characters, also none; `\*` and `\\` for the character itself.
 * Each fixed part is looked for from left to right, so that no text takes longer than its length times the parts.
 * @throws {InvalidEventPatternException} for two stars in a row, and a backslash before anything else
 */
export function compileWildcard(wildcard: string): (text: string) => boolean {
  const [first = "", ...others] = fixedParts(wildcard);
  const last = others.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of others) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

/** What stands between the stars, without escapes. */
function fixedParts(wildcard: string): string[] {
  const parts = [""];
  let wasStar = false;
  for (const [, escaped, character = ""] of wildcard.matchAll(/\\(.?)|(.)/gsu)) {
    if (escaped !== undefined && escaped !== "*" && escaped !== "\\") {
      throw new InvalidEventPatternException(
        "Invalid escape character at the backslash: only \\* and \\\\ are allowed",
      );
    }
    const isStar = escaped === undefined && character === "*";
    if (isStar && wasStar) throw new InvalidEventPatternException("Consecutive wildcard characters");
    if (isStar) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${escaped ?? character}`);
    wasStar = isStar;
  }
  return parts;
}
