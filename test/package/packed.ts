import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

/** This process's environment without what npm tells those whom it starts: above all, which project they are in. */
export function withoutNpm(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
}

/** Builds and packs this checkout, as for a release. @returns path of the tarball, which is in this directory */
export async function pack(directory: string): Promise<string> {
  // .npmrc keeps scripts of dependencies from running, and would keep our own `prepack` from it, too.
  const args = ["pack", "--silent", "--pack-destination", directory];
  await run("npm", args, { cwd: root, env: withoutNpm() });
  const [name = ""] = (await readdir(directory)).filter((file) => file.endsWith(".tgz"));
  return join(directory, name);
}

/** Paths of all files in a tarball, as the package has them. */
export async function filesIn(tarball: string): Promise<string[]> {
  const { stdout } = await run("tar", ["-tzf", tarball]);
  return stdout
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
}
