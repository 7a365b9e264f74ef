import { readFileSync } from "node:fs";
import { docs, tableRows } from "./page.ts";

/** The text of docs/operations.md. */
export const operations = readFileSync(new URL("operations.md", docs), "utf8");

/** Its shell commands, in their order: the first block is what all others build on. */
export const commandBlocks = [...operations.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, code = ""]) => code);

/** A row of its table of log lines. */
export interface LineRow {
  /** What the lines say. */
  readonly lines: readonly string[];
  /** The function that logs them. */
  readonly source: string;
  /** Their facts. */
  readonly facts: readonly string[];
}

/** Its table of log lines. */
export const lineRows: readonly LineRow[] = tableWith("| line | function | facts |").map(
  ([lines = "", source = "", facts = ""]) => ({ lines: codeIn(lines), source, facts: codeIn(facts) }),
);

/** The rows of the table with this head, each a list of its cells. @throws {Error} when there is none */
export function tableWith(head: string): string[][] {
  return tableRows(head, operations);
}

/** What stands between backticks, in its order. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}
