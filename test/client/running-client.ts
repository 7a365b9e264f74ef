/** A client on the simulator, with a directory of its own, in virtual time: a wait moves the clocks and takes no time. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { checkProject } from "../../lib/client/check-project.ts";
import { checkRequest } from "../../lib/client/checked-request.ts";
import { openPorts } from "../../lib/client/client-ports.ts";
import { AudioProjects, type CheckResult, type CheckResultRequest } from "../../lib/client/index.ts";
import type { ClientPorts } from "../../lib/client/ports.ts";
import type { AudioProjectsOptions } from "../../lib/client/requests.ts";
import {
  type MagicHourSimulator,
  type MagicHourSimulatorOptions,
  startMagicHourSimulator,
} from "../../lib/local/simulator/magic-hour-simulator.ts";

/** What a test changes. */
export interface ClientOptions {
  /** Of the simulator. */
  readonly simulator?: MagicHourSimulatorOptions;
  /** Of the client, besides the key and the URL. */
  readonly client?: AudioProjectsOptions;
}

/** A client and what is around it; all of it ends with the test. */
export interface RunningClient {
  readonly simulator: MagicHourSimulator;
  /** In real time. */
  readonly projects: AudioProjects;
  /** What the client is made of, in virtual time. */
  readonly ports: ClientPorts;
  /** An empty directory, absolute. */
  readonly directory: string;
  /** Seconds of every wait in virtual time so far. */
  readonly waits: readonly number[];
  /** `checkResult` in virtual time, to the directory unless the request has another. */
  check(request: CheckResultRequest): Promise<CheckResult>;
  /** Names of all files in the directory, hidden ones too, in order. */
  files(): Promise<string[]>;
  /** The bytes of a file in the directory. */
  file(name: string): Promise<Buffer>;
}

/** Starts a client and a simulator. */
export async function runClient(options: ClientOptions = {}): Promise<RunningClient> {
  const waits: number[] = [];
  let skipped = 0;
  const now = () => Date.now() + skipped;
  const simulator = await startMagicHourSimulator({ now, ...options.simulator });
  const given = clientOptions(simulator, options.client);
  const projects = new AudioProjects(given);
  const open = openPorts(given);
  const directory = await temporaryDirectory();
  onTestFinished(async () => {
    await projects.close();
    await open.close();
    await simulator.close();
  });
  const wait = async (seconds: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    waits.push(seconds);
    skipped += seconds * 1_000;
  };
  const ports = { ...open, now, wait };
  return {
    simulator,
    projects,
    ports,
    directory,
    waits,
    check({ signal = new AbortController().signal, onUpdate = () => undefined, ...fields }) {
      return checkProject(checkRequest({ downloadDirectory: directory, ...fields }), ports, { signal, onUpdate });
    },
    files: async () => (await readdir(directory).catch(() => [])).sort(),
    file: (name) => readFile(join(directory, name)),
  };
}

/** Options for a client of a simulator; nothing is taken from this process's environment. */
export function clientOptions(
  { url, apiKey }: Pick<MagicHourSimulator, "url" | "apiKey">,
  { guardExceptions = [], ...others }: AudioProjectsOptions = {},
): AudioProjectsOptions {
  return { apiKey, baseUrl: url, environment: {}, guardExceptions: [url, ...guardExceptions], ...others };
}

/** An empty directory that is removed with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "client-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** What a promise rejects with. @throws {Error} when it does not */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error("it did not reject with an error");
}
