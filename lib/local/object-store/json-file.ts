import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";

/** A file of the store that is not as the store writes it. The message names the file. */
export class UnreadableRecord extends Error {
  override readonly name = "UnreadableRecord";
}

/** Writes a value as JSON to a temporary name and renames it, so that no half-written file stands at `path`. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.writing`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`, { flush: true });
  await rename(temporary, path);
}

/** Reads a JSON file of this shape. Throws UnreadableRecord, naming the file. */
export async function readJson<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  try {
    return v.parse(schema, JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new UnreadableRecord(`${path} cannot be read; restore it or remove it.`, { cause });
  }
}
