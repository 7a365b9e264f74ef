import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A package.json, or what a package-lock.json has of one, as far as it is looked at here. */
export interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Reads a directory's package.json. */
export async function packageFile(directory: string): Promise<PackageFile> {
  return JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as PackageFile;
}

/** Names of the packages that npm installs along with this one. */
export function neededBy({
  dependencies,
  optionalDependencies,
  peerDependencies = {},
  peerDependenciesMeta = {},
}: PackageFile): string[] {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}
