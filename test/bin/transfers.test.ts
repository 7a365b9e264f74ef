/** The commands of a deployed stack, against an embedded cloud: in this process, and once as a program. */
import type { Command } from "commander";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { deliveriesCommand } from "../../bin/commands/deliveries.ts";
import { listCommand } from "../../bin/commands/list.ts";
import { redeliverCommand } from "../../bin/commands/redeliver.ts";
import { startCommand } from "../../bin/commands/start.ts";
import { statusCommand } from "../../bin/commands/status.ts";
import { stopCommand } from "../../bin/commands/stop.ts";
import { formatTook } from "../../bin/commands/transfers/table.ts";
import { waitCommand } from "../../bin/commands/wait.ts";
import { rejectionOf } from "../support/everything-in.ts";
import { smallProject, startNotifiedProject } from "../support/notified-project.ts";
import { audioTransfer } from "./command-line.ts";

const project = await startNotifiedProject({ script: () => 410 });
const { harness, id } = project;
afterAll(() => project[Symbol.asyncDispose]());
beforeAll(() => {
  for (const [name, value] of Object.entries(harness.cloud.environment)) vi.stubEnv(name, value);
  return () => {
    vi.unstubAllEnvs();
  };
});

/** Lets a project's transfer run until it is stopped. */
const held = harness.simulator.createProject(smallProject);
harness.wrap({
  "check-status": (run) => async (state, context) => {
    if ((state.input as { id: string }).id === held) await new Promise(() => undefined);
    return run(state, context);
  },
});

/** What a command prints on stdout; what it fails with is thrown. */
async function printed(command: Command, ...args: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await command.exitOverride().parseAsync(args, { from: "user" });
    return write.mock.calls.map(([text]) => text).join("");
  } finally {
    write.mockRestore();
  }
}

test("start, wait, status and list: names for scripts, JSON, and tables for people", async () => {
  const args = ["--directory", "kept/here", "--metadata", '{"order":7}', "--no-wait", "--deadline", "60"];
  const name = (await printed(startCommand(), id, ...args, "--quiet")).trimEnd();
  expect(await printed(waitCommand(), name, "--quiet")).toBe("");
  const transfer = JSON.parse(await printed(waitCommand(), name, "--json"));
  expect(transfer).toMatchObject({ name, input: { downloadDirectory: "kept/here", metadata: { order: 7 } } });
  expect(transfer.output).toMatchObject({ verdict: "complete", manifest: { key: "kept/here/manifest.json" } });
  expect(await printed(statusCommand(), name, "--quiet")).toBe("SUCCEEDED\n");
  const shown = new RegExp(
    `^transfer {2}${name}\nstatus {4}SUCCEEDED\nstarted {3}\\S+Z\ntook {6}[\\d.]+ s\n` +
      `project {3}${id}: complete, 1 poll\noutputs {3}1, 46 B\nmanifest {2}s3://audio-outputs/kept/here/manifest.json\n` +
      "deleted {3}not-requested\nIt was started before.\n$",
  );
  expect(await printed(startCommand(), id, ...args)).toMatch(shown);
  expect(await printed(listCommand())).toMatch(
    new RegExp(`^NAME +STATUS +STARTED \\(UTC\\) +TOOK\n${name} {2}SUCCEEDED {2}\\S+Z +[\\d.]+ s\n$`),
  );
  const [line = "", ...rest] = (await printed(listCommand(), "--json", "--status", "SUCCEEDED")).trimEnd().split("\n");
  expect([JSON.parse(line), rest]).toMatchObject([{ name, status: "SUCCEEDED" }, []]);
});

test("deliveries and redeliver: the endpoint's origin for people, the whole of it as JSON", async () => {
  await project.transfer({}, "told");
  await harness.deliveries();
  const table = await printed(deliveriesCommand(), "told");
  expect(table).toMatch(/FAILED +\S+Z +[\d.]+ s +transfer\.completed +http:\/\/127\.0\.0\.1:\d+ +DeliveryRejected\n/);
  expect(table).toMatch(/SUCCEEDED +\S+Z +[\d.]+ s +transfer\.completed +event-bus\/default\n/);
  const json = await printed(deliveriesCommand(), "told", "--status", "FAILED", "--json");
  const { name, endpoint, error } = JSON.parse(json);
  expect([endpoint, error.message]).toEqual([expect.stringMatching(/\/hook$/), expect.stringMatching(/HTTP 410/)]);
  expect(await printed(redeliverCommand(), name, "--quiet")).toBe(`${name}-r1\n`);
  await harness.deliveries();
  expect(await printed(redeliverCommand(), `${name}-r1`)).toMatch(`delivery  ${name}-r2\nstatus    RUNNING\n`);
  expect((await printed(deliveriesCommand(), "--quiet", "--limit", "1")).trimEnd()).toBe(`${name}-r2`);
});

test("stop, and Ctrl-C while waiting, which leaves the transfer running and says how to wait again", async () => {
  const name = (await printed(startCommand(), held, "--idempotency-key", "held", "--quiet")).trimEnd();
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => stderr.mockRestore());
  const before = process.listeners("SIGINT");
  const waiting = rejectionOf(printed(waitCommand(), name));
  const [hear] = process.listeners("SIGINT").filter((listener) => !before.includes(listener));
  hear?.("SIGINT");
  expect(await waiting).toMatchObject({ name: "AbortError" });
  expect(stderr.mock.calls.flat().join("")).toContain(
    "the transfer goes on. To wait again: audio-transfer wait held\n",
  );
  expect(process.listeners("SIGINT")).toEqual(before);
  expect(await printed(stopCommand(), name, "--reason", "no need")).toMatch(
    /status {4}ABORTED\n[\s\S]*error {5}Stopped: no need\n/,
  );
});

test("as a program: errors on stderr by name, nothing on stdout, and their exit codes", async () => {
  const { AWS_REGION = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", ...rest } = harness.cloud.environment;
  const { AWS_ENDPOINT_URL_SFN = "", TRANSFER_STATE_MACHINE_ARN = "" } = rest;
  const credentials = { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  const environment = { ...credentials, AWS_ENDPOINT_URL_SFN, TRANSFER_STATE_MACHINE_ARN };
  const failed = harness.simulator.createProject({ ...smallProject, endIn: "canceled" });
  await harness.transfer({ id: failed }, "canceled");
  const [waited, missing, unnamed] = await Promise.all([
    audioTransfer(["wait", "canceled", "--json"], environment),
    audioTransfer(["status", "never-started"], environment),
    audioTransfer(["list"], { ...environment, TRANSFER_STATE_MACHINE_ARN: "machine" }),
  ]);
  expect(waited).toMatchObject({
    code: 4,
    stdout: "",
    stderr: expect.stringMatching(/^error: ProjectCanceled: project /),
  });
  expect(missing).toMatchObject({
    code: 5,
    stdout: "",
    stderr: "error: NotFound: there is no transfer never-started\n",
  });
  expect(unnamed).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("must be the ARN of a state machine"),
  });
});

test.each([startCommand, statusCommand, waitCommand, stopCommand, listCommand, deliveriesCommand, redeliverCommand])(
  "the help of %o has examples and the exit codes",
  async (create) => {
    const command = create().exitOverride();
    const help: string[] = [];
    command.configureOutput({ writeOut: (text) => void help.push(text) });
    await expect(command.parseAsync(["--help"], { from: "user" })).rejects.toMatchObject({ exitCode: 0 });
    expect(help.join("")).toMatch(
      new RegExp(`Examples:\n  audio-transfer ${command.name()}[\\s\\S]*Exit codes: 0 done`),
    );
  },
);

test.each([
  [400, "0.4 s"],
  [12_345, "12 s"],
  [252_000, "4 min 12 s"],
  [11_100_000, "3 h 5 min"],
  [198_000_000, "2 d 7 h"],
])("%i ms took %s", (milliseconds, text) => {
  expect(formatTook(milliseconds)).toBe(text);
});
