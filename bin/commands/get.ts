import type { Command } from "commander";
import { projectText } from "./projects/project-text.ts";
import { type ProjectsCommandOptions, projectsCommand, withProjects } from "./projects/projects-command.ts";
import { printOne } from "./transfers/transfers-command.ts";

/** `audio-transfer get`: a project of the vendor as it is now. */
export function getCommand(): Command {
  return projectsCommand({
    name: "get",
    description: "show a project of the vendor as it is now; 0 also when it failed",
    quiet: "print its status only, such as rendering",
    examples: `  audio-transfer get ID
  audio-transfer get ID --json | jq -r '.downloads[].url'    # the signed URLs: keep them secret`,
  }).action(get);
}

async function get(id: string, options: ProjectsCommandOptions): Promise<void> {
  await withProjects(
    async (projects, signal) => {
      const project = await projects.get({ id, signal });
      printOne(project, options, { quiet: `${project.status}\n`, text: () => projectText(project) });
    },
    { hint: "Interrupted." },
  );
}
