import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endMeasuredRuns, type Measurement, runMeasured } from "../copy/measured-run.ts";
import { type ServerProcess, startServerProcess } from "../copy/server-process.ts";
import { bundleClients, type ClientPrograms } from "./bundles.ts";
import type { ClientCall, ClientReport } from "./programs/client-run.ts";
import type { ClientName } from "./sample.ts";

/** What every run is made on. */
export interface Stage {
  /** Plays the vendor's API and the download host where outputs are saved. */
  readonly origin: ServerProcess;
  /** Both clients, bundled. */
  readonly programs: ClientPrograms;
  /** A directory of the bench's own, removed at its end: on the disk that the system's temporary directory is on. */
  readonly directory: string;
}

/** Sets the stage; everything is ended and removed with `open`. */
export async function setStage(open: AsyncDisposableStack): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "bench-client-"));
  open.defer(() => rm(directory, { recursive: true, force: true }));
  const programs = await bundleClients(directory);
  const origin = open.adopt(await startServerProcess(new URL("../copy/origin.ts", import.meta.url)), (server) =>
    server.close(),
  );
  open.defer(endMeasuredRuns);
  return { origin, programs, directory };
}

/** A run of a client: what it took, and what it says. */
export interface MeasuredClient {
  readonly measurement: Measurement;
  readonly report: ClientReport;
}

let runs = 0;

/** Another number each time, so that no run finds what another one left. */
export function nextRun(): number {
  runs += 1;
  return runs;
}

/** Has a client make a call in a process of its own, and measures it. @throws {Error} when it fails */
export async function measureClient(
  { programs, directory }: Stage,
  client: ClientName,
  call: Omit<ClientCall, "reportFile">,
): Promise<MeasuredClient> {
  const reportFile = join(directory, `report-${nextRun()}.json`);
  const command = [process.execPath, programs[client], JSON.stringify({ ...call, reportFile } satisfies ClientCall)];
  // No proxy, option or interval of this machine takes part.
  const environment = { PATH: process.env["PATH"] ?? "", HOME: directory, TMPDIR: directory, LANG: "C.UTF-8" };
  const measurement = await runMeasured({ commands: [command], environment });
  return { measurement, report: JSON.parse(await readFile(reportFile, "utf8")) as ClientReport };
}
