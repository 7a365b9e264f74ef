/** A function of the user's own on the embedded cloud, called as Lambda would by the rule of examples/on-manifest. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import type { Command } from "commander";
import { manifestName } from "../../../functions/domain/object-key.ts";
import type { Environment } from "../../../functions/environment.ts";
import { type EmbeddedCloud, localBucket } from "../../../lib/local/embedded-cloud.ts";
import type { RuleTarget } from "../../../lib/local/event-bus/rule.ts";
import type { LambdaContext } from "../../../lib/local/workflows/lambda-invocation.ts";

/** Every manifest that a transfer writes: a new object of the embedded cloud's bucket whose key ends in /manifest.json. */
const manifestWritten = {
  source: ["aws.s3"],
  "detail-type": ["Object Created"],
  detail: { bucket: { name: [localBucket] }, object: { key: [{ suffix: `/${manifestName}` }] } },
};

/** Longest that Lambda lets a function run, in milliseconds. Said to the handler, and not enforced. */
const longestRun = 900_000;

type Handler = (event: unknown, context: LambdaContext) => unknown;

/**
 * Calls a module's `handler` with the event of every manifest from now on, again if it fails, twice at most. It runs in
 * this process, whose `AWS_…` variables become those of the embedded cloud: an SDK finds its S3 by them, and no account.
 * @param path of the module, from the current directory
 * @throws {CommanderError} of code 2 for a module that cannot be loaded or exports no such function
 */
export async function callOnManifest(path: string, cloud: EmbeddedCloud, command: Command): Promise<void> {
  takeAwsVariables(cloud.environment);
  const handler = await loadHandler(path, command);
  cloud.eventBus.addRule({ pattern: manifestWritten, target: reporting(handler) });
}

function takeAwsVariables(environment: Environment): void {
  const names = [...Object.keys(process.env), ...Object.keys(environment)].filter((name) => name.startsWith("AWS_"));
  for (const name of names) {
    const value = environment[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

async function loadHandler(path: string, command: Command): Promise<Handler> {
  const module: { readonly handler?: Handler } = await import(pathToFileURL(resolve(path)).href).catch(
    (error: unknown) => command.error(`error: --on-manifest ${path}: cannot be loaded: ${error}`, { exitCode: 2 }),
  );
  if (typeof module.handler === "function") return module.handler;
  return command.error(`error: --on-manifest ${path}: exports no function 'handler'`, { exitCode: 2 });
}

/** Says of each call how it ended; what the handler prints comes before. */
function reporting(handler: Handler): RuleTarget {
  return async (event) => {
    const { object } = event.detail as { object: { key: string } };
    const deadline = Date.now() + longestRun;
    const getRemainingTimeInMillis = () => Math.max(0, deadline - Date.now());
    try {
      await handler(event, { awsRequestId: event.id, functionName: "on-manifest", getRemainingTimeInMillis });
    } catch (error) {
      process.stderr.write(`on-manifest failed: ${JSON.stringify(object.key)}: ${inspect(error)}\n`);
      throw error;
    }
    process.stdout.write(`on-manifest done: ${JSON.stringify(object.key)}\n`);
  };
}
