/** All that the copy property needs, started once for all its runs: origin, store, vendor and the function. */
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentNames } from "../../../functions/contract.ts";
import { listen } from "../../../lib/local/object-store/http-server.ts";
import { ObjectFiles } from "../../../lib/local/object-store/object-files.ts";
import { OpenUploads } from "../../../lib/local/object-store/open-uploads.ts";
import type { StoreState } from "../../../lib/local/object-store/store-state.ts";
import type { WrittenObject } from "../../../lib/local/object-store/written-object.ts";
import { type MisbehavingOrigin, startMisbehavingOrigin } from "../misbehaving-origin.ts";
import { beginRun, type CopyRun } from "./copy-run.ts";
import { startFaultyStore } from "./faulty-store.ts";
import { type FunctionPool, functionPool } from "./function-pool.ts";
import { type OtherWriter, otherWriter } from "./other-writer.ts";
import type { Scenario } from "./scenario.ts";
import { startVendorServer } from "./vendor-server.ts";

/** The bucket of all runs. */
export const bucket = "audio";

/** The key that the vendor wants: nothing written may hold it. */
export const apiKey = "mhk_00ffcopyproperty00ff";

/** What is running. */
export interface CopyWorld extends AsyncDisposable {
  readonly origin: MisbehavingOrigin;
  /** What is in the store. */
  readonly state: StoreState;
  readonly other: OtherWriter;
  readonly functions: FunctionPool;
  /** The configured cap, in bytes. */
  readonly maxOutputBytes: number;
  /** The objects that were made to stand by the runs that are not forgotten, in order. */
  readonly written: WrittenObject[];
  /** All log lines since they were last taken. */
  takeLog(): object[];
  /** Begins a run of a new project. */
  begin(scenario: Scenario): CopyRun;
  /** Forgets a run. */
  end(run: CopyRun): void;
}

/** Linux's directory in memory: the store waits for the disk after every write, and most of the time that is all it does. */
const inMemory = "/dev/shm";

/** Where the store's files go: in memory where there is 1 GiB of it, else where temporary files go. */
async function roomiest(): Promise<string> {
  const room = await statfs(inMemory).catch(() => undefined);
  return room && room.bavail * room.bsize > 1_024 ** 3 ? inMemory : tmpdir();
}

/** Starts everything. @param maxOutputBytes the configured cap */
export async function startCopyWorld(maxOutputBytes: number): Promise<CopyWorld> {
  const runs = new Map<string, CopyRun>();
  const written: WrittenObject[] = [];
  const log: object[] = [];
  let begun = 0;
  const directory = await mkdtemp(join(await roomiest(), "copy-property-"));
  const objects = await ObjectFiles.load(directory, (object) => void written.push(object));
  const state = { objects, uploads: await OpenUploads.load(directory) };
  await objects.createBucket(bucket);
  const honest = await listen(state, 0, () => undefined);
  const other = otherWriter(`http://127.0.0.1:${honest.port}`, bucket);
  const runOf = (key: string) => runs.get(/^audio-projects\/([^/]+)/.exec(key)?.[1] ?? "");
  const store = await startFaultyStore({ state, runOf, other });
  const origin = await startMisbehavingOrigin({ body: Buffer.alloc(0) }, (request) => {
    // As `signedUrl` makes it, below the project and the output's index.
    const [, id = "", index = "", signedAt = ""] = /^\/([^/]+)\/(\d+)\/.*X-Goog-Date=(\d+)/.exec(request.path) ?? [];
    return runs.get(id)?.answer(Number(index), Number(signedAt), request) ?? { status: 404 };
  });
  const vendor = await startVendorServer((id) => runs.get(id), origin.url);
  const keep = (line: object) => void log.push(line);
  const environment = {
    [environmentNames.bucket]: bucket,
    [environmentNames.baseUrl]: vendor.url,
    [environmentNames.apiKey]: apiKey,
    [environmentNames.guardExceptions]: [vendor.url, origin.url].join(","),
    [environmentNames.maxOutputBytes]: String(maxOutputBytes),
    AWS_ENDPOINT_URL_S3: store.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "dummy",
    AWS_SECRET_ACCESS_KEY: "dummy",
  };
  const host = { now: Date.now, random: () => 0, sink: { info: keep, warn: keep } };
  return {
    origin,
    state,
    other,
    functions: functionPool(environment, host),
    maxOutputBytes,
    written,
    takeLog: () => log.splice(0),
    begin(scenario) {
      begun += 1;
      const run = beginRun(`run${begun}`, scenario);
      runs.set(run.id, run);
      return run;
    },
    end: ({ id }) => void runs.delete(id),
    async [Symbol.asyncDispose]() {
      other.close();
      await Promise.all([vendor.close(), origin.close(), store.close(), honest.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
