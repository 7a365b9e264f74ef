import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bundles, bundleCopiers } from "./bundles.ts";
import { endMeasuredRuns } from "./measured-run.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

/** What every run is made on: the same two servers for all copiers. */
export interface Stage {
  /** The origin, which plays the vendor too. */
  readonly origin: ServerProcess;
  /** The discarding S3. */
  readonly sink: ServerProcess;
  /** The copiers of Node, bundled. */
  readonly bundles: Bundles;
  /** A directory of the bench's own, removed at its end. */
  readonly directory: string;
}

/** Sets the stage; everything is ended and removed with `open`. */
export async function setStage(open: AsyncDisposableStack): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "bench-copy-"));
  open.defer(() => rm(directory, { recursive: true, force: true }));
  const bundles = await bundleCopiers(directory);
  const close = (server: ServerProcess) => server.close();
  const origin = open.adopt(await startServerProcess(new URL("origin.ts", import.meta.url)), close);
  const sink = open.adopt(await startServerProcess(new URL("sink.ts", import.meta.url)), close);
  open.defer(endMeasuredRuns);
  return { origin, sink, bundles, directory };
}

/** The environment of every copier: what programs need to run, and an S3 that is the sink. */
export function copierEnvironment({ directory, sink }: Stage): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    // No profile, configuration file or credentials of this machine.
    HOME: directory,
    TMPDIR: directory,
    LANG: "C.UTF-8",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL_S3: sink.url,
  };
}
