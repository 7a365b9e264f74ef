import { Argument, Command } from "commander";
import { bashScript } from "./completion/bash-script.ts";
import { commandTree } from "./completion/command-tree.ts";
import { fishScript } from "./completion/fish-script.ts";
import { zshScript } from "./completion/zsh-script.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

const examples = `
Examples:
  audio-transfer completion bash >> ~/.bashrc
  audio-transfer completion zsh > "\${fpath[1]}/_audio-transfer"
  audio-transfer completion fish > ~/.config/fish/completions/audio-transfer.fish`;

/** `audio-transfer completion`: a script that completes this program's commands and options in a shell. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("print a script that completes commands and options at Tab")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(Object.keys(scripts)))
    .addHelpText("after", examples)
    .action((shell: keyof typeof scripts, _options, command: Command) => {
      const program = command.parent ?? command;
      process.stdout.write(scripts[shell](program.name(), commandTree(program, "run")));
    });
}
