import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A bundle on disk, removed when it is disposed of. */
export interface CopyingBundle extends AsyncDisposable {
  /** Its path. */
  readonly path: string;
}

/**
 * Bundles copying-process.ts, with the options of lib/cloud/transfer-function.ts: it is there in a tenth of a second, where
 * loading many small files takes most of a second of a processor, for each process anew.
 */
export async function bundleCopyingProcess(): Promise<CopyingBundle> {
  const directory = await mkdtemp(join(tmpdir(), "copying-process-"));
  const path = join(directory, "copying-process.cjs");
  await build({
    entryPoints: [fileURLToPath(new URL("copying-process.ts", import.meta.url))],
    outfile: path,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    logLevel: "error",
  });
  return { path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}
