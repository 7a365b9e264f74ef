import { Command, Option } from "commander";
import { environmentNames, vendorBaseUrl } from "../../../functions/contract.ts";
import { AudioProjects } from "../../../lib/client/audio-projects.ts";
import { exitCodesHelp } from "../../exit-codes.ts";
import { interruption } from "../run/interruption.ts";

/** What every command on a project of the vendor takes. */
export interface ProjectsCommandOptions {
  /** One JSON object on stdout, and nothing else. */
  readonly json?: boolean;
  /** As little on stdout as a script needs, and no progress. */
  readonly quiet?: boolean;
}

/** What is particular about a command. */
export interface ProjectsCommandText {
  /** Its name. */
  readonly name: string;
  /** What it does, in a line. */
  readonly description: string;
  /** What is printed with `--quiet`. */
  readonly quiet: string;
  /** For its help: command lines, each with what it does. */
  readonly examples: string;
}

const environmentHelp = `
Environment: ${environmentNames.apiKey} is the API key, and is needed; ${environmentNames.baseUrl} is another
vendor's address than ${vendorBaseUrl}; ${environmentNames.guardExceptions} lists origins that need not be https
nor public, such as a simulator's http://127.0.0.1:8085`;

/** A command on one project of the vendor, in this process. */
export function projectsCommand({ name, description, quiet, examples }: ProjectsCommandText): Command {
  return new Command(name)
    .description(description)
    .argument("<id>", "the project's id")
    .addOption(new Option("--json", "print one JSON object on stdout, and nothing else").conflicts("quiet"))
    .option("--quiet", quiet)
    .addHelpText("after", `\nExamples:\n${examples}\n${environmentHelp}\n${exitCodesHelp}`);
}

/** What happens at Ctrl-C. */
export interface AtInterruption {
  /** What a person reads then. */
  readonly hint: string;
  /** Comes before: leaves the terminal as it was found. Default nothing. */
  readonly tidy?: () => void;
}

/**
 * Does something with the vendor's projects, until Ctrl-C.
 * @throws {Unauthorized} when the environment has no API key
 */
export async function withProjects(
  work: (projects: AudioProjects, signal: AbortSignal) => Promise<void>,
  { hint, tidy }: AtInterruption,
): Promise<void> {
  using interrupted = interruption(() => {
    tidy?.();
    // On a terminal below what stands there: the ^C itself.
    process.stderr.write(process.stderr.isTTY ? `\n${hint}\n` : `${hint}\n`);
  });
  await using projects = new AudioProjects();
  await work(projects, interrupted.signal);
}
