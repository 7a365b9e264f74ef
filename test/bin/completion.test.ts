import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { audioTransferProgram } from "../../bin/program.ts";
import { printed } from "./printed.ts";

async function scriptFor(shell: string): Promise<string> {
  return (await printed(audioTransferProgram(), "completion", shell)).stdout;
}

test("bash completes commands, options, values and files", async () => {
  const cases: Record<string, string> = {
    "audio-transfer ch": "check-result",
    "audio-transfer --vers": "--version",
    "audio-transfer check-result --no-": "--no-wait --no-download",
    "audio-transfer list --status F": "FAILED",
    "audio-transfer list --status = F": "FAILED",
    "audio-transfer completion ''": "bash zsh fish",
    "audio-transfer help red": "redeliver",
    "audio-transfer get ''": "",
    "audio-transfer check-result ID --deadline ''": "",
    "audio-transfer check-result ID --directory package.js": "package.json",
  };
  const check = `${await scriptFor("bash")}
compopt() { :; }
tab() { COMP_WORDS=("$@") COMP_CWORD=$(( $# - 1 )); _audio_transfer; echo "\${COMPREPLY[*]}"; }
[[ $(complete -p audio-transfer) == 'complete -F _audio_transfer audio-transfer' ]] || exit 9
${Object.keys(cases)
  .map((line) => `tab ${line}`)
  .join("\n")}`;
  const lines = execFileSync("bash", ["--norc", "-c", check], { encoding: "utf8" }).split("\n");
  expect(Object.fromEntries(Object.keys(cases).map((line, index) => [line, lines[index]]))).toEqual(cases);
});

test.each(["bash", "zsh", "fish"])(
  "%s takes the script, where it is installed; every command is in it",
  async (shell) => {
    const script = await scriptFor(shell);
    for (const { name } of audioTransferProgram().commands.map((command) => ({ name: command.name() }))) {
      expect(script).toMatch(new RegExp(`\\b${name}\\b`));
    }
    const { error, status, stderr } = spawnSync(shell, ["-n"], { input: script, encoding: "utf8" });
    if (!error) expect([status, stderr]).toEqual([0, ""]);
  },
);

test("another shell is refused by name", async () => {
  await expect(printed(audioTransferProgram(), "completion", "tcsh")).rejects.toMatchObject({
    code: "commander.invalidArgument",
  });
});
