import type { Profiler } from "node:inspector";
import { Session } from "node:inspector/promises";

/** Whose code the processor's time went to. */
export const owners = [
  "aws-local-stepfunctions",
  "AWS SDK",
  "Node",
  "ours",
  "other packages",
  "garbage collection",
] as const;

/** One of {@link owners}. */
export type Owner = (typeof owners)[number];

/** The share of each in the time that the thread was at work, from 0 to 1. */
export type ProfileShares = Readonly<Record<Owner, number>>;

/** Microseconds between two samples: 10 minutes are 120,000 samples. */
const samplingInterval = 5_000;

/** Begins to profile this thread. @returns what ends it and sums it up */
export async function startProfile(): Promise<() => Promise<ProfileShares>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: samplingInterval });
  await session.post("Profiler.start");
  return async () => {
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    return sharesOf(profile);
  };
}

/** Sums up a profile: each sample is the function's at the top of the stack, and idle ones count for nothing. */
export function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ProfileShares {
  const ownerOf = ownersByNode(nodes);
  const times = Object.fromEntries(owners.map((owner) => [owner, 0])) as Record<Owner, number>;
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const owner = ownerOf.get(id);
    if (owner === undefined) continue;
    const time = Math.max(0, timeDeltas[index] ?? 0);
    times[owner] += time;
    busy += time;
  }
  return Object.fromEntries(owners.map((owner) => [owner, busy === 0 ? 0 : times[owner] / busy])) as ProfileShares;
}

/** What has no file, such as JSON.stringify, is of whoever called it. Undefined is idle. */
function ownersByNode(nodes: readonly Profiler.ProfileNode[]): ReadonlyMap<number, Owner | undefined> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Map<number, Owner | undefined>();
  const visit = (node: Profiler.ProfileNode, caller: Owner): void => {
    const owner = ownerOfFrame(node.callFrame, caller);
    found.set(node.id, owner);
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next) visit(next, owner ?? caller);
    }
  };
  const [root] = nodes;
  if (root) visit(root, "Node");
  return found;
}

function ownerOfFrame({ functionName, url }: Profiler.ProfileNode["callFrame"], caller: Owner): Owner | undefined {
  if (functionName === "(idle)") return undefined;
  if (functionName === "(garbage collector)") return "garbage collection";
  // Outside of JavaScript: the event loop, the sockets, what Node is made of.
  if (functionName === "(program)" || functionName === "(root)" || url.startsWith("node:")) return "Node";
  if (url === "") return caller;
  const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url) ?? [];
  if (name === undefined) return "ours";
  if (name === "aws-local-stepfunctions") return "aws-local-stepfunctions";
  return /^@(?:aws-sdk|smithy|aws-crypto)\//.test(name) ? "AWS SDK" : "other packages";
}
