import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const guard = fileURLToPath(new URL("../../bin/require-node.cjs", import.meta.url));

/** Runs the guard in a process that says it is another Node; the entry prints "ran". */
function runAs(version: string) {
  const directory = mkdtempSync(join(tmpdir(), "node-version-"));
  const pretend = join(directory, "pretend.cjs");
  writeFileSync(pretend, `Object.defineProperty(process, "versions", { value: { node: "${version}" } });`);
  try {
    return spawnSync(process.execPath, ["-r", pretend, "-r", guard, "-e", "console.log('ran')"], { encoding: "utf8" });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("an older Node gets one sentence and exit code 2, and the program does not start", () => {
  const { status, stdout, stderr } = runAs("20.20.2");
  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^magic-hour-audio-transfer needs Node 24 or later, this is Node 20\.20\.2: .*\.\n$/);
});

test.each(["24.0.0", "26.1.0"])("Node %s is let through", (version) => {
  expect(runAs(version)).toMatchObject({ status: 0, stdout: "ran\n" });
});
