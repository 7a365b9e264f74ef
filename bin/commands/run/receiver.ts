import { environmentNames } from "../../../functions/contract.ts";
import { newSigningSecret } from "../../../lib/local/embedded-cloud.ts";
import type { TransferRun } from "../../../lib/local/run-transfer.ts";
import { startWebhookReceiver } from "../../../lib/local/webhook-receiver.ts";
import { namedByOperator, type RunOptions } from "./run-options.ts";

/** Who is told of the end. */
export interface Receiver extends Required<Pick<TransferRun, "guardExceptions" | "webhooks" | "signingSecret">> {
  /** What a person must know before the webhook comes. */
  readonly hint?: string;
  /** Whether the signature of a message was verified; undefined when the receiver is somebody else's. */
  readonly hasVerified: (messageId: string) => boolean | undefined;
  readonly close: () => Promise<void>;
}

/** The receiver that `--notify` names, or one on this machine. */
export async function openReceiver({ notify }: Pick<RunOptions, "notify">): Promise<Receiver> {
  return notify === undefined ? await ownReceiver() : othersReceiver(notify);
}

function othersReceiver(notify: string): Receiver {
  const given = process.env[environmentNames.signingSecret];
  const signingSecret = given || newSigningSecret();
  return {
    guardExceptions: namedByOperator(notify),
    webhooks: [],
    signingSecret,
    ...(!given && { hint: `Webhooks are signed with ${signingSecret}` }),
    hasVerified: () => undefined,
    close: async () => undefined,
  };
}

async function ownReceiver(): Promise<Receiver> {
  // A secret of the environment may hold an ed25519 key, which the receiver's package does not know.
  const signingSecret = newSigningSecret();
  const receiver = await startWebhookReceiver({ signingSecrets: [signingSecret] });
  return {
    guardExceptions: [receiver.url],
    webhooks: [{ url: `${receiver.url}/webhooks` }],
    signingSecret,
    hasVerified: (id) => receiver.received.some(({ messageId, isVerified }) => isVerified && messageId === id),
    close: () => receiver.close(),
  };
}
