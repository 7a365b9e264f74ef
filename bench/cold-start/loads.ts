import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { rotated } from "../copy/rounds.ts";
import { type Bundle, type Bundles, type EntryName, entryNames } from "./bundles.ts";
import type { Load } from "./load.ts";
import type { PolledServices } from "./polled-services.ts";

/** All loads of each bundle. */
export type Loads = ReadonlyMap<EntryName, readonly Load[]>;

/** Those that are also called once: the same poll in two ways. */
const called: ReadonlySet<EntryName> = new Set(["check-status", "naive"]);

/**
 * Loads every bundle once a round, each in a process of its own, in turns. A first round is thrown away: it brings the
 * files into the page cache and warms up the services.
 */
export async function takeLoads(
  { entries, loader }: Bundles,
  services: PolledServices,
  rounds: number,
  signal: AbortSignal,
): Promise<Loads> {
  const loads = new Map<EntryName, Load[]>(entryNames.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of rotated(entryNames, round)) {
      const load = await takeLoad(loader, entries[name], services, called.has(name), signal);
      if (round > 0) loads.get(name)?.push(load);
    }
  }
  return loads;
}

/** A bare process: nothing of this one's environment, and in an empty directory, so that a bundle finds no package. */
async function takeLoad(
  loader: string,
  { path }: Bundle,
  { environment, event }: PolledServices,
  isCalled: boolean,
  signal: AbortSignal,
): Promise<Load> {
  const cwd = await mkdtemp(join(tmpdir(), "cold-start-cwd-"));
  try {
    const options = { cwd, env: environment, signal, timeout: 60_000 };
    const args = [loader, path, ...(isCalled ? [event] : [])];
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    return JSON.parse(stdout.slice(stdout.lastIndexOf("\n"))) as Load;
  } finally {
    await rm(cwd, { recursive: true });
  }
}
