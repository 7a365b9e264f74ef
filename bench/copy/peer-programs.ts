import { accessSync, constants, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Where the programs of the peers are; undefined is not installed. */
export interface PeerPrograms {
  /** Path of rclone. */
  readonly rclone: string | undefined;
  /** Path of curl. */
  readonly curl: string | undefined;
  /** Path of the AWS CLI. */
  readonly aws: string | undefined;
}

/** Looks for the peers' programs: where the options say, else on PATH, and the AWS CLI also where pyenv keeps programs. */
export function findPeerPrograms(given: { readonly rclone?: string; readonly aws?: string }): PeerPrograms {
  return {
    rclone: given.rclone ?? onPath("rclone"),
    curl: onPath("curl"),
    aws: given.aws ?? onPath("aws") ?? inPyenv("aws"),
  };
}

/** A program on PATH. Shims of pyenv are passed over: they are shell scripts whose time would count as the program's. */
function onPath(name: string): string | undefined {
  const directories = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((directory) => !/pyenv\/shims/.test(directory));
  return directories.map((directory) => join(directory, name)).find(isProgram);
}

function inPyenv(name: string): string | undefined {
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  try {
    return readdirSync(versions)
      .map((version) => join(versions, version, "bin", name))
      .find(isProgram);
  } catch {
    return undefined;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
