import { fileURLToPath } from "node:url";
import { Code } from "aws-cdk-lib/aws-lambda";
import { type BundlingOptions, type NodejsFunctionProps, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import type { TransferFunctionName } from "./function-names.ts";

/**
 * How every function is bundled, whoever does it: the CDK in a checkout, `npm run build` for the package. Nothing is left
 * out of a bundle, not even the AWS SDK, so that what was tested is what runs; CommonJS loads faster on Lambda than modules
 * do; a source map would cost more time at each cold start than a stack of minified names does.
 */
export const bundling = {
  format: OutputFormat.CJS,
  target: "node24",
  minify: true,
  sourceMap: false,
  externalModules: [],
} satisfies BundlingOptions;

/** The checkout, or `dist/` in the package: lib/ and functions/ are below both. */
const root = fileURLToPath(new URL("../..", import.meta.url));

/** The package holds what `npm run build` compiled and bundled; only a checkout runs from its sources. */
const isCompiled = import.meta.url.endsWith(".js");

/** Where a function's code comes from: bundled from its source in a checkout, prebuilt in the package. */
export function codeOf(name: TransferFunctionName): NodejsFunctionProps {
  if (isCompiled) return { code: Code.fromAsset(`${root}functions/${name}`), handler: "index.handler" };
  return {
    entry: `${root}functions/${name}.ts`,
    projectRoot: root,
    depsLockFilePath: `${root}package-lock.json`,
    bundling,
  };
}
