import { readFileSync } from "node:fs";

/** docs/, as a URL to resolve names against. */
export const docs = new URL("../../docs/", import.meta.url);

/** The text of docs/webhooks.md. */
export const page = readFileSync(new URL("webhooks.md", docs), "utf8");

/** The code blocks of the page in this language, in its order, without a line break at the end. */
export function codeBlocks(language: string): string[] {
  return [...page.matchAll(/^```(\w*)\n(.*?)\n```$/gms)]
    .filter((block) => block[1] === language)
    .map(([, , code]) => code ?? "");
}

/** The only code block of the page in this language that holds this text. @throws {Error} when there is none or another */
export function codeBlock(language: string, text = ""): string {
  const [block, ...others] = codeBlocks(language).filter((code) => code.includes(text));
  if (block !== undefined && others.length === 0) return block;
  throw new Error(`${block === undefined ? "no" : "more than one"} block in ${language} holds ${JSON.stringify(text)}`);
}

/**
 * The rows of a page's only table with this head, each a list of its cells.
 * @param head the cells of its first line, as `| a | b |`
 * @param text the page; default docs/webhooks.md
 * @throws {Error} when there is no such table
 */
export function tableRows(head: string, text = page): string[][] {
  const [, after] = text.split(`\n${head}\n`);
  if (after === undefined) throw new Error(`no table begins with ${head}`);
  const [, ...rows] = after.slice(0, after.indexOf("\n\n")).split("\n");
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
