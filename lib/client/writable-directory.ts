import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { TransferFailed } from "../../functions/domain/errors.ts";
import { fileFault, isNoFile } from "./file-fault.ts";

/**
 * Looks whether a directory can be written to or be made: better before a day of polling than after it. Makes nothing.
 * @param directory an absolute path
 * @throws {TransferFailed | StoreUnavailable} when it cannot
 */
export async function requireWritable(directory: string): Promise<void> {
  for (let at = directory; ; at = dirname(at)) {
    try {
      const { isDirectory } = await kindOf(at);
      if (!isDirectory) throw new TransferFailed(`${directory} cannot be made: ${at} is no directory`);
      await access(at, constants.W_OK | constants.X_OK);
      return;
    } catch (error) {
      if (error instanceof TransferFailed) throw error;
      if (!isNoFile(error) || at === dirname(at)) throw fileFault(error, `writing to ${at}`);
    }
  }
}

async function kindOf(path: string): Promise<{ readonly isDirectory: boolean }> {
  return { isDirectory: (await stat(path)).isDirectory() };
}
