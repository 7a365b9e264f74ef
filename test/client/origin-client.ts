/** A client whose project's outputs lie at a misbehaving origin; everything else is the simulator's. */
import { onTestFinished } from "vitest";
import type { Behaviour, OriginContent } from "../support/behaviour.ts";
import { type MisbehavingOrigin, type OriginScript, startMisbehavingOrigin } from "../support/misbehaving-origin.ts";
import { projectBody, signedUrl } from "../support/origin-project.ts";
import { type ClientOptions, type RunningClient, runClient } from "./running-client.ts";

/** A running client, its origin and the project. */
export interface OriginClient extends RunningClient {
  readonly origin: MisbehavingOrigin;
  readonly id: string;
}

/** Options of {@link runOriginClient}. */
export interface OriginClientOptions extends ClientOptions {
  /** Names of the project's outputs. Default one, `output.wav`. */
  readonly names?: readonly string[];
}

/**
 * Starts a client, and a complete project whose outputs lie at an origin of their own.
 * @param content what the origin serves under every path
 * @param script how it misbehaves: by request, or the same way each time
 */
export async function runOriginClient(
  content: OriginContent,
  script: OriginScript | Behaviour = {},
  { names = ["output.wav"], simulator, client }: OriginClientOptions = {},
): Promise<OriginClient> {
  const origin = await startMisbehavingOrigin(content, typeof script === "function" ? script : () => script);
  onTestFinished(() => origin.close());
  let id = "";
  let gets = 0;
  const running = await runClient({
    simulator: {
      ...simulator,
      onRequest: async (request) => {
        const fault = await simulator?.onRequest?.(request);
        const isGet = request.method === "GET" && request.path === `/v1/audio-projects/${id}`;
        if (fault !== undefined || !isGet || running.simulator.project(id).deleted) return fault;
        gets += 1;
        return {
          status: 200,
          body: projectBody(
            id,
            names.map((name) => signedUrl(origin.url, gets, name)),
          ),
        };
      },
    },
    client: { ...client, guardExceptions: [origin.url] },
  });
  id = running.simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0 });
  return { ...running, origin, id };
}
