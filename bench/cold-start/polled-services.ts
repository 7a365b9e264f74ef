import { environmentNames } from "../../functions/contract.ts";
import { startJsonEndpoint } from "../../lib/local/aws-json/json-endpoint.ts";
import { startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";

/** What a poll asks, on this machine. */
export interface PolledServices {
  /** Environment of a function that is to ask them. */
  readonly environment: Readonly<Record<string, string>>;
  /** The event of a first poll, as JSON. */
  readonly event: string;
}

/** Starts the vendor, with a project that is queued, and a Secrets Manager that holds its key. */
export async function startPolledServices(open: AsyncDisposableStack): Promise<PolledServices> {
  const simulator = await startMagicHourSimulator();
  open.defer(() => simulator.close());
  const secrets = await startJsonEndpoint({
    version: "1.1",
    service: "secretsmanager",
    operation: () => () => ({ SecretString: simulator.apiKey }),
    largestBody: 10_000,
    internalFault: "InternalServiceError",
    port: 0,
  });
  open.defer(() => secrets.close());
  const id = simulator.createProject({ endIn: "queued" });
  return {
    environment: {
      [environmentNames.apiKeySecret]: "arn:aws:secretsmanager:us-east-1:000000000000:secret:key-AbCdEf",
      [environmentNames.baseUrl]: simulator.url,
      [environmentNames.guardExceptions]: simulator.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    event: JSON.stringify({ execution: { name: "bench", startedAt: new Date().toISOString() }, input: { id } }),
  };
}
