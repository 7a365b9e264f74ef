import {
  fixedVendorWebhookSecrets,
  secretsManagerVendorWebhookSecrets,
  type VendorWebhookSecrets,
} from "./adapters/vendor-webhook-secrets.ts";
import { createWorkflows } from "./adapters/workflows.ts";
import { environmentNames } from "./contract.ts";
import { transferNameOf } from "./domain/transfer-name.ts";
import type { VendorEvent } from "./domain/vendor-webhook.ts";
import { parseVendorWebhookInput, type VendorWebhookInput } from "./domain/vendor-webhook-input.ts";
import { type Environment, requireVariable } from "./environment.ts";
import type { Host } from "./host.ts";

/** What the vendor's webhooks are checked by, and what they start. */
export interface VendorWebhook {
  /** What the vendor may have signed with. */
  readonly secrets: VendorWebhookSecrets;
  /**
   * Starts the transfer of a project that has settled, unless the same event has started it before.
   * @throws {WorkflowsUnavailable} when Step Functions does not answer
   */
  start(event: VendorEvent & { settled: true }): Promise<{ readonly execution: string; readonly started: boolean }>;
}

/** The vendor's webhook, from the environment. @throws {Error} naming the variable that is missing or wrong */
export function composeVendorWebhook(environment: Environment, { now }: Host): VendorWebhook {
  const workflows = createWorkflows(environment);
  const transfers = requireVariable(environment, environmentNames.transferStateMachine);
  const shared = sharedInput(environment);
  return {
    secrets: secretsFrom(environment, now),
    async start({ type, id }) {
      const input = { ...shared, id };
      const execution = transferNameOf(input, type);
      return { execution, started: await workflows.start(transfers, execution, input) };
    },
  };
}

/** Without either variable there is no secret, and every webhook is told to come again. */
function secretsFrom(environment: Environment, now: () => number): VendorWebhookSecrets {
  const fixed = environment[environmentNames.vendorWebhookSecret];
  const arn = environment[environmentNames.vendorWebhookSecretArn];
  return fixed || !arn ? fixedVendorWebhookSecrets(fixed ?? "") : secretsManagerVendorWebhookSecrets(arn, now);
}

function sharedInput(environment: Environment): VendorWebhookInput {
  const name = environmentNames.vendorWebhookInput;
  try {
    return parseVendorWebhookInput(environment[name]);
  } catch (cause) {
    throw new Error(`environment variable ${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
