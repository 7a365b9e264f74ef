/**
 * A complete project of the simulator whose outputs lie at a misbehaving origin, in a harness of its own. Only the
 * simulator's GET of the project is answered here; its DELETE and everything after it are the simulator's.
 */
import { createCipheriv } from "node:crypto";
import { environmentNames } from "../../functions/contract.ts";
import type { TransferInput } from "../../functions/domain/input.ts";
import type { ArrivedRequest, RequestHook } from "../../lib/local/simulator/request-hook.ts";
import type { Behaviour, OriginContent } from "./behaviour.ts";
import { type MisbehavingOrigin, type OriginScript, startMisbehavingOrigin } from "./misbehaving-origin.ts";
import { type HarnessOptions, type TransferEnd, TransferHarness } from "./transfer-harness.ts";

/** Stands in the query of every download URL; nothing written may hold it. */
export const originSecret = "00ffsecret00ff";

/** Bytes that no text looks like and that differ with the seed. The same seed gives the same bytes. */
export function audioBytes(size: number, seed = 0): Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(size));
}

/** A script that answers the first requests like this, and honestly from then on. */
export function first(...behaviours: readonly Behaviour[]): OriginScript {
  return (_request, nth) => behaviours[nth - 1];
}

/** Options of {@link startOriginProject}. */
export interface OriginProjectOptions extends HarnessOptions {
  /** Largest output, in bytes. Default the product's. */
  readonly maxOutputBytes?: number;
  /** The project's download URLs at its nth GET, from 1. Default one {@link signedUrl}. */
  readonly downloads?: (origin: string, nthGet: number) => readonly string[];
}

/** A running project and what is around it. */
export interface OriginProject extends AsyncDisposable {
  readonly harness: TransferHarness;
  readonly origin: MisbehavingOrigin;
  readonly id: string;
  /** Object key of its first output, `output.wav`. */
  readonly key: string;
  /** Runs a transfer of it that is to delete it afterwards. */
  transfer(input?: Partial<TransferInput>): Promise<TransferEnd>;
}

/** A URL as the vendor signs it, another one at every GET. Its path is escaped, and must stay as it is. */
export function signedUrl(origin: string, nthGet: number, name = "output.wav"): string {
  return `${origin}/o%2F1/${name}?X-Goog-Date=${nthGet}&X-Goog-Signature=${originSecret}${nthGet}`;
}

/**
 * Starts an origin, a harness that may reach it, and a project whose output lies there.
 * @param content what the origin serves under every path
 * @param script how it misbehaves: by request, or the same way each time
 */
export async function startOriginProject(
  content: OriginContent,
  script: OriginScript | Behaviour = {},
  options: OriginProjectOptions = {},
): Promise<OriginProject> {
  const origin = await startMisbehavingOrigin(content, typeof script === "function" ? script : () => script);
  const { downloads = (at, nthGet) => [signedUrl(at, nthGet)], maxOutputBytes, simulator, ...rest } = options;
  let id = "";
  let gets = 0;
  const onRequest: RequestHook = async (request) => {
    const fault = await simulator?.onRequest?.(request);
    if (fault !== undefined || !isGet(request, id) || harness.simulator.project(id).deleted) return fault;
    gets += 1;
    return { status: 200, body: projectBody(id, downloads(origin.url, gets)) };
  };
  const harness = await TransferHarness.start({
    ...rest,
    simulator: { ...simulator, onRequest },
    guardExceptions: [origin.url, ...(options.guardExceptions ?? [])],
    environment: {
      ...options.environment,
      ...(maxOutputBytes && { [environmentNames.maxOutputBytes]: String(maxOutputBytes) }),
    },
  });
  id = harness.simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0 });
  return {
    harness,
    origin,
    id,
    key: `audio-projects/${id}/0-output.wav`,
    transfer: (input = {}) => harness.transfer({ id, deleteAfterDownload: true, ...input }),
    async [Symbol.asyncDispose]() {
      await harness[Symbol.asyncDispose]();
      await origin.close();
    },
  };
}

function isGet({ method, path }: ArrivedRequest, id: string): boolean {
  return method === "GET" && path === `/v1/audio-projects/${id}`;
}

/** A complete project as the vendor shows it. */
export function projectBody(id: string, urls: readonly string[]): object {
  return {
    id,
    name: null,
    status: "complete",
    type: "VOICE_GENERATOR",
    created_at: "1970-01-01T00:00:00",
    enabled: true,
    credits_charged: 1,
    downloads: urls.map((url) => ({ url, expires_at: "2126-01-01T00:00:00Z" })),
    error: null,
  };
}
