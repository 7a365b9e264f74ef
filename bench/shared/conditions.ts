import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { promisify } from "node:util";

/**
 * Under which conditions a bench runs, as lines of a Markdown list.
 * @param packages npm packages whose installed versions matter
 */
export async function describeConditions(packages: readonly string[]): Promise<string[]> {
  const processors = cpus();
  const model = processors[0]?.model.trim() || "unknown processor";
  const memory = `${(totalmem() / 1_024 ** 3).toFixed(0)} GiB of memory`;
  const versions = packages.map(async (name) => {
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return `${name} ${JSON.parse(await readFile(file, "utf8")).version}`;
  });
  const commit = await promisify(execFile)("git", ["describe", "--always", "--dirty"]).then(
    ({ stdout }) => `commit ${stdout.trim()}`,
    () => "commit of unknown version",
  );
  return [
    `- Machine: ${processors.length} cores (${model}), ${memory}, ${type()} ${release()}; load before: ${loadavg()[0]?.toFixed(2)}`,
    `- Date: ${new Date().toISOString().slice(0, 10)}; ${commit}; Node ${process.versions.node}`,
    `- Versions: ${(await Promise.all(versions)).join("; ")}`,
  ];
}
