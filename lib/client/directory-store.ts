import { mkdir, open, readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { OutputStore } from "../../functions/adapters/output-store.ts";
import { TransferFailed } from "../../functions/domain/errors.ts";
import { formatManifest, type Manifest, parseManifest, recordsSameBytes } from "../../functions/domain/manifest.ts";
import { manifestKey, manifestName } from "../../functions/domain/object-key.ts";
import type { StoredObject } from "../../functions/domain/receipt.ts";
import { digestFile } from "./file-digest.ts";
import { isNoFile } from "./file-fault.ts";
import { readNote, removeNotes } from "./file-notes.ts";
import { give, orFault, writeOutput } from "./file-writer.ts";
import { createPartial, removeLeftovers } from "./partial-files.ts";

/** In place of a bucket's name: see `Receipt`. */
const noBucket = "";

/**
 * An output store of directories on this machine. Its keys are paths; its bucket has no name. A manifest lists file names
 * alone, so that its directory can be moved. Where S3 would tell an object's checksum, the file is read: whoever may change
 * it, its receipts hold for the bytes that are there.
 * @param signal ends reading
 */
export function createDirectoryStore(signal: AbortSignal): OutputStore {
  return {
    bucket: noBucket,
    head: (path) => head(path, signal),
    survey,
    readBack: (path, ending = signal) => readBack(path, ending),
    write: (object, read) => writeOutput(object, read, readBack),
    readManifest,
    writeManifest,
  };
}

async function readBack(path: string, signal: AbortSignal) {
  const handle = await orNothing(() => open(path), `opening ${path}`);
  if (!handle) return undefined;
  try {
    return await orFault(() => digestFile(handle, signal, path), `reading ${path}`);
  } finally {
    await handle.close();
  }
}

async function head(path: string, signal: AbortSignal): Promise<StoredObject | undefined> {
  const found = await readBack(path, signal);
  if (!found) return undefined;
  const { bytes, crc32, sha256 } = found;
  const note = await readNote(path);
  // A note about other bytes is about another file: one that was changed, or never was this one.
  if (note?.sha256 !== sha256) return { bytes, crc32, contentType: "application/octet-stream", metadata: {} };
  return { bytes, crc32, contentType: note.contentType, metadata: { ...note.metadata, sha256 } };
}

async function survey(directory: string): Promise<(key: string) => boolean | undefined> {
  await removeLeftovers(directory);
  const names = await orNothing(() => readdir(directory), `listing ${directory}`);
  // Left by a run that was killed after its manifest and before this.
  if (names?.includes(manifestName)) await removeNotes(directory, names);
  const taken = new Set(names?.map((name) => `${directory}/${name}`));
  return (key) => taken.has(key);
}

async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = manifestKey(directory);
  const text = await orNothing(() => readFile(path, "utf8"), `reading ${path}`);
  if (text === undefined) return undefined;
  const manifest = parseManifest(text);
  const isOurs = manifest?.outputs.every(({ bucket, key }) => bucket === noBucket && key === basename(key));
  if (manifest && isOurs) return withKeys(manifest, (name) => `${directory}/${name}`);
  throw new TransferFailed(`${path} is there but is no manifest of files: it is kept, and nothing is overwritten`);
}

async function writeManifest(directory: string, manifest: Manifest): Promise<Manifest> {
  const path = manifestKey(directory);
  const isNew = await orFault(async () => {
    await mkdir(directory, { recursive: true });
    const partial = await createPartial(path);
    try {
      await partial.handle.writeFile(formatManifest(withKeys(manifest, basename)));
      await partial.handle.sync();
      return await give(partial, path);
    } finally {
      await partial.discard();
    }
  }, `writing ${path}`);
  const standing = isNew ? manifest : await readManifest(directory);
  if (!standing || !recordsSameBytes(standing, manifest)) {
    throw new TransferFailed(`${path} records other bytes: it is kept, and nothing is overwritten or deleted`);
  }
  await removeNotes(directory, await readdir(directory).catch(() => []));
  return standing;
}

function withKeys(manifest: Manifest, keyOf: (key: string) => string): Manifest {
  return { ...manifest, outputs: manifest.outputs.map((receipt) => ({ ...receipt, key: keyOf(receipt.key) })) };
}

/** What the work finds; undefined when there is nothing. */
function orNothing<Result>(work: () => Promise<Result>, what: string): Promise<Result | undefined> {
  return orFault(
    () =>
      work().catch((error: unknown) => {
        if (isNoFile(error)) return undefined;
        throw error;
      }),
    what,
  );
}
