import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";

/** What is bundled: the deployed function, and the copiers of Node that it is compared with. */
const entries = {
  function: new URL("../../functions/download-outputs.ts", import.meta.url),
  ours: new URL("programs/ours.ts", import.meta.url),
  rawPipe: new URL("programs/raw-pipe.ts", import.meta.url),
  libStorage: new URL("programs/lib-storage.ts", import.meta.url),
} as const;

/** Paths of the bundles, CommonJS files. */
export type Bundles = Readonly<Record<keyof typeof entries, string>>;

/**
 * Bundles all copiers of Node with the options of lib/cloud/transfer-function.ts (CommonJS, node24, minified, nothing left
 * out), so that what is measured is what is deployed, and no peer pays for loading many small files.
 */
export async function bundleCopiers(directory: string): Promise<Bundles> {
  await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, fileURLToPath(entry)])),
    outdir: directory,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    sourcemap: false,
    logLevel: "error",
  });
  // Its service would idle beside everything that is measured.
  await stop();
  const pathOf = (name: keyof Bundles) => join(directory, `${name}.cjs`);
  return {
    function: pathOf("function"),
    ours: pathOf("ours"),
    rawPipe: pathOf("rawPipe"),
    libStorage: pathOf("libStorage"),
  };
}
