import type { CommandNode, OptionNode } from "./command-tree.ts";

/**
 * A completion script for bash, also for 3.2 as macOS has it, without the package bash-completion. Pressing Tab starts no
 * program.
 */
export function bashScript(program: string, commands: readonly CommandNode[]): string {
  const named = commands.filter(({ name }) => name !== "");
  const completer = `_${program.replaceAll(/\W/g, "_")}`;
  return `# bash completion of ${program}
${completer}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= words= word
  # bash takes --option=value for three words.
  if [[ $current == = ]]; then current=
  elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if (( COMP_CWORD > 1 )); then
    case \${COMP_WORDS[1]} in ${named.map(({ name }) => name).join("|")}) command=\${COMP_WORDS[1]} ;; esac
  fi
  COMPREPLY=()
  case "$command $previous" in
  ${optionsBefore(commands, (value) => value === "unknown")})
    return ;;
  ${optionsBefore(commands, (value) => value === "file")})
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
    # With this bash writes a slash behind a directory; bash 3.2 has it not.
    type compopt &> /dev/null && compopt -o filenames
    return ;;
${commands.flatMap(valueCases).join("\n")}
  *)
    case "$COMP_CWORD $command $current" in
${commands.map(optionCase).join("\n")}
${commands.flatMap(choiceCase).join("\n")}
    esac ;;
  esac
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
}
complete -F ${completer} ${program}
`;
}

/** A pattern of all commands and options behind which such a value stands. */
function optionsBefore(commands: readonly CommandNode[], isSuch: (value: OptionNode["value"]) => boolean): string {
  const pairs = commands.flatMap(({ name, options }) =>
    options.filter(({ value }) => isSuch(value)).flatMap(({ flags }) => flags.map((flag) => `"${name} ${flag}"`)),
  );
  return pairs.join("|") || '""';
}

function valueCases({ name, options }: CommandNode): string[] {
  return options.flatMap(({ flags, value }) => {
    if (typeof value === "string") return [];
    return [`  ${flags.map((flag) => `"${name} ${flag}"`).join("|")}) words=${quoted(value.join(" "))} ;;`];
  });
}

function optionCase({ name, options }: CommandNode): string {
  return `    *" ${name} -"*) words=${quoted(options.flatMap(({ flags }) => flags).join(" "))} ;;`;
}

/** What the first word behind the command may be, or in its place. */
function choiceCase({ name, choices }: CommandNode): string[] {
  if (choices.length === 0) return [];
  return [`    "${name === "" ? 1 : 2} ${name} "*) words=${quoted(choices.join(" "))} ;;`];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
