import type { CommandNode, OptionNode } from "./command-tree.ts";

/** A completion script for zsh, with descriptions. Pressing Tab starts no process. */
export function zshScript(program: string, commands: readonly CommandNode[]): string {
  const named = commands.filter(({ name }) => name !== "");
  const unnamed = commands.find(({ name }) => name === "");
  const functionName = `_${program}`;
  return `#compdef ${program}
${functionName}() {
  local -a commands=(
${named.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    return
  fi
  case $words[2] in
${named.map((command) => commandCase(command)).join("\n")}
  *)
    ${argumentsOf(unnamed?.options ?? [])} ;;
  esac
}
if [[ $funcstack[1] == ${functionName} ]]; then
  # Read as a file of $fpath.
  ${functionName} "$@"
else
  # By eval or source.
  compdef ${functionName} ${program}
fi
`;
}

function commandCase({ name, options, choices }: CommandNode): string {
  const first = quoted(choices.length > 0 ? `1:argument:(${choices.join(" ")})` : "1: : ");
  return `  ${name})
    shift words
    (( CURRENT-- ))
    ${argumentsOf(options)} \\
      ${first} ;;`;
}

function argumentsOf(options: readonly OptionNode[]): string {
  return ["_arguments", ...options.flatMap(optionSpecs)].join(" \\\n      ");
}

function optionSpecs({ flags, description, value }: OptionNode): string[] {
  const said = `[${description.replaceAll(/[[\]\\]/g, "\\$&")}]`;
  return flags.map((flag) => quoted(value === "none" ? `${flag}${said}` : `${flag}=${said}${actionOf(value)}`));
}

function actionOf(value: Exclude<OptionNode["value"], "none">): string {
  if (value === "file") return ":file:_files";
  // A blank is an action that offers nothing.
  return value === "unknown" ? ":value: " : `:value:(${value.join(" ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
