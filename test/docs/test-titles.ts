/** Where a test or a group of them begins, with its indentation and its title as it is written. */
const beginning = /^( *)(describe|it|test)(?:\.\w+)?(?:\(|\(\[[\s\S]*?\](?: as const)?\)\()\s*"((?:[^"\\\n]|\\.)*)"/gm;

/**
 * The titles of all tests in a test file of this project, read from its source: `group › test`, or `test` outside a group.
 * Groups stand at the left edge, their tests two columns further in, as the formatter writes them.
 */
export function titlesIn(source: string): string[] {
  const titles: string[] = [];
  let group: string | undefined;
  for (const [, indentation = "", kind, quoted = ""] of source.matchAll(beginning)) {
    const title = JSON.parse(`"${quoted}"`) as string;
    if (indentation === "") group = kind === "describe" ? title : undefined;
    if (kind !== "describe") titles.push(group === undefined ? title : `${group} › ${title}`);
  }
  return titles;
}
