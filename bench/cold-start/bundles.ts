import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, stop } from "esbuild";
import { bundling } from "../../lib/cloud/bundling.ts";
import { type TransferFunctionName, transferFunctionNames } from "../../lib/cloud/function-names.ts";

/** What is loaded: every function, and what they are compared with. */
export type EntryName = "empty" | "naive" | TransferFunctionName;

/** Names of all that is loaded, in the order of the table. */
export const entryNames: readonly EntryName[] = ["empty", "naive", ...transferFunctionNames];

/** The bench's own programs. */
const programs = {
  empty: new URL("programs/empty.ts", import.meta.url),
  naive: new URL("programs/naive.ts", import.meta.url),
  load: new URL("programs/load.ts", import.meta.url),
} as const;

/** A bundle. */
export interface Bundle {
  /** Its file, CommonJS. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
}

/** Everything that was bundled. */
export interface Bundles {
  /** What is loaded. */
  readonly entries: Readonly<Record<EntryName, Bundle>>;
  /** Path of the program that loads one of them. */
  readonly loader: string;
}

/**
 * Bundles everything as the functions are bundled that are deployed, so that the naive poll does not pay for being many
 * small files. Each bundle is an `index.js` in a directory of its own, as on Lambda.
 */
export async function bundleEntries(directory: string): Promise<Bundles> {
  const functions = transferFunctionNames.map((name) => [name, sourceOf(name)] as const);
  const sources = [...functions, ...Object.entries(programs)];
  const { format, target, minify, sourceMap, externalModules } = bundling;
  const { metafile } = await build({
    entryPoints: sources.map(([name, source]) => ({ in: fileURLToPath(source), out: `${name}/index` })),
    outdir: directory,
    bundle: true,
    platform: "node",
    format,
    target,
    minify,
    sourcemap: sourceMap,
    external: externalModules,
    metafile: true,
    logLevel: "error",
  });
  // Its service would idle beside everything that is measured.
  await stop();
  const pathOf = (name: string) => join(directory, name, "index.js");
  const bundles = entryNames.map((name) => [name, { path: pathOf(name), bytes: bytesOf(metafile, name) }] as const);
  return { entries: Object.fromEntries(bundles) as Record<EntryName, Bundle>, loader: pathOf("load") };
}

const sourceOf = (name: TransferFunctionName) => new URL(`../../functions/${name}.ts`, import.meta.url);

function bytesOf({ outputs }: Metafile, name: string): number {
  const [output] = Object.entries(outputs).filter(([path]) => path.endsWith(`/${name}/index.js`));
  if (output) return output[1].bytes;
  throw new Error(`esbuild made no bundle of ${name}`);
}
