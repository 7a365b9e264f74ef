/** A project of the simulator, and a misbehaving receiver that the stack tells of its transfers, in a harness of its own. */
import { Webhook } from "standardwebhooks";
import { expect } from "vitest";
import { isEventBus } from "../../functions/domain/endpoint.ts";
import type { TransferEvent } from "../../functions/domain/event.ts";
import type { TransferInput } from "../../functions/domain/input.ts";
import type { ProjectPlan } from "../../lib/local/simulator/project-plan.ts";
import {
  accept,
  type MisbehavingReceiver,
  type ReceivedAttempt,
  type ReceiverScript,
  startMisbehavingReceiver,
} from "./misbehaving-receiver.ts";
import { type DeliveryEnd, type HarnessOptions, type TransferEnd, TransferHarness } from "./transfer-harness.ts";

/** What webhooks are signed with: 32 bytes, used for nothing else. */
export const signingSecret = `whsec_${Buffer.from("a signing secret of 32 bytes ...").toString("base64")}`;

/** Complete from its first second, with the smallest output there is. */
export const smallProject = { queuedSeconds: 0, renderingSeconds: 0, prompt: "Hi", sizeBytes: 46 };

/** Options of {@link startNotifiedProject}. */
export interface NotifiedProjectOptions extends HarnessOptions {
  /** How the receiver answers. Default 204 to everything. */
  readonly script?: ReceiverScript;
  /** Paths of the receiver that are endpoints of the stack. Default `/hook`. */
  readonly paths?: readonly string[];
  /** What is different about the project, besides {@link smallProject}. */
  readonly plan?: Partial<ProjectPlan>;
}

/** A running project and what is around it. */
export interface NotifiedProject extends AsyncDisposable {
  readonly harness: TransferHarness;
  readonly receiver: MisbehavingReceiver;
  readonly id: string;
  /** Runs a transfer of it. */
  transfer(input?: Partial<TransferInput>, name?: string): Promise<TransferEnd>;
  /** All deliveries to webhook endpoints so far, oldest first, once they are over. */
  deliveries(): Promise<DeliveryEnd[]>;
}

/** Starts a receiver, a harness that may reach it and signs with {@link signingSecret}, and a project. */
export async function startNotifiedProject(options: NotifiedProjectOptions = {}): Promise<NotifiedProject> {
  const { script = accept, paths = ["/hook"], plan, guardExceptions = [], notifier, ...rest } = options;
  const receiver = await startMisbehavingReceiver(script);
  const webhooks = paths.map((path) => ({ url: `${receiver.url}${path}` }));
  const harness = await TransferHarness.start({
    ...rest,
    guardExceptions: [receiver.url, ...guardExceptions],
    notifier: { webhooks, signingSecret, ...notifier },
  });
  const id = harness.simulator.createProject({ ...smallProject, ...plan });
  return {
    harness,
    receiver,
    id,
    transfer: (input = {}, name) => harness.transfer({ id, ...input }, name),
    deliveries: () => webhookDeliveries(harness),
    async [Symbol.asyncDispose]() {
      await harness[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

/** All deliveries of a harness to webhook endpoints, oldest first, once they are over. */
export async function webhookDeliveries(harness: TransferHarness): Promise<DeliveryEnd[]> {
  const all = await harness.deliveries();
  return all.filter(({ input }) => !isEventBus(input.endpoint));
}

/** The event that an attempt carries. */
export function eventOf({ body }: Pick<ReceivedAttempt, "body">): TransferEvent {
  return JSON.parse(body) as TransferEvent;
}

/**
 * The attempt is signed as the specification's own package signs. Not by its `verify`, which looks at the real clock.
 * @param secrets in the order of the signatures
 */
export function expectSigned(attempt: ReceivedAttempt, secrets: readonly string[] = [signingSecret]): void {
  const { messageId, timestamp, body, headers } = attempt;
  expect(headers["webhook-timestamp"]).toMatch(/^\d+$/);
  const expected = secrets.map((secret) => new Webhook(secret).sign(messageId, new Date(timestamp * 1_000), body));
  expect(headers["webhook-signature"]).toBe(expected.join(" "));
}
