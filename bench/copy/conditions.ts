import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { promisify } from "node:util";
import type { PeerPrograms } from "./peer-programs.ts";

const run = promisify(execFile);

/** Under which conditions the bench runs, as lines of a Markdown list. */
export async function describeConditions({ rclone, curl, aws }: PeerPrograms): Promise<string[]> {
  const processors = cpus();
  const model = processors[0]?.model.trim() || "unknown processor";
  const memory = `${(totalmem() / 1_024 ** 3).toFixed(0)} GiB of memory`;
  const packages = ["@aws-sdk/lib-storage", "@aws-sdk/client-s3", "undici"].map(async (name) => {
    const { version } = JSON.parse(
      await readFile(new URL(`../../node_modules/${name}/package.json`, import.meta.url), "utf8"),
    );
    return `${name} ${version}`;
  });
  const programs = [
    versionOf("rclone", rclone, "version"),
    versionOf("curl", curl, "--version"),
    versionOf("aws", aws, "--version"),
  ];
  const commit = await versionOf("commit", "git", "describe", "--always", "--dirty");
  return [
    `- Machine: ${processors.length} cores (${model}), ${memory}, ${type()} ${release()}; load before: ${loadavg()[0]?.toFixed(2)}`,
    `- Date: ${new Date().toISOString().slice(0, 10)}; ${commit}; Node ${process.versions.node}`,
    `- Versions: ${(await Promise.all([...packages, ...programs])).join("; ")}`,
  ];
}

/** The first two words of what a program says of its version, or its name and the first. */
async function versionOf(name: string, program: string | undefined, ...options: string[]): Promise<string> {
  if (program === undefined) return `${name} is not installed: left out`;
  try {
    const { stdout } = await run(program, options);
    const [first = "", second = ""] = stdout.trim().split(/\s+/);
    return first.startsWith(name) ? `${first} ${second}` : `${name} ${first}`;
  } catch {
    return `${name} of unknown version`;
  }
}
