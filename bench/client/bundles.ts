import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";
import type { ClientName } from "./sample.ts";

const entries: Readonly<Record<ClientName, string>> = {
  ours: fileURLToPath(new URL("programs/ours.ts", import.meta.url)),
  vendor: fileURLToPath(new URL("programs/vendor-sdk.ts", import.meta.url)),
};

/** Paths of the programs, CommonJS files. */
export type ClientPrograms = Readonly<Record<ClientName, string>>;

/**
 * Bundles both clients with the same options (those of the deployed functions): neither pays for loading many small files,
 * nor for types that are still to be stripped.
 */
export async function bundleClients(directory: string): Promise<ClientPrograms> {
  await build({
    entryPoints: entries,
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
  return { ours: join(directory, "ours.cjs"), vendor: join(directory, "vendor.cjs") };
}
