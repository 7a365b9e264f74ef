import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";

const source = new URL("../../bin/commands/run/interruption.ts", import.meta.url);

/** A process that does nothing but listen to Ctrl-C, once it has said that it does. */
async function listening(exitCode?: number): Promise<ChildProcess> {
  const code = `
    import { interruption } from ${JSON.stringify(source)};
    process.exitCode = ${exitCode};
    interruption(() => process.stdout.write("interrupted\\n"));
    setInterval(() => undefined, 1000);
    process.stdout.write("listening\\n");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

test.each([
  [130, undefined],
  [0, 0],
])("a second Ctrl-C ends the process at once, with code %d if %s was set", async (code, exitCode) => {
  const child = await listening(exitCode);
  let said = "";
  child.stdout?.on("data", (piece) => {
    said += piece;
  });
  // Again and again, because what follows within the same key press does not count.
  while (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGINT");
    await setTimeout(20);
  }
  expect([child.exitCode, child.signalCode]).toEqual([code, null]);
  expect(said).toBe("interrupted\n");
});
