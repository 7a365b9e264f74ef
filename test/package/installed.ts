import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { neededBy, type PackageFile, packageFile } from "./package-file.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the lockfile has of each place below node_modules. */
type Places = Readonly<Record<string, PackageFile>>;

/**
 * Installs a tarball in an empty project as npm would, but without the registry: what the package says it needs, and what
 * that needs in turn, are links to what this checkout has. Nothing else is there, so that what is not said is missed.
 * Programs must be run with `--preserve-symlinks`, or they find all that this checkout has.
 * @param others packages that the project has besides
 */
export async function install(tarball: string, project: string, others: readonly string[]): Promise<void> {
  const modules = join(project, "node_modules");
  const { name } = await packageFile(root);
  const directory = join(modules, name);
  await mkdir(directory, { recursive: true });
  await promisify(execFile)("tar", ["-xzf", tarball, "-C", directory, "--strip-components=1"]);
  const installed = await packageFile(directory);
  const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as { packages: Places };
  for (const place of placesOf([...neededBy(installed), ...others], packages)) {
    await link(join(root, place), join(project, place));
  }
  for (const [command, path] of Object.entries(installed.bin ?? {})) {
    await chmod(join(directory, path), 0o755);
    await link(join(directory, path), join(modules, ".bin", command));
  }
}

/** Where these packages are, and all that they need in turn; what is inside of another comes along with that. */
function placesOf(names: readonly string[], packages: Places): readonly string[] {
  const found = new Set<string>();
  const add = (name: string, dependent: string): void => {
    const place = nearest(name, dependent, packages);
    const file = place !== undefined && packages[place];
    // What is optional may be for other platforms.
    if (!file || found.has(place)) return;
    found.add(place);
    for (const needed of neededBy(file)) add(needed, place);
  };
  for (const name of names) add(name, "");
  return [...found].filter((place) => place.lastIndexOf("node_modules/") === 0);
}

/** Where a dependent finds a package: inside of itself, or of what it is inside of, and so on. */
function nearest(name: string, dependent: string, packages: Places): string | undefined {
  const place = `${dependent}${dependent && "/"}node_modules/${name}`;
  if (packages[place] || dependent === "") return packages[place] && place;
  return nearest(name, dependent.slice(0, Math.max(0, dependent.lastIndexOf("/node_modules/"))), packages);
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}
