import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { checkResultCommand } from "../../bin/commands/check-result.ts";
import { deleteCommand } from "../../bin/commands/delete.ts";
import { exitCodeOf } from "../../bin/exit-codes.ts";
import { rejectionOf } from "../support/everything-in.ts";
import { printed, startCommandVendor } from "./printed.ts";

const simulator = await startCommandVendor();
const root = await mkdtemp(join(tmpdir(), "delete-"));
afterAll(() => rm(root, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const unsaved = () => simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0 });

/** A project that is saved, and where. */
async function saved() {
  const id = unsaved();
  const directory = join(root, id);
  await printed(checkResultCommand(), id, "--directory", directory);
  return { id, directory };
}

/** Runs the command with somebody at a terminal who types this; undefined types Ctrl-D, and an empty text nothing. */
function typing(text: string | undefined, ...args: string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  if (text === undefined) stdin.end();
  else stdin.write(text);
  vi.spyOn(process, "stdin", "get").mockReturnValue(stdin as unknown as typeof process.stdin);
  process.stderr.isTTY = true;
  return printed(deleteCommand(), ...args).finally(() => {
    process.stderr.isTTY = false;
  });
}

test("--yes deletes what is verified, twice; and refuses what has changed, or was not saved", async () => {
  const { id, directory } = await saved();
  const args = [id, "--yes", "--directory", directory];
  await truncate(join(directory, "0-output.wav"), 1);
  const changed = await rejectionOf(printed(deleteCommand(), ...args));
  expect([changed.name, exitCodeOf(changed)]).toEqual(["TransferFailed", 9]);
  expect(exitCodeOf(await rejectionOf(printed(deleteCommand(), unsaved(), "--yes", "--directory", root)))).toBe(9);
  expect(simulator.project(id).deletes).toBe(0);
  expect(await printed(deleteCommand(), ...args, "--force")).toEqual({
    stdout: `project ${id} is deleted\n`,
    stderr: "",
  });
  expect(await printed(deleteCommand(), ...args, "--force", "--quiet")).toEqual({ stdout: "", stderr: "" });
  const whole = await saved();
  const { stdout } = await printed(deleteCommand(), whole.id, "--yes", "--directory", whole.directory, "--json");
  expect(JSON.parse(stdout)).toEqual({ id: whole.id, deleted: "yes" });
});

test("without a terminal it needs --yes", async () => {
  const id = unsaved();
  const error = await rejectionOf(printed(deleteCommand(), id, "--force"));
  expect([exitCodeOf(error), error.message]).toEqual([2, expect.stringContaining("--yes")]);
  expect(simulator.project(id).deletes).toBe(0);
});

test("on a terminal it asks: y for what is verified; nothing else than its id for --force", async () => {
  const { id, directory } = await saved();
  const declined = await typing("\n", id, "--directory", directory);
  expect(declined.stderr).toBe(
    `Delete project ${id} if all of its outputs are verified in ${directory}? This cannot be undone. [y/N] ` +
      "Nothing was deleted.\n",
  );
  expect([declined.stdout, process.exitCode, simulator.project(id).deletes]).toEqual(["", 1, 0]);
  process.exitCode = undefined;
  expect((await typing("y\n", id, "--directory", directory)).stdout).toBe(`project ${id} is deleted\n`);
  expect(process.exitCode).toBeUndefined();
  const other = unsaved();
  for (const answer of ["y\n", undefined]) {
    expect((await typing(answer, other, "--force")).stderr).toMatch(
      /lost for good\.\nType its id to delete it: Nothing /,
    );
  }
  expect(simulator.project(other).deletes).toBe(0);
  await typing(`${other}\n`, other, "--force");
  expect(simulator.project(other).deletes).toBe(1);
});

test("Ctrl-C at the question deletes nothing", async () => {
  const id = unsaved();
  const before = process.listeners("SIGINT");
  const asked = rejectionOf(typing("", id, "--force"));
  const [hear] = process.listeners("SIGINT").filter((listener) => !before.includes(listener));
  hear?.("SIGINT");
  expect(exitCodeOf(await asked)).toBe(130);
  expect([simulator.project(id).deletes, process.listeners("SIGINT")]).toEqual([0, before]);
});
