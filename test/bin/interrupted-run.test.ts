import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MagicHourSimulator, startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import { startRawListener } from "../support/raw-listener.ts";
import { audioTransfer, startAudioTransfer } from "./command-line.ts";

let simulator: MagicHourSimulator;
const store = await mkdtemp(join(tmpdir(), "interrupted-run-"));

beforeAll(async () => {
  simulator = await startMagicHourSimulator();
});

afterAll(async () => {
  await simulator.close();
  await rm(store, { recursive: true, force: true });
});

/** A run of a project of the simulator: its id, its options and its environment. */
function runOf(plan: Parameters<MagicHourSimulator["createProject"]>[0]) {
  const id = simulator.createProject(plan);
  const environment = { MAGIC_HOUR_API_KEY: simulator.apiKey, MAGIC_HOUR_BASE_URL: simulator.url };
  return { id, args: ["--id", id, "--store", join(store, id)], environment };
}

/** Options of Node that run a piece of code before the command line. */
const preloading = (code: string) => ({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` });

/** Sends this process SIGINT as soon as it listens to it. */
const interruptsItself = `
process.on("newListener", (name) => {
  if (name === "SIGINT") setImmediate(() => process.kill(process.pid, "SIGINT"));
});`;

/** Says what is still open when this process ends. */
const saysWhatIsOpen = `
process.on("exit", () => process.stderr.write("open at exit: " + process.getActiveResourcesInfo() + "\\n"));`;

describe.concurrent("Ctrl-C", () => {
  test("in the first seconds of run --delete ends it with 130, and nothing was asked of the vendor", async () => {
    const { id, args, environment } = runOf({ outputs: 1 });
    const interrupted = { ...environment, ...preloading(interruptsItself) };
    const { code, stdout } = await audioTransfer(["--delete", ...args], interrupted);
    expect([code, stdout]).toEqual([130, "Interrupted: the run is stopped; another Ctrl-C ends it at once.\n"]);
    expect(simulator.project(id)).toMatchObject({ gets: 0, deletes: 0 });
  });

  test("between two polls stops the execution; npm's second SIGINT at once changes nothing", async () => {
    const { id, args, environment } = runOf({ queuedSeconds: 3600 });
    await using run = await startAudioTransfer(["--delete", ...args], /poll 1: /, environment);
    run.interrupt();
    run.interrupt();
    expect(await run.ended).toBe(130);
    expect(run.output).toMatch(/Interrupted: [^\n]*\nABORTED Stopped: interrupted\n$/);
    expect(simulator.project(id)).toMatchObject({ status: "queued", deletes: 0 });
  });

  test("while a receiver hangs ends at once: the delivery is reported, the code is the transfer's", async ({
    expect,
  }) => {
    const silent = await startRawListener();
    try {
      const { args, environment } = runOf({ outputs: 1 });
      const notify = ["--notify", `http://127.0.0.1:${silent.port}/`];
      const names = { ...environment, ...preloading(saysWhatIsOpen) };
      await using run = await startAudioTransfer([...args, ...notify], /Done: project/, names);
      await expect.poll(() => silent.received, { timeout: 30_000 }).toContain("webhook-signature");
      run.interrupt();
      expect(await run.ended).toBe(0);
      expect(run.output).toMatch(
        /Interrupted: .*[\s\S]*webhook not delivered: interrupted: transfer\.completed, no attempt was answered /,
      );
      // The attempt was not sat out: its connection was still open.
      expect(run.output).toMatch(/open at exit: .*TCPSocketWrap/);
      expect(silent.connections).toBe(1);
    } finally {
      await silent.close();
    }
  });
});
