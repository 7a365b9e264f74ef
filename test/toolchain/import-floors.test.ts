import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

const refused = [
  ["functions/domain", "../adapters/source.ts"],
  ["functions/domain", "../contract.ts"],
  ["functions/domain", "../../lib/local/embedded-cloud.ts"],
  ["functions/domain", "node:fs"],
  ["functions/domain", "undici"],
  ["functions/domain", "@aws-sdk/client-s3"],
  ["functions/adapters", "../check-status.ts"],
  ["functions/adapters", "../../lib/cloud/config.ts"],
  ["functions", "../lib/cloud/config.ts"],
  ["functions", "../bin/cloud.ts"],
  ["functions", "aws-cdk-lib"],
  ["lib/cloud", "../local/embedded-cloud.ts"],
  ["lib/cloud", "../../functions/adapters/source.ts"],
  ["lib/cloud", "../../bin/cloud.ts"],
  ["lib/local", "../../bin/cloud.ts"],
  ["examples/on-manifest", "../../lib/local/embedded-cloud.ts"],
  ["examples/on-manifest", "../../functions/adapters/output-store.ts"],
  ["examples/on-manifest", "../../functions/host.ts"],
  ["examples/on-manifest", "../../bin/cloud.ts"],
  ["examples/on-manifest", "../../test/support/behaviour.ts"],
] as const;

const allowed = [
  ["functions/domain", "./errors.ts"],
  ["functions/domain", "node:crypto"],
  ["functions/adapters", "../domain/errors.ts"],
  ["functions", "./adapters/log.ts"],
  ["lib/cloud", "../../functions/contract.ts"],
  ["lib/local", "../cloud/audio-transfer-stack.ts"],
  ["bin", "../lib/cloud/config.ts"],
  ["examples/on-manifest", "../../lib/cloud/config.ts"],
  ["examples/on-manifest", "../../functions/domain/manifest.ts"],
  ["examples/on-manifest", "aws-cdk-lib"],
] as const;

const tree = mkdtempSync(join(tmpdir(), "import-floors-"));
afterAll(() => rmSync(tree, { recursive: true }));

/** A tree of the project's shape under its own biome.json, with one file for each import, checked in one run. */
function lintAll(cases: readonly (readonly [string, string])[]): { status: number | null; found: string } {
  cpSync(join(root, "biome.json"), join(tree, "biome.json"));
  for (const [folder, specifier] of cases) {
    const path = join(tree, fileOf(folder, specifier));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `import { it } from "${specifier}";\n\nexport const same = it;\n`);
  }
  const args = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none"];
  const { status, stdout } = spawnSync(join(root, "node_modules/.bin/biome"), args, { cwd: tree, encoding: "utf8" });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; location: unknown }[] };
  const restricted = diagnostics.filter(({ category }) => category === "lint/style/noRestrictedImports");
  return { status, found: JSON.stringify(restricted.map(({ location }) => location)) };
}

/** A file name that is the import itself, so that a diagnostic's place says which one it is. */
function fileOf(folder: string, specifier: string): string {
  return `${folder}/case-${specifier.replace(/[^a-z0-9]+/g, "-")}.ts`;
}

const { status, found } = lintAll([...refused, ...allowed]);

test("the lint fails on an import that goes up", () => {
  expect(status).not.toBe(0);
});

test.each(refused)("%s may not import %s", (folder, specifier) => {
  expect(found).toContain(fileOf(folder, specifier));
});

test.each(allowed)("%s may import %s", (folder, specifier) => {
  expect(found).not.toContain(fileOf(folder, specifier));
});
