import type { Command, Option } from "commander";

/** A command as its completion sees it. */
export interface CommandNode {
  /** Its name; empty for the program itself, where no command is named. */
  readonly name: string;
  /** A sentence. */
  readonly description: string;
  /** Its options, `--help` included. */
  readonly options: readonly OptionNode[];
  /** What its first argument may be; empty when that cannot be known, such as an id. */
  readonly choices: readonly string[];
}

/** An option as its completion sees it. */
export interface OptionNode {
  /** All spellings: `--help`, `-h`. */
  readonly flags: readonly string[];
  /** A sentence. */
  readonly description: string;
  /** What follows it: nothing, one of some words, a file, or something that cannot be known. */
  readonly value: "none" | "file" | "unknown" | readonly string[];
}

/** Names of values, in angle brackets behind an option, that are files. */
const fileNames = new Set(["path", "module"]);

/**
 * Reads a program of one level of commands.
 * @param defaultName name of the command that is meant when none is named
 */
export function commandTree(program: Command, defaultName: string): readonly CommandNode[] {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const names = commands.map((command) => command.name());
  const nodes = commands.map((command): CommandNode => {
    const [argument] = command.registeredArguments;
    return {
      name: command.name(),
      description: command.description(),
      options: help.visibleOptions(command).map(optionNode),
      // Of `help [command]` commander knows no choices.
      choices: argument?.argChoices ?? (command.name() === "help" ? names : []),
    };
  });
  const meant = nodes.find(({ name }) => name === defaultName)?.options ?? [];
  const own = program.options.map(optionNode);
  return [...nodes, { name: "", description: program.description(), options: [...meant, ...own], choices: names }];
}

function optionNode(option: Option): OptionNode {
  const flags = [option.long, option.short].filter((flag) => flag !== undefined);
  return { flags, description: option.description, value: valueAfter(option) };
}

function valueAfter({ flags, required, optional, argChoices }: Option): OptionNode["value"] {
  if (!required && !optional) return "none";
  if (argChoices) return argChoices;
  const [, name = ""] = /[<[](.+?)[>\]]/.exec(flags) ?? [];
  return fileNames.has(name) ? "file" : "unknown";
}
