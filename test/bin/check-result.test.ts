/** `check-result`: on the simulator, in this process, and once as a program that is interrupted in the middle of a copy. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { checkResultCommand } from "../../bin/commands/check-result.ts";
import { openCheckProgress } from "../../bin/commands/projects/check-progress.ts";
import { exitCodeOf } from "../../bin/exit-codes.ts";
import { copyProgressChannel } from "../../functions/adapters/copy-meter.ts";
import { honest, stallAt } from "../support/behaviour.ts";
import { rejectionOf } from "../support/everything-in.ts";
import { audioBytes, originSecret } from "../support/origin-project.ts";
import { Screen } from "../support/screen.ts";
import { audioTransfer, startAudioTransfer } from "./command-line.ts";
import { startOriginCommand } from "./origin-command.ts";
import { printed, startCommandVendor } from "./printed.ts";

const root = await mkdtemp(join(tmpdir(), "check-result-"));
afterAll(() => rm(root, { recursive: true, force: true }));
const simulator = await startCommandVendor();
const atOnce = { queuedSeconds: 0, renderingSeconds: 0 };

test("saves and deletes; where the outputs are for scripts, one JSON object, and facts for people", async () => {
  const id = simulator.createProject({ ...atOnce, outputs: 2 });
  const directory = join(root, "saved");
  const paths = [join(directory, "0-output.wav"), join(directory, "1-output.wav")];
  expect(await printed(checkResultCommand(), id, "--directory", directory, "--quiet")).toEqual({
    stdout: `${paths.join("\n")}\n`,
    stderr: "",
  });
  const { stdout, stderr } = await printed(checkResultCommand(), id, "--directory", directory, "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    id,
    verdict: "complete",
    downloadedPaths: paths,
    deleted: "not-requested",
  });
  expect(stderr).toBe("");
  const people = await printed(checkResultCommand(), id, "--directory", directory, "--delete-after");
  expect(people.stdout).toMatch(new RegExp(`^project   ${id}: complete, 1 poll\nsaved     ${paths[0]}  \\S+ kB\n`));
  expect(people.stdout).toMatch(/\ndeleted {3}yes, after every byte was verified\n$/);
  expect(simulator.project(id).deleted).toBe(true);
});

test("--no-wait takes one look, --no-download saves nothing, --deadline gives up; the exit codes tell how it ended", async () => {
  const pending = simulator.createProject({ queuedSeconds: 3600 });
  const look = await printed(checkResultCommand(), pending, "--no-wait", "--directory", join(root, "none"));
  expect(look.stdout).toBe(`project  ${pending}: pending (queued), 1 poll\n`);
  const complete = simulator.createProject(atOnce);
  const unsaved = await printed(checkResultCommand(), complete, "--no-download", "--json");
  expect(JSON.parse(unsaved.stdout)).toMatchObject({ verdict: "complete", outputs: [] });
  expect(simulator.project(complete).downloads).toBe(0);
  const ends = { error: 3, canceled: 4 };
  for (const [endIn, code] of Object.entries(ends)) {
    const id = simulator.createProject({ ...atOnce, endIn });
    expect(exitCodeOf(await rejectionOf(printed(checkResultCommand(), id, "--directory", root)))).toBe(code);
  }
  const late = await rejectionOf(printed(checkResultCommand(), pending, "--deadline", "1", "--directory", root));
  expect([late.name, exitCodeOf(late)]).toEqual(["DeadlineExceeded", 6]);
  expect(await readdir(root)).toEqual(["saved"]);
});

test("what is there and what is missing, when another file is in the way", async () => {
  const id = simulator.createProject({ ...atOnce, outputs: 2 });
  const directory = join(root, "in-the-way");
  const foreign = join(directory, "1-output.wav");
  await mkdir(directory);
  await writeFile(foreign, "mine");
  const error = await rejectionOf(printed(checkResultCommand(), id, "--directory", directory));
  expect([error.name, exitCodeOf(error)]).toEqual(["OutputsIncomplete", 9]);
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => {
    stderr.mockRestore();
    stdout.mockRestore();
  });
  await rejectionOf(checkResultCommand().parseAsync([id, "--directory", directory], { from: "user" }));
  expect(stderr.mock.calls.flat().join("")).toMatch(
    new RegExp(`^saved {4}${directory}/0-output.wav {2}\\S+ kB\nmissing {2}${foreign}\n$`),
  );
  await rejectionOf(checkResultCommand().parseAsync([id, "--directory", directory, "--json"], { from: "user" }));
  expect(JSON.parse(stdout.mock.calls.flat().join(""))).toMatchObject({
    id,
    outputs: [{ where: join(directory, "0-output.wav") }],
    missing: [{ where: foreign }],
    error: { name: "OutputsIncomplete" },
  });
  expect(await readFile(foreign, "utf8")).toBe("mine");
});

test("Ctrl-C in the middle of a copy: 130, no file in part, how to resume; the same command then resumes", async () => {
  const body = audioBytes(300_000);
  let isStuck = true;
  await using vendor = await startOriginCommand({
    content: { body },
    names: ["a.wav", "b.wav"],
    script: ({ path }) => (isStuck && path.includes("b.wav") ? stallAt(100_000) : honest),
  });
  const directory = join(root, "it's resumed");
  const args = ["check-result", vendor.id, "--directory", directory, "--json"];
  // Without a terminal it says nothing until its end.
  const says = "process.stderr.write('up\\n');";
  const preload = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(says)}` };
  await using run = await startAudioTransfer(args, /up/, { ...vendor.environment, ...preload });
  const files = () => readdir(directory).catch(() => []);
  await expect.poll(files, { timeout: 20_000 }).toContain("0-a.wav");
  await expect
    .poll(async () => (await files()).filter((name) => name.includes("b.wav")).length, { timeout: 20_000 })
    .toBe(1);
  run.interrupt();
  expect(await run.ended).toBe(130);
  expect(run.output).toBe(
    "up\nInterrupted; another Ctrl-C ends it at once. What is saved stays. To resume:\n" +
      `  audio-transfer check-result --json --directory '${directory.replace("'", "'\\''")}' ${vendor.id}\n`,
  );
  expect((await files()).filter((name) => !name.endsWith(".note.json"))).toEqual(["0-a.wav"]);
  isStuck = false;
  const { code, stdout, stderr } = await audioTransfer(args, vendor.environment);
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout).downloadedPaths).toEqual([join(directory, "0-a.wav"), join(directory, "1-b.wav")]);
  expect(stdout).not.toContain(originSecret);
  expect(await readFile(join(directory, "1-b.wav"))).toEqual(body);
  expect(await files()).toEqual(["0-a.wav", "1-b.wav", "manifest.json"]);
});

/** A terminal that shows no colours, and what stands on it: without the clock, because no test asserts time. */
function terminal() {
  const screen = new Screen();
  const write = (piece: Buffer, _encoding: unknown, done: () => void) => {
    screen.stream.write(piece.toString());
    done();
  };
  const abilities = { isTTY: true, columns: 80, getColorDepth: () => 1 };
  const stream = Object.assign(new Writable({ write }), abilities, {
    cursorTo: () => screen.stream.write("\u001b[1G"),
    clearLine: () => screen.stream.write("\u001b[2K"),
  }) as unknown as typeof process.stderr;
  return { screen, stream, lines: () => screen.lines.map((line) => line.replace(/^\d\d:\d\d\.\d/, "mm:ss.t")) };
}

test("progress on a terminal: a line for each status, the next poll below it, then the outputs; else nothing", () => {
  const { screen, stream, lines } = terminal();
  const progress = openCheckProgress(true, stream);
  const update = { id: "p", verdict: "pending" } as const;
  progress.show({ ...update, status: "queued", polls: 1, waitSeconds: 3 });
  progress.show({ ...update, status: "queued", polls: 2, waitSeconds: 4 });
  expect(lines()).toEqual(["mm:ss.t  queued", "           poll 2, next in 4 s"]);
  progress.show({ ...update, status: null, polls: 3, waitSeconds: 5 });
  progress.show({ ...update, status: "complete", verdict: "complete", polls: 4 });
  const copied = { bytesPerSecond: 10, connections: 1, retries: 0, resumes: 0, refreshes: 0 };
  copyProgressChannel.publish({ id: "p", key: "/d/0-a.wav", bytes: 5, total: 5, ...copied });
  progress.close();
  progress.show({ ...update, status: "late", polls: 5 });
  expect(lines()).toEqual(["mm:ss.t  queued", "mm:ss.t  not reached", "mm:ss.t  complete", "           0-a.wav  5 B"]);
  expect(screen.isTidy).toBe(true);
  const quiet = terminal();
  openCheckProgress(false, quiet.stream).show({ ...update, status: "queued", polls: 1 });
  expect(quiet.lines()).toEqual([]);
});
