import type { Command } from "commander";
import { defaultDirectoryOf } from "../../functions/domain/input.ts";
import type { AudioProjects } from "../../lib/client/audio-projects.ts";
import { exitCodes } from "../exit-codes.ts";
import { commandLineOf } from "./projects/command-line-of.ts";
import { ask, isTerminalThere } from "./projects/confirmation.ts";
import { type ProjectsCommandOptions, projectsCommand, withProjects } from "./projects/projects-command.ts";
import { printOne } from "./transfers/transfers-command.ts";

interface DeleteCommandOptions extends ProjectsCommandOptions {
  readonly directory?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
}

/** `audio-transfer delete`: deletes a project of the vendor whose outputs are saved. */
export function deleteCommand(): Command {
  return projectsCommand({
    name: "delete",
    description: "delete a project of the vendor, if all of its outputs are verified where they were saved",
    quiet: "print nothing but errors and the question",
    examples: `  audio-transfer delete ID                              # asks first
  audio-transfer delete ID --yes --directory s3://bucket/audio-projects/ID
  audio-transfer delete ID --yes --force                # what was not saved is lost`,
  })
    .option(
      "--directory <path>",
      "where its outputs were saved: a path, or s3://bucket/prefix (default: audio-projects/<id>)",
    )
    .option("--force", "delete without looking at any copy: what was not saved is lost for good")
    .option("--yes", "do not ask; needed where there is no terminal")
    .action(deleteProject);
}

async function deleteProject(id: string, options: DeleteCommandOptions, command: Command): Promise<void> {
  if (!options.yes && !isTerminalThere()) {
    command.error("error: there is no terminal to ask on: --yes deletes without asking");
  }
  await withProjects((projects, signal) => deleteIfSure(projects, id, { options, signal }), {
    hint: `Interrupted. To go on: ${commandLineOf(command)}`,
  });
}

async function deleteIfSure(
  projects: AudioProjects,
  id: string,
  { options, signal }: { readonly options: DeleteCommandOptions; readonly signal: AbortSignal },
): Promise<void> {
  const { directory: downloadDirectory, force, yes } = options;
  if (!yes && !(await isSure(id, options, signal))) {
    process.stderr.write("Nothing was deleted.\n");
    process.exitCode = exitCodes.failed;
    return;
  }
  await projects.delete({ id, downloadDirectory, force, signal });
  printOne({ id, deleted: "yes" }, options, { quiet: "", text: () => `project ${id} is deleted\n` });
}

/** More than a key press is asked for where no copy is looked for. */
async function isSure(id: string, { directory, force }: DeleteCommandOptions, signal: AbortSignal): Promise<boolean> {
  if (force) {
    const warning = `Delete project ${id} without looking at any copy? What was not saved is lost for good.\n`;
    return (await ask(`${warning}Type its id to delete it: `, signal)) === id;
  }
  const place = directory ?? defaultDirectoryOf(id);
  const question = `Delete project ${id} if all of its outputs are verified in ${place}? This cannot be undone. [y/N] `;
  return /^y(es)?$/i.test(await ask(question, signal));
}
