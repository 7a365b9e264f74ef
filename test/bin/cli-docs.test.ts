/** docs/cli.md against the program: every command, and every option as its help has it. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { exitCodes } from "../../bin/exit-codes.ts";
import { audioTransferProgram } from "../../bin/program.ts";
import { docs, tableRows } from "../docs/page.ts";

const page = readFileSync(new URL("cli.md", docs), "utf8");
const program = audioTransferProgram();

/** The text below the heading of a command, up to the next heading. */
function sectionOf(command: Command): string {
  const [, section = ""] = page.split(`\n### ${command.name()}\n`);
  return section.split(/\n##/)[0] ?? "";
}

/** Rows as the section is to have them. */
function rowsOf(command: Command): string[][] {
  return command.options.map(({ flags, description, defaultValue, envVar, argChoices, negate }) => {
    const notes = [
      ...(argChoices ? [`one of ${argChoices.join(", ")}`] : []),
      ...(defaultValue !== undefined && typeof defaultValue !== "boolean" && !negate
        ? [`default: ${defaultValue}`]
        : []),
      ...(envVar ? [`or ${envVar} in the environment`] : []),
    ];
    const told = notes.length > 0 ? `${description} (${notes.join("; ")})` : description;
    return [`\`${flags}\``, told.replaceAll("<", "&lt;")];
  });
}

test.each(program.commands)("the section of %o has its usage, an example, and its options as they are", (command) => {
  const section = sectionOf(command);
  const args = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  expect(section).toContain(`\`audio-transfer ${[command.name(), ...args].join(" ")}\``);
  expect(section).toMatch(new RegExp(`\n(?:\\w+=\\S+ )?audio-transfer ${command.name()}`));
  const documented = command.options.length > 0 ? tableRows("| option | what it does |", section) : [];
  expect(documented).toEqual(rowsOf(command));
});

test("no section is about a command that there is not", () => {
  const headings = [...page.matchAll(/\n### (\S+)\n/g)].map(([, name]) => name);
  expect(headings.sort()).toEqual(program.commands.map((command) => command.name()).sort());
});

test("all exit codes are listed", () => {
  const codes = tableRows("| code | meaning |", page).map(([code]) => Number(code));
  expect(codes).toEqual(Object.values(exitCodes));
});
