import { rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { S3Error } from "./s3-error.ts";

/**
 * Refuses a key, not yet an object, whose name is taken in the file system: S3 may hold `a` and `a/b`, a directory
 * may not. The file system itself is asked, so that its own idea of equal names (letter case, Unicode form) counts.
 * Throws S3Error `InvalidArgument`, which names the rule.
 */
export async function refuseCollision(bucketDirectory: string, key: string): Promise<void> {
  const segments = key.split("/");
  for (let depth = 1; depth < segments.length; depth++) {
    const ancestor = segments.slice(0, depth).join("/");
    const found = await stat(join(bucketDirectory, ancestor)).catch(absent);
    if (found === undefined) return;
    if (!found.isDirectory()) throw collision(key, `"${ancestor}" is an object, and a file cannot hold others`);
  }
  const found = await stat(join(bucketDirectory, key)).catch(absent);
  if (found === undefined) return;
  if (found.isDirectory()) throw collision(key, "other keys lie below it, and a directory cannot be an object");
  throw collision(
    key,
    "a file of that name is there that is not this key's: put there by hand, or of a key that differs only in letter case",
  );
}

function collision(key: string, rule: string): S3Error {
  return new S3Error("InvalidArgument", `The key ${JSON.stringify(key)} cannot be a file here: ${rule}.`);
}

/** Removes `relative` and its parents inside `root`, as long as they are empty; `root` itself stays. */
export async function pruneDirectories(root: string, relative: string): Promise<void> {
  for (let path = relative; path !== "."; path = dirname(path)) {
    try {
      await rmdir(join(root, path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOTEMPTY" || code === "EEXIST") return;
      if (code !== "ENOENT") throw error;
    }
  }
}

/** Whether a file, and not a directory, stands at the path. */
export async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(absent);
  return found?.isFile() ?? false;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
