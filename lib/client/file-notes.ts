import { readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import { createPartial } from "./partial-files.ts";

/** What S3 keeps beside an object and a file system does not. */
export interface FileNote {
  /** SHA-256 of the bytes that it is about, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Media type. */
  readonly contentType: string;
  /** User metadata: which output of which project this is. */
  readonly metadata: Readonly<Record<string, string>>;
}

const noteSchema = v.object({
  sha256: v.string(),
  contentType: v.string(),
  metadata: v.record(v.string(), v.string()),
});

/** As `notePathOf` makes them. */
const noteName = /^\..+\.note\.json$/;

/** A hidden file beside the one that it is about. */
function notePathOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.note.json`);
}

/** Writes a file's note, before the file has its name: whoever finds the file finds the note. @throws the system's error */
export async function writeNote(path: string, note: FileNote): Promise<void> {
  const partial = await createPartial(notePathOf(path));
  try {
    await partial.handle.writeFile(JSON.stringify(note));
    await partial.handle.sync();
    // Over the note of an earlier attempt: the file itself is never written over.
    await rename(partial.path, notePathOf(path));
  } finally {
    await partial.discard();
  }
}

/** A file's note; undefined when there is none that can be read. It is believed only as far as the bytes agree. */
export async function readNote(path: string): Promise<FileNote | undefined> {
  try {
    const parsed = v.safeParse(noteSchema, JSON.parse(await readFile(notePathOf(path), "utf8")));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes the notes in a directory: once its manifest stands, that says all that they say. What cannot be removed does no harm.
 * @param names the files in it
 */
export async function removeNotes(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter((one) => noteName.test(one))) {
    await rm(join(directory, name), { force: true }).catch(() => undefined);
  }
}
