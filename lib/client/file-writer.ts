import { link, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { DigestResult } from "../../functions/adapters/digest.ts";
import type { NewObject, ObjectBytes, WrittenObject } from "../../functions/adapters/object-writer.ts";
import type { Part } from "../../functions/adapters/part-assembly.ts";
import { CopyInterrupted, StoreUnavailable, TransferFailed } from "../../functions/domain/errors.ts";
import { digestFile } from "./file-digest.ts";
import { fileCodeOf, fileFault } from "./file-fault.ts";
import { writeNote } from "./file-notes.ts";
import { createPartial, type PartialFile } from "./partial-files.ts";

/** Bytes of a part that is written at once: 2 MiB, so that twelve fit the buffers of a copy, for outputs side by side. */
const partBytes = 2 * 1_024 ** 2;

/**
 * Writes an output to a file that is not there yet, by the rules of `writeObject`: its parts go to a hidden file beside it,
 * which is flushed to the disk, read back, and only then linked to its name. If something has that name, equal bytes are
 * success. The hidden file is removed whatever happens.
 * @throws {TransferFailed} when other bytes stand there (they are kept), or the system refuses
 * @throws {StoreUnavailable} when the disk fails
 * @throws {CopyInterrupted} when the bytes end early, or the signal fires
 */
export async function writeOutput(
  object: NewObject,
  read: (partBytes: number) => ObjectBytes,
  readBack: (path: string, signal: AbortSignal) => Promise<DigestResult | undefined>,
): Promise<WrittenObject> {
  const { key: path, signal, contentType, metadata } = object;
  const faultless = <Result>(what: string, work: () => Promise<Result>) => orFault(work, `${what} ${path}`);
  await faultless("making the directory of", () => mkdir(dirname(path), { recursive: true }));
  const partial = await faultless("creating a file beside", () => createPartial(path));
  try {
    const digested = await fill(partial, object, read(Math.min(object.bytes, partBytes)));
    await faultless("writing the note of", () =>
      writeNote(path, { sha256: digested.sha256, contentType, metadata: { ...metadata } }),
    );
    const standing = (await give(partial, path)) ? digested : await readBack(path, signal);
    if (standing?.sha256 !== digested.sha256 || standing.bytes !== digested.bytes) {
      throw new TransferFailed(
        `${path}: other bytes stand there: they are kept, and nothing is overwritten or deleted`,
      );
    }
    const { bytes, crc32 } = digested;
    return { ...digested, stored: { bytes, crc32, contentType, metadata } };
  } finally {
    await partial.discard();
  }
}

/** The work's result. @throws what `fileFault` makes of the system's errors; this program's own pass */
export async function orFault<Result>(work: () => Promise<Result>, what: string): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw fileCodeOf(error) === undefined ? error : fileFault(error, what);
  }
}

/** Writes all parts, flushes them and reads them back. @returns size and hashes of what came, which are those of the file */
async function fill(
  { handle }: PartialFile,
  { key, bytes, signal }: NewObject,
  from: ObjectBytes,
): Promise<DigestResult> {
  let at = 0;
  for await (const part of from.parts()) at += await writePart(part, at, key, handle);
  const came = await from.finish();
  if (came.bytes !== bytes) throw new CopyInterrupted(`${key}: ${came.bytes} of the announced ${bytes} bytes came`);
  await orFault(() => handle.sync(), `flushing ${key}`);
  const found = await orFault(() => digestFile(handle, signal, key), `reading ${key} back`);
  if (found.bytes === came.bytes && found.sha256 === came.sha256 && found.crc32 === came.crc32) return came;
  throw new StoreUnavailable(`${key}: what was read back from the disk is not what was written`);
}

async function writePart(part: Part, at: number, key: string, handle: PartialFile["handle"]): Promise<number> {
  const { bytes } = part;
  try {
    for (let written = 0; written < bytes.length; ) {
      const rest = bytes.length - written;
      written += (await orFault(() => handle.write(bytes, written, rest, at + written), `writing ${key}`)).bytesWritten;
    }
    return bytes.length;
  } finally {
    part.release();
  }
}

/**
 * Gives a partial file its final name, which no file has. The name itself is flushed to the disk, too.
 * @returns false when there is one of that name
 */
export async function give({ path: from }: PartialFile, path: string): Promise<boolean> {
  try {
    // Unlike rename(2), link(2) never replaces a file.
    await link(from, path);
  } catch (error) {
    const code = fileCodeOf(error);
    if (code === "EEXIST") return false;
    if (code === "ENOENT") throw new StoreUnavailable(`${path}: somebody removed the file that was to have this name`);
    if (code === "EPERM" || code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "ENOSYS") {
      throw new TransferFailed(
        `${path}: its file system has no hard links, without which a file could be overwritten: choose another directory`,
      );
    }
    throw fileFault(error, `naming ${path}`);
  }
  await flushDirectory(dirname(path));
  return true;
}

/** Flushes the names in a directory. Not every system can: there its own rules must do. */
async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
