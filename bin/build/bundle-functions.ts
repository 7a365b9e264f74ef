import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundling } from "../../lib/cloud/bundling.ts";
import { transferFunctionNames } from "../../lib/cloud/function-names.ts";

const sources = fileURLToPath(new URL("../../functions", import.meta.url));

/**
 * Bundles every function to `<directory>/<name>/index.js`, byte for byte as the CDK does it in a checkout.
 * @throws {Error} of esbuild when one cannot be bundled
 */
export async function bundleFunctions(directory: string): Promise<void> {
  const { format, target, minify, sourceMap, externalModules } = bundling;
  await build({
    entryPoints: transferFunctionNames.map((name) => ({ in: `${sources}/${name}.ts`, out: `${name}/index` })),
    outdir: directory,
    bundle: true,
    platform: "node",
    logLevel: "warning",
    format,
    target,
    minify,
    sourcemap: sourceMap,
    external: externalModules,
  });
}
