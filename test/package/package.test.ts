/** The package as npm packs it, in a project that has nothing else: checked by tools, compiled against, and run. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { transferFunctionNames } from "../../lib/cloud/function-names.ts";
import { consumer } from "./consumer.ts";
import { install } from "./installed.ts";
import { packageFile } from "./package-file.ts";
import { filesIn, pack, withoutNpm } from "./packed.ts";

const run = promisify(execFile);

let project = "";
let tarball = "";
let installed = "";

beforeAll(async () => {
  // The real path, because programs here keep links as they are.
  project = await realpath(await mkdtemp(join(tmpdir(), "package-test-")));
  tarball = await pack(project);
  await install(tarball, project, ["@types/node"]);
  installed = join(project, "node_modules/magic-hour-audio-transfer");
  for (const [name, text] of Object.entries(consumer)) await writeFile(join(project, name), text);
});
afterAll(() => rm(project, { recursive: true }));

/** Runs a program in the project; of what this checkout has it finds Node and npm, and no tools. */
function runThere(program: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const env = { ...withoutNpm(), PATH: [dirname(process.execPath), ...path].join(delimiter) };
  return run(program, args, { cwd: project, env: { ...env, NODE_OPTIONS: "--preserve-symlinks", NO_COLOR: "1" } });
}

test.concurrent("the tarball has what is compiled, the documentation, and nothing else", async () => {
  const files = await filesIn(tarball);
  const others = files.filter((path) => !/^(dist|docs)\//.test(path));
  expect(others.sort()).toEqual(["LICENSE", "README.md", "package.json"]);
  const compiled = files.filter((path) => path.startsWith("dist/"));
  expect(compiled.filter((path) => !/\.(js|d\.ts)$/.test(path))).toEqual([]);
  expect(compiled.filter((path) => !/^dist\/(bin|functions|lib)\//.test(path))).toEqual([]);
  expect(compiled).toEqual(
    expect.arrayContaining(transferFunctionNames.map((name) => `dist/functions/${name}/index.js`)),
  );
});

test.concurrent("what is compiled imports every dependency, and nothing else", async () => {
  const modules = (await filesIn(tarball)).filter((path) => /^dist\/.*(?<!\/index)\.js$/.test(path));
  const texts = await Promise.all(modules.map((path) => readFile(join(installed, path), "utf8")));
  const imported = texts.flatMap((text) =>
    Array.from(text.matchAll(/(?:\bfrom |\bimport\()"(?!node:)((?:@[\w-]+\/)?[\w-][\w.-]*)/g), ([, name]) => name),
  );
  const { dependencies, peerDependencies } = await packageFile(installed);
  expect([...new Set(imported)].sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort());
});

test.concurrent("publint finds nothing to say", async () => {
  const { buffer } = new Uint8Array(await readFile(tarball));
  const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
  expect(messages).toEqual([]);
});

test.concurrent("are-the-types-wrong finds nothing wrong, for whoever imports modules", async () => {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(tarball))));
  if (!analysis.types) expect.fail("the package has no types");
  expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining([".", "./client"]));
  // Modules alone are offered: neither Node before 12 nor CommonJS that cannot `require` modules is promised anything.
  const unpromised = ["node10", "node16-cjs"];
  const problems = analysis.problems.filter(
    (problem) => !("resolutionKind" in problem && unpromised.includes(problem.resolutionKind)),
  );
  expect(problems).toEqual([]);
});

test.concurrent("both entries type-check in a strict project that checks the declarations, too", async () => {
  await run("tsc", ["--project", project]);
});

test.concurrent("a stack is synthesized where no bundler is, from the functions that were bundled before", async () => {
  const { stdout } = await runThere("node", "app.ts");
  const { bundlers, assets } = JSON.parse(stdout) as { bundlers: string[]; assets: string[] };
  expect(bundlers).toEqual([]);
  const read = (path: string) => readFile(path, "utf8");
  const synthesized = await Promise.all(assets.map((asset) => read(join(project, "cdk.out", asset, "index.js"))));
  const bundled = transferFunctionNames.map((name) => read(join(installed, "dist/functions", name, "index.js")));
  expect(synthesized.sort()).toEqual((await Promise.all(bundled)).sort());
});

test.concurrent("the client is imported from the package", async () => {
  const { stdout } = await runThere("node", "client.ts");
  expect(stdout).toBe("ProjectFailed function function function\n");
});

test.concurrent("the command line tells its version, and its commands", async () => {
  const { version } = await packageFile(installed);
  await expect(runThere("npx", "audio-transfer", "--version")).resolves.toMatchObject({
    stdout: `${version}\n`,
  });
  const { stdout } = await runThere("npx", "audio-transfer", "--help");
  for (const command of ["run", "local", "simulate"]) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
});

test.concurrent("the embedded cloud runs from the package", async () => {
  const { stdout } = await runThere("npx", "audio-transfer", "run", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ verdict: "complete" });
});
