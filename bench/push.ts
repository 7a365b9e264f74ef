/**
 * How long after its completion a project is in S3, and how many polls it takes: started by the vendor's webhook, and
 * polled from its creation on, side by side on one embedded cloud, in real time.
 *
 *     node bench/push.ts [--seconds 60] [--json]
 *
 * The target: by webhook, one poll at most and the manifest within 2 s. Missing it is exit code 1.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { transferNameOf } from "../functions/domain/transfer-name.ts";
import type { TransferOutput } from "../functions/domain/transfer-output.ts";
import { lambdaHost } from "../functions/host.ts";
import { startEmbeddedCloud } from "../lib/local/embedded-cloud.ts";
import { localStateMachineArn } from "../lib/local/local-machines.ts";
import { startMagicHourSimulator } from "../lib/local/simulator/magic-hour-simulator.ts";
import { executionArn } from "../lib/local/workflows/arns.ts";

/** What a transfer by webhook may take. */
const target = { polls: 1, seconds: 2 };

/** What one transfer took. */
interface Measurement {
  readonly startedBy: "webhook" | "creation";
  readonly status: string;
  readonly polls: number;
  /** From the project's completion, by the simulator's clock, until the manifest stood. */
  readonly secondsToManifest: number;
}

/** A simulator that tells an embedded cloud of its projects, but for those that are polled. */
async function startPushedCloud(open: AsyncDisposableStack, polled: ReadonlySet<string>) {
  const close = (started: { close(): Promise<void> }) => started.close();
  const directory = await mkdtemp(join(tmpdir(), "bench-push-"));
  open.defer(() => rm(directory, { recursive: true, force: true }));
  const secret = randomBytes(32).toString("hex");
  let route = "";
  const lose = ({ projectId }: { projectId: string }) => polled.has(projectId);
  const webhooks = { url: () => route, secret, lose };
  const simulator = open.adopt(await startMagicHourSimulator({ webhooks }), close);
  /** When each object was written, by key, in milliseconds since the epoch. */
  const writtenAt = new Map<string, number>();
  const cloud = open.adopt(
    await startEmbeddedCloud({
      directory,
      vendor: { baseUrl: simulator.url, apiKey: simulator.apiKey },
      guardExceptions: [simulator.url],
      vendorWebhookSecret: secret,
      host: { ...lambdaHost, sink: { info: () => undefined, warn: () => undefined } },
      storeFaults: { afterWrite: ({ key }) => void writtenAt.set(key, Date.now()) },
    }),
    close,
  );
  route = cloud.vendorWebhookUrl;
  return { simulator, workflows: cloud.workflows, writtenAt };
}

/** Runs both transfers, of projects that begin to render at the same moment. */
async function measure(renderingSeconds: number): Promise<{ pushed: Measurement; polled: Measurement }> {
  await using open = new AsyncDisposableStack();
  const lost = new Set<string>();
  const { simulator, workflows, writtenAt } = await startPushedCloud(open, lost);
  const plan = { queuedSeconds: 0, renderingSeconds };
  const completeAt = Date.now() + renderingSeconds * 1_000;
  const [pushedId, polledId] = [simulator.createProject(plan), simulator.createProject(plan)];
  lost.add(polledId);
  const [pushedName, polledName] = [
    transferNameOf({ id: pushedId }, "audio.completed"),
    transferNameOf({ id: polledId }),
  ];
  const input = JSON.stringify({ id: polledId });
  workflows.start({ stateMachineArn: localStateMachineArn, name: polledName, input });
  const ended = async (startedBy: Measurement["startedBy"], id: string, name: string): Promise<Measurement> => {
    const { status, output = "{}" } = await workflows.completion(executionArn(localStateMachineArn, name));
    const { polls = Number.NaN } = JSON.parse(output) as Partial<TransferOutput>;
    const manifestAt = writtenAt.get(`audio-projects/${id}/manifest.json`) ?? Number.NaN;
    return { startedBy, status, polls, secondsToManifest: (manifestAt - completeAt) / 1_000 };
  };
  const polled = await ended("creation", polledId, polledName);
  // Both projects are complete: the webhook is under way at least, and its answer says that the transfer has started.
  await simulator.sendDueWebhooks();
  return { pushed: await ended("webhook", pushedId, pushedName), polled };
}

function isMet({ status, polls, secondsToManifest }: Measurement): boolean {
  return status === "SUCCEEDED" && polls <= target.polls && secondsToManifest <= target.seconds;
}

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, json: { type: "boolean", default: false } },
});
const seconds = Number(values.seconds);
if (!(seconds >= 0 && seconds <= 86_400)) throw new RangeError("--seconds must be a number from 0 to 86400");
const { pushed, polled } = await measure(seconds);
const met = isMet(pushed);
if (values.json) {
  console.log(JSON.stringify({ renderingSeconds: seconds, target, met, measurements: [pushed, polled] }));
} else {
  const row = ({ status, polls, secondsToManifest }: Measurement) => ({
    status,
    polls,
    "seconds from complete to manifest": Number(secondsToManifest.toFixed(3)),
  });
  console.log(`A project that renders for ${seconds} s, in real time:`);
  console.table({ "started by the webhook": row(pushed), "polled from its creation": row(polled) });
  console.log(`Target by webhook, at most ${target.polls} poll and ${target.seconds} s: ${met ? "met" : "missed"}.`);
}
process.exitCode = met ? 0 : 1;
