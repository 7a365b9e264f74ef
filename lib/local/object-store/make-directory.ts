import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a directory and those above it, as far as they are missing. `mkdir` with `recursive` does that, too, but where the
 * system says ENOENT of a directory whose parent is there, as in /proc, Node 24 tries for ever.
 * @param path absolute
 * @throws {Error} of Node, which names the path and why
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path);
  }
}
