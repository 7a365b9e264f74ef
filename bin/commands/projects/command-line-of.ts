import type { Command } from "commander";

/**
 * The command line that a command was given, to be pasted into a shell: to do the same again.
 * @param command one that was parsed
 */
export function commandLineOf(command: Command): string {
  const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === "cli");
  const options = given.flatMap((option) => {
    const value: unknown = command.getOptionValue(option.attributeName());
    const takesOne = option.required || option.optional;
    return takesOne ? [option.long ?? option.flags, quoted(String(value))] : [option.long ?? option.flags];
  });
  // An id may begin with a dash.
  const end = command.args.some((argument) => argument.startsWith("-")) ? ["--"] : [];
  return ["audio-transfer", command.name(), ...options, ...end, ...command.args.map(quoted)].join(" ");
}

/** A word of a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
