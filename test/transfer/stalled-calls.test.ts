/**
 * Calls that are never answered while outputs are copied: the run ends by itself before it would be killed, by a name that
 * the workflow's Retry repeats often (a killed one is repeated twice only), and the next run finishes.
 */
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, test } from "vitest";
import type { WorkflowFunction } from "../../functions/host.ts";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import type { FaultRequest } from "../../lib/local/object-store/object-store.ts";
import type { ArrivedRequest } from "../../lib/local/simulator/request-hook.ts";
import { status } from "../support/behaviour.ts";
import { audioBytes, startOriginProject } from "../support/origin-project.ts";
import { storeOperationOf } from "../support/store-faults.ts";
import { expectExact } from "../support/transfer-expectations.ts";

/** Milliseconds that a run has: one second to copy, and what is kept back to end. */
const milliseconds = 16_000;

/** After so many it counts as killed: it had 1,000 to copy, and ending takes no time here. */
const patience = 5_000;

/** How Lambda's own end of a function looks to the workflow. */
class Timedout extends Error {
  override readonly name = "Sandbox.Timedout";
}

const limited =
  (copy: WorkflowFunction): WorkflowFunction =>
  (state) => {
    const ends = Date.now() + milliseconds;
    const { promise: killed, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Timedout("Task timed out")), patience);
    const run = copy(state, { getRemainingTimeInMillis: () => ends - Date.now() });
    return Promise.race([run, killed]).finally(() => clearTimeout(timer));
  };

/** Which calls are stalled: one of them is. */
interface Stalled {
  readonly store?: (request: FaultRequest) => boolean;
  readonly vendor?: (request: ArrivedRequest) => boolean;
  /** Whether the output stands already, with a hash that is not known. */
  readonly isStanding?: boolean;
  /** Whether its first URL is refused as expired. */
  readonly isExpired?: boolean;
}

const isOutput = ({ key }: FaultRequest) => key.endsWith(".wav");

describe.concurrent("a run ends by itself", () => {
  test.for<[string, Stalled]>([
    ["the listing of what stands", { store: ({ query }) => query.get("list-type") === "2" }],
    ["a look at an object", { store: (request) => isOutput(request) && storeOperationOf(request) === "HeadObject" }],
    [
      "an object that is read back",
      { store: (request) => isOutput(request) && storeOperationOf(request) === "GetObject", isStanding: true },
    ],
    ["the GET for a fresh URL", { vendor: ({ method }) => method === "GET", isExpired: true }],
  ])("%s", async ([, { store, vendor, isStanding = false, isExpired = false }], { expect }) => {
    const body = audioBytes(100_000);
    let isArmed = false;
    const once =
      <Request>(matches: ((request: Request) => boolean) | undefined) =>
      (request: Request) => {
        if (!isArmed || !matches?.(request)) return undefined;
        isArmed = false;
        return "stall" as const;
      };
    let downloads = 0;
    const script = () => {
      downloads += 1;
      if (vendor) isArmed = downloads === 1;
      return isExpired && downloads === 1 ? status(403) : undefined;
    };
    await using project = await startOriginProject({ body }, script, {
      store: { onRequest: once(store) },
      simulator: { onRequest: once(vendor) },
    });
    const { harness, key } = project;
    if (isStanding) {
      await project.transfer({ downloadDirectory: "elsewhere", deleteAfterDownload: false });
      const place = { Bucket: localBucket, Key: "elsewhere/0-output.wav" };
      const { Metadata: { sha256: _, ...metadata } = {} } = await harness.s3.send(new HeadObjectCommand(place));
      const object = {
        Bucket: localBucket,
        Key: key,
        Body: body,
        Metadata: metadata,
        ChecksumAlgorithm: "CRC32",
      } as const;
      await harness.s3.send(new PutObjectCommand(object));
    }
    const names: string[] = [];
    harness.wrap({
      "download-outputs": (copy) => (state, context) =>
        limited(copy)(state, context).catch((error: Error) => {
          names.push(error.name);
          throw error;
        }),
    });
    isArmed = store !== undefined;
    const end = await project.transfer();
    expect(["CopyInterrupted", "StoreUnavailable", "VendorUnavailable"]).toContain(names[0]);
    expect([names.length, end.retries]).toEqual([1, 1]);
    await expectExact(harness, end, [body]);
  });
});
