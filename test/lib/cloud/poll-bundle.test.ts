import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { bundling } from "../../../lib/cloud/bundling.ts";

/** Most bytes of the bundle that runs most (issue 7): each of them is parsed at every cold start. */
const mostBytes = 150_000;

/** The bundle of check-status as it is deployed, not written. */
async function bundleOfPoll() {
  const { format, target, minify, sourceMap, externalModules } = bundling;
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL("../../../functions/check-status.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format,
    target,
    minify,
    sourcemap: sourceMap,
    external: externalModules,
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const [output] = Object.values(metafile.outputs);
  return { bytes: outputFiles[0]?.contents.byteLength, inputs: Object.entries(output?.inputs ?? {}), output };
}

test("a poll's bundle holds no package but these, and stays small", async () => {
  const { bytes, inputs, output } = await bundleOfPoll();
  const packages = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1]);
  expect([...new Set(packages)].filter(Boolean).sort()).toEqual(["ipaddr.js", "undici", "valibot"]);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(mostBytes);
  // What is left to be found when it runs is Node's own.
  const external = output?.imports.filter(({ external }) => external).map(({ path }) => path) ?? [];
  expect(external.filter((path) => !path.startsWith("node:"))).toEqual([]);
  // Each of these takes milliseconds to load, and no poll needs them.
  for (const module of ["node:http2", "node:child_process", "node:zlib", "node:worker_threads"]) {
    expect(external).not.toContain(module);
  }
});
