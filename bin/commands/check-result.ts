import type { Command } from "commander";
import { longestDeadlineSeconds } from "../../functions/domain/input.ts";
import type { AudioProjects } from "../../lib/client/audio-projects.ts";
import { OutputsIncomplete } from "../../lib/client/outputs-incomplete.ts";
import type { CheckResult, ProjectUpdate } from "../../lib/client/results.ts";
import { wholeNumber } from "./options.ts";
import { openCheckProgress } from "./projects/check-progress.ts";
import { commandLineOf } from "./projects/command-line-of.ts";
import { checkResultText, incompleteText } from "./projects/project-text.ts";
import { type ProjectsCommandOptions, projectsCommand, withProjects } from "./projects/projects-command.ts";
import { printOne } from "./transfers/transfers-command.ts";

interface CheckResultCommandOptions extends ProjectsCommandOptions {
  readonly wait: boolean;
  readonly download: boolean;
  readonly directory?: string;
  readonly deleteAfter?: boolean;
  /** Seconds. */
  readonly deadline?: number;
}

/** `audio-transfer check-result`: waits for a project of the vendor and saves its outputs. */
export function checkResultCommand(): Command {
  return projectsCommand({
    name: "check-result",
    description: "wait for a project of the vendor, save its outputs and verify them, delete it if asked",
    quiet: "print where the outputs are only, one a line",
    examples: `  audio-transfer check-result ID
  audio-transfer check-result ID --directory s3://bucket/audio-projects/ID --delete-after
  audio-transfer check-result ID --no-wait --json | jq -r .verdict    # complete, or pending`,
  })
    .option("--no-wait", "take one look instead of waiting for completion; what is complete is saved all the same")
    .option("--no-download", "wait for completion only")
    .option("--directory <path>", "where the outputs go: a path, or s3://bucket/prefix (default: audio-projects/<id>)")
    .option("--delete-after", "delete the remote project once every byte is verified")
    .option(
      "--deadline <seconds>",
      "seconds until a pending project is given up (default: 86400, a day)",
      wholeNumber(1, longestDeadlineSeconds),
    )
    .action(checkResult);
}

async function checkResult(id: string, options: CheckResultCommandOptions, command: Command): Promise<void> {
  using progress = openCheckProgress(!options.quiet);
  const work = async (projects: AudioProjects, signal: AbortSignal) => {
    const result = await check(projects, id, { options, signal, onUpdate: progress.show });
    progress.close();
    const paths = result.downloadedPaths.map((path) => `${path}\n`).join("");
    printOne(result, options, { quiet: paths, text: () => checkResultText(result) });
  };
  const again = `Interrupted; another Ctrl-C ends it at once. What is saved stays. To resume:\n  ${commandLineOf(command)}`;
  await withProjects(work, { hint: again, tidy: progress.close });
}

interface Checking {
  readonly options: CheckResultCommandOptions;
  readonly signal: AbortSignal;
  readonly onUpdate: (update: ProjectUpdate) => void;
}

async function check(projects: AudioProjects, id: string, { options, ...rest }: Checking): Promise<CheckResult> {
  try {
    return await projects.checkResult({
      id,
      waitForCompletion: options.wait,
      downloadOutputs: options.download,
      downloadDirectory: options.directory,
      deleteAfterDownload: options.deleteAfter,
      deadlineSeconds: options.deadline,
      ...rest,
    });
  } catch (error) {
    if (error instanceof OutputsIncomplete) tellIncomplete(error, options);
    throw error;
  }
}

/** Says what is there, before the error itself is said. */
function tellIncomplete(error: OutputsIncomplete, { json, quiet }: ProjectsCommandOptions): void {
  const { id, name, message, outputs, missing } = error;
  if (json) process.stdout.write(`${JSON.stringify({ id, outputs, missing, error: { name, message } })}\n`);
  else if (!quiet) process.stderr.write(incompleteText(error));
}
