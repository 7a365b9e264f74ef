import type { OutputStore } from "../../functions/adapters/output-store.ts";
import { composeVendor } from "../../functions/compose-vendor.ts";
import { defaultMaxOutputBytes, environmentNames } from "../../functions/contract.ts";
import { InvalidInput, Unauthorized } from "../../functions/domain/errors.ts";
import type { Environment } from "../../functions/environment.ts";
import { lambdaHost } from "../../functions/host.ts";
import { pause } from "./interruptible.ts";
import type { ClientPorts } from "./ports.ts";
import type { AudioProjectsOptions } from "./requests.ts";

/** Ports, and the end of them. */
export interface OpenPorts extends ClientPorts {
  /** Closes all connections. */
  readonly close: () => Promise<void>;
}

/**
 * The ports that options and the environment ask for.
 * @throws {Unauthorized} when there is no key
 * @throws {InvalidInput} when an option is out of its bounds
 */
export function openPorts(options: AudioProjectsOptions): OpenPorts {
  const environment = withOptions(options);
  if (!environment[environmentNames.apiKey] && !environment[environmentNames.apiKeySecret]) {
    throw new Unauthorized(`there is no API key: pass apiKey, or set ${environmentNames.apiKey}`);
  }
  const host = lambdaHost;
  const { http, magicHour } = composeVendor(environment, host);
  const buckets = openBuckets(environment);
  return {
    magicHour,
    http,
    now: host.now,
    random: host.random,
    wait: pause,
    shortestInterval: wholeNumber("pollIntervalSeconds", options.pollIntervalSeconds),
    maxOutputBytes: wholeNumber("maxOutputBytes", options.maxOutputBytes) ?? defaultMaxOutputBytes,
    bucket: buckets.open,
    async close() {
      await http.close();
      await buckets.close();
    },
  };
}

/** The stores of buckets, on one S3 client that is made for the first of them. */
function openBuckets(environment: Environment) {
  let loading: ReturnType<typeof loadS3> | undefined;
  return {
    async open(name: string): Promise<OutputStore> {
      loading ??= loadS3(environment);
      const { client, createOutputStore } = await loading;
      return createOutputStore(client, name);
    },
    async close() {
      (await loading)?.client.destroy();
    },
  };
}

/** Loaded when it is needed: most programs save to a directory, and the SDK's S3 client takes time and tens of MiB. */
async function loadS3(environment: Environment) {
  const [{ createS3Client }, { createOutputStore }] = await Promise.all([
    import("../../functions/adapters/s3-client.ts"),
    import("../../functions/adapters/output-store.ts"),
  ]);
  return { client: createS3Client(environment), createOutputStore };
}

function withOptions({
  apiKey,
  baseUrl,
  guardExceptions,
  environment = process.env,
}: AudioProjectsOptions): Environment {
  return {
    ...environment,
    ...(apiKey !== undefined && { [environmentNames.apiKey]: apiKey }),
    ...(baseUrl !== undefined && { [environmentNames.baseUrl]: baseUrl }),
    ...(guardExceptions && { [environmentNames.guardExceptions]: guardExceptions.join(",") }),
  };
}

function wholeNumber(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return value;
  throw new InvalidInput(`${name}: must be a whole number, at least 1`);
}
