import type { CommandNode, OptionNode } from "./command-tree.ts";

/** A completion script for fish, with descriptions. Pressing Tab starts no process. */
export function fishScript(program: string, commands: readonly CommandNode[]): string {
  const named = commands.filter(({ name }) => name !== "");
  const unnamed = `not __fish_seen_subcommand_from ${named.map(({ name }) => name).join(" ")}`;
  const complete = `complete -c ${program}`;
  return [
    `# fish completion of ${program}`,
    `${complete} -f`,
    ...named.map(({ name, description }) => `${complete} -n ${quoted(unnamed)} -a ${name} -d ${quoted(description)}`),
    ...commands.flatMap(({ name, options, choices }) => {
      const condition = quoted(name === "" ? unnamed : `__fish_seen_subcommand_from ${name}`);
      const words = name !== "" && choices.length > 0 ? [`-a ${quoted(choices.join(" "))}`] : [];
      return [...words, ...options.map(optionWords)].map((rest) => `${complete} -n ${condition} ${rest}`);
    }),
    "",
  ].join("\n");
}

function optionWords({ flags, description, value }: OptionNode): string {
  const spellings = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...spellings, ...valueWords(value), `-d ${quoted(description)}`].join(" ");
}

function valueWords(value: OptionNode["value"]): string[] {
  if (value === "none") return [];
  if (value === "file") return ["-r -F"];
  return value === "unknown" ? ["-x"] : ["-x", `-a ${quoted(value.join(" "))}`];
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
