/**
 * What the vendor's own SDK (npm `magic-hour` 0.43.1) does, and what this client does in the same place. Each test shows
 * both: a defect that a later version of the SDK mends fails here, and then docs/from-the-sdk.md is to be changed, too.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { shortestIntervalSeconds } from "../../functions/domain/poll-schedule.ts";
import { DeadlineExceeded, OutputsIncomplete, TransferFailed } from "../../lib/client/index.ts";
import type { MagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import { atOnce, outputBytes } from "../lib/local/simulator/running-simulator.ts";
import { status } from "../support/behaviour.ts";
import { audioBytes, originSecret } from "../support/origin-project.ts";
import { everyAnswer } from "../support/vendor-answers.ts";
import { type RunningScript, startScript } from "./child-process.ts";
import { runOriginClient } from "./origin-client.ts";
import { rejectionOf, runClient } from "./running-client.ts";

/** What the SDK's `checkResult` gives, as far as it is looked at. */
interface VendorResult {
  readonly status: string;
  readonly enabled: boolean;
  readonly downloadedPaths?: readonly string[];
}

/** Starts the SDK's `checkResult`. By default it polls 50 times a second. */
function startVendor(
  { url, apiKey }: MagicHourSimulator,
  id: string,
  options: { readonly downloadDirectory?: string; readonly waitForCompletion?: boolean },
  environment: Readonly<Record<string, string>> = { MAGIC_HOUR_POLL_INTERVAL: "0.02" },
): RunningScript {
  return startScript("vendor-sdk-process.ts", [url, apiKey, id, JSON.stringify(options)], environment);
}

/** Runs the SDK's `checkResult` to its end, which must be a success. */
async function vendorResult(...args: Parameters<typeof startVendor>): Promise<VendorResult & { readonly log: string }> {
  const script = startVendor(...args);
  expect(await script.ended).toBe(0);
  const [log = "", json = "{}"] = script.output.split("\nresult: ");
  return { ...(JSON.parse(json) as VendorResult), log };
}

const body = audioBytes(100_000);

describe("a download that fails", () => {
  const run = () =>
    runOriginClient({ body }, ({ path }) => (path.includes("/b.wav") ? status(503) : undefined), {
      names: ["a.wav", "b.wav"],
    });

  it("is swallowed by the SDK: success, with a path less", async () => {
    const { simulator, id, directory } = await run();
    const result = await vendorResult(simulator, id, { downloadDirectory: directory });
    expect(result.status).toBe("complete");
    expect(result.downloadedPaths).toEqual([join(directory, "a.wav")]);
  });

  it("is thrown by ours, with what is missing and what is there", async () => {
    const { check, id, directory } = await run();
    const error = await rejectionOf(check({ id }));
    expect(error).toBeInstanceOf(OutputsIncomplete);
    const { outputs, missing } = error as OutputsIncomplete;
    expect(outputs.map(({ where }) => where)).toEqual([join(directory, "0-a.wav")]);
    expect(missing.map(({ where }) => where)).toEqual([join(directory, "1-b.wav")]);
  });
});

describe("outputs of one name", () => {
  const run = () => runClient({ simulator: { plan: { ...atOnce, outputs: 2 } } });

  it("are written over one another by the SDK", async () => {
    const { simulator, directory, file } = await run();
    const id = simulator.createProject();
    const { downloadedPaths } = await vendorResult(simulator, id, { downloadDirectory: directory });
    const path = join(directory, "output.wav");
    expect(downloadedPaths).toEqual([path, path]);
    expect(await readdir(directory)).toEqual(["output.wav"]);
    expect((await file("output.wav")).equals(await outputBytes(simulator, id, 1))).toBe(true);
  });

  it("have names of their own in ours", async () => {
    const { simulator, check } = await run();
    const id = simulator.createProject();
    const { downloadedPaths } = await check({ id });
    expect(downloadedPaths).toHaveLength(2);
    for (const [index, path] of downloadedPaths.entries()) {
      expect((await readFile(path)).equals(await outputBytes(simulator, id, index))).toBe(true);
    }
  });
});

describe("a file of somebody else's under the output's name", () => {
  it("is overwritten by the SDK", async () => {
    const { simulator, directory, file } = await runClient({ simulator: { plan: atOnce } });
    await writeFile(join(directory, "output.wav"), "somebody else's");
    await vendorResult(simulator, simulator.createProject(), { downloadDirectory: directory });
    expect(String(await file("output.wav"))).not.toBe("somebody else's");
  });

  it("is kept by ours", async () => {
    const { simulator, check, directory, file } = await runClient({ simulator: { plan: atOnce } });
    await writeFile(join(directory, "0-output.wav"), "somebody else's");
    await expect(check({ id: simulator.createProject() })).rejects.toBeInstanceOf(TransferFailed);
    expect(String(await file("0-output.wav"))).toBe("somebody else's");
  });
});

describe("a draft that nobody submits", () => {
  const id = "cdraft";
  // As the vendor sends a project, every field of it: its SDK checks them.
  const draft = {
    ...{ id, name: null, status: "draft", type: "VOICE_GENERATOR", created_at: "2026-11-01T00:00:00" },
    ...{ enabled: true, credits_charged: 0, downloads: [], error: null },
  };

  it("is polled for ever by the SDK", async () => {
    let polls = 0;
    const { simulator, directory } = await runClient({
      simulator: {
        onRequest: () => {
          polls += 1;
          return { status: 200, body: draft };
        },
      },
    });
    const script = startVendor(simulator, id, { downloadDirectory: directory });
    // More polls than ours needs for its hour; for the SDK nothing is different at any later one.
    while (polls < 300) await setTimeout(20);
    expect(script.output).not.toContain("result: ");
    script.kill();
    expect(await script.ended).toBeNull();
  });

  it("is given up by ours after an hour", async () => {
    const onRequest = everyAnswer("GET", { status: 200, body: draft });
    const { check, waits } = await runClient({ simulator: { onRequest } });
    const error = await rejectionOf(check({ id }));
    expect(error).toBeInstanceOf(DeadlineExceeded);
    expect(error.message).toContain("still draft");
    expect(waits.length).toBeLessThan(300);
  });
});

describe("MAGIC_HOUR_POLL_INTERVAL=abc", () => {
  const environment = { MAGIC_HOUR_POLL_INTERVAL: "abc" };

  it("makes the SDK poll without a pause", async () => {
    const { simulator, directory } = await runClient();
    const id = simulator.createProject({ queuedSeconds: 10_000 });
    const script = startVendor(simulator, id, { downloadDirectory: directory }, environment);
    // Every half second, its default, these would take 100 s: longer than a test may.
    while (simulator.project(id).gets < 200) await setTimeout(20);
    expect(script.output).toContain("waiting for NaN seconds");
    expect(script.output).toContain("TimeoutNaNWarning");
    script.kill();
    await script.ended;
  });

  it("means nothing to ours", async () => {
    vi.stubEnv("MAGIC_HOUR_POLL_INTERVAL", "abc");
    const { simulator, check, waits } = await runClient({ client: { environment: process.env } });
    await check({ id: simulator.createProject({ queuedSeconds: 10, renderingSeconds: 10 }) });
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(shortestIntervalSeconds);
    vi.unstubAllEnvs();
  });
});

describe("the API key", () => {
  it("stands in the SDK's client and in its errors", async () => {
    const { simulator } = await runClient();
    const { default: Client } = createRequire(import.meta.url)("magic-hour") as typeof import("magic-hour");
    const client = new Client({ baseUrl: simulator.url, token: simulator.apiKey });
    const error = await rejectionOf(Promise.resolve(client.v1.audioProjects.get({ id: "none" })));
    expect(inspect(error, { depth: 10 })).toContain(simulator.apiKey);
    expect(JSON.stringify(error)).toContain(simulator.apiKey);
    expect(inspect(client, { depth: 10 })).toContain(simulator.apiKey);
  });

  it("stands nowhere in ours", async () => {
    const { simulator, projects } = await runClient();
    const error = await rejectionOf(projects.get({ id: "none" }));
    const seen = [error, projects].flatMap((object) => [
      inspect(object, { depth: 10, showHidden: true }),
      JSON.stringify(object),
    ]);
    expect(seen.join()).not.toContain(simulator.apiKey);
  });
});

describe("a signed URL", () => {
  it("is logged by the SDK when a download fails", async () => {
    const { simulator, id, directory } = await runOriginClient({ body }, status(403));
    const { log } = await vendorResult(simulator, id, { downloadDirectory: directory });
    expect(log).toContain("Error downloading file from http");
    expect(log).toContain(originSecret);
  });

  it("is written nowhere by ours, not even by the error that ends the program", async () => {
    const { simulator, id, origin, directory } = await runOriginClient({ body }, status(403));
    const script = startScript("saving-process.ts", [simulator.url, simulator.apiKey, id, directory, origin.url]);
    expect(await script.ended).toBe(1);
    expect(script.output).toContain("TransferFailed");
    expect(script.output).not.toContain("Signature");
    expect(script.output).not.toContain(originSecret);
    expect(script.output).not.toContain(simulator.apiKey);
  });
});

describe("without waiting, a project that is complete", () => {
  it("is not downloaded by the SDK", async () => {
    const { simulator, directory } = await runClient({ simulator: { plan: atOnce } });
    const id = simulator.createProject();
    const result = await vendorResult(simulator, id, { downloadDirectory: directory, waitForCompletion: false });
    expect(result.status).toBe("complete");
    expect(result).not.toHaveProperty("downloadedPaths");
    expect(simulator.project(id).downloads).toBe(0);
  });

  it("is downloaded by ours", async () => {
    const { simulator, check } = await runClient({ simulator: { plan: atOnce } });
    const id = simulator.createProject();
    const { downloadedPaths } = await check({ id, waitForCompletion: false });
    expect(downloadedPaths).toHaveLength(1);
    expect(simulator.project(id).downloads).toBe(1);
  });
});

// The Python SDK does not make the directory, and fails. The one for Node has learnt that, but does not notice when it cannot.
describe("a directory that is missing", () => {
  it("is made by the SDK for Node, too; where a file is in its way, it reports success with nothing saved", async () => {
    const { simulator, directory } = await runClient({ simulator: { plan: atOnce } });
    const missing = join(directory, "not", "there");
    const made = await vendorResult(simulator, simulator.createProject(), { downloadDirectory: missing });
    expect(made.downloadedPaths).toEqual([join(missing, "output.wav")]);

    const file = join(directory, "a-file");
    await writeFile(file, "");
    const lost = await vendorResult(simulator, simulator.createProject(), { downloadDirectory: file });
    expect(lost).toMatchObject({ status: "complete", downloadedPaths: [] });
  });

  it("is made by ours; where a file is in its way, that is said before the first poll", async () => {
    const { simulator, check, directory } = await runClient({ simulator: { plan: atOnce } });
    const missing = join(directory, "not", "there");
    const { downloadedPaths } = await check({ id: simulator.createProject(), downloadDirectory: missing });
    expect(downloadedPaths).toEqual([join(missing, "0-output.wav")]);

    const file = join(directory, "a-file");
    await writeFile(file, "");
    const id = simulator.createProject();
    for (const downloadDirectory of [file, join(file, "below")]) {
      const error = await rejectionOf(check({ id, downloadDirectory }));
      expect(error).toBeInstanceOf(TransferFailed);
      expect(error.message).toContain(`${file} is no directory`);
    }
    expect(simulator.project(id).gets).toBe(0);
  });
});

describe("a project that was deleted meanwhile (enabled: false)", () => {
  const plan = { ...atOnce, disabled: true };

  it("is complete to the SDK", async () => {
    const { simulator, directory } = await runClient({ simulator: { plan } });
    const result = await vendorResult(simulator, simulator.createProject(), { downloadDirectory: directory });
    expect(result).toMatchObject({ status: "complete", enabled: false });
  });

  it("is gone to ours", async () => {
    const { simulator, check } = await runClient({ simulator: { plan } });
    await expect(check({ id: simulator.createProject() })).rejects.toMatchObject({ name: "ProjectGone" });
  });
});
