import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, open as openFile, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { isNoFile } from "./file-fault.ts";

/** This machine in a file's name: other machines may share the directory, and their process numbers mean nothing here. */
const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/** Age in milliseconds from which any partial file is taken for left behind: a day without a byte. */
const longestSilence = 86_400_000;

/** `.<name>.<machine>-<process>-<random>.partial` */
const partialName = /^\.(.+)\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.partial$/;

/** A file that is being written beside the place that it is to have. */
export interface PartialFile {
  /** Its path: hidden, in the directory of the final one, and so in the same file system. */
  readonly path: string;
  /** Open for writing and reading. */
  readonly handle: FileHandle;
  /** Closes and removes it: what has its final name by then keeps that. Never throws: the next run removes what stays. */
  discard(): Promise<void>;
}

/** Those that this process is writing. */
const open = new Set<string>();

/** Creates an empty partial file. @throws the system's error */
export async function createPartial(finalPath: string): Promise<PartialFile> {
  const owner = `${machine}-${process.pid}-${randomBytes(4).toString("hex")}`;
  const path = join(dirname(finalPath), `.${basename(finalPath)}.${owner}.partial`);
  // Before it is there: another copy of this process may be looking for leftovers.
  open.add(path);
  const handle = await openFile(path, "wx+").catch((error: unknown) => {
    open.delete(path);
    throw error;
  });
  const discard = async () => {
    await handle.close().catch(() => undefined);
    await rm(path, { force: true }).catch(() => undefined);
    open.delete(path);
  };
  return { path, handle, discard };
}

/** Removes the partial files that processes left which are no more. What cannot be removed is left: it is in nobody's way. */
export async function removeLeftovers(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const path = join(directory, name);
    if (await isLeftover(name, path)) await rm(path, { force: true }).catch(() => undefined);
  }
}

async function isLeftover(name: string, path: string): Promise<boolean> {
  const match = partialName.exec(name);
  if (!match) return false;
  const [, , writtenOn, writer] = match;
  if (open.has(path)) return false;
  // A container may give every run the same number: then a file of this one that it does not write is of one before.
  if (writtenOn === machine && (Number(writer) === process.pid || !isRunning(Number(writer)))) return true;
  try {
    return Date.now() - (await stat(path)).mtimeMs > longestSilence;
  } catch (error) {
    if (isNoFile(error)) return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 only asks (kill(2)).
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, and is somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
