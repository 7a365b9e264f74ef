import { createTransferOperations, type TransferOperations } from "../../functions/adapters/transfer-operations.ts";
import { environmentNames } from "../../functions/contract.ts";
import { NotFound } from "../../functions/domain/api-errors.ts";
import { findableName, startRequestOf } from "../../functions/domain/api-request.ts";
import { anyHost, parsePolicy } from "../../functions/domain/endpoint-policy.ts";
import { InvalidInput } from "../../functions/domain/errors.ts";
import { parseInput } from "../../functions/domain/input.ts";
import { announcementOf } from "./announcement.ts";
import type { Delivery } from "./delivery.ts";
import { listDeliveries } from "./delivery-list.ts";
import { startAnew } from "./redelivery.ts";
import { openStateMachine, type StateMachine } from "./state-machine.ts";
import {
  type BegunTransfer,
  type Transfer,
  type TransferRequest,
  type TransferSummary,
  transferFrom,
} from "./transfer.ts";
import { transferEnd } from "./transfer-end.ts";
import { listTransfers, readListRequest } from "./transfer-list.ts";
import type {
  DeliveriesRequest,
  ListRequest,
  NameRequest,
  RedeliverRequest,
  StartOptions,
  StopRequest,
  TransfersOptions,
  WaitRequest,
} from "./transfer-requests.ts";

/**
 * The transfers of a deployed stack, and the deliveries that tell of them. Every call throws `WorkflowsUnavailable` when Step
 * Functions does not answer, `AwsAccessDenied` when it refuses the caller, and `InvalidInput` when there is no such state
 * machine. The caller needs `states:StartExecution`, `ListExecutions`, `DescribeExecution` and `StopExecution`, as far as it
 * calls what needs them.
 */
export class Transfers implements AsyncDisposable {
  readonly #machines: Readonly<Record<"transfer" | "delivery", StateMachine | string>>;
  readonly #guardExceptions: string | undefined;

  /** @throws {InvalidInput} when an ARN is none of a state machine; one that is missing is missed by the calls that need it */
  constructor(options: TransfersOptions = {}) {
    const given = options.environment ?? process.env;
    // The SDK finds credentials itself, in its own order, unless they are in an environment that was given.
    const { AWS_ENDPOINT_URL_SFN } = given;
    const place = { client: options.client, environment: options.environment ?? { AWS_ENDPOINT_URL_SFN } };
    const open = (option: "transferStateMachineArn" | "deliveryStateMachineArn", variable: string) => {
      const arn = options[option] || given[variable];
      return arn ? openStateMachine(arn, option, place) : `${option}: must be given, or be in ${variable}`;
    };
    this.#machines = {
      transfer: open("transferStateMachineArn", environmentNames.transferStateMachine),
      delivery: open("deliveryStateMachineArn", environmentNames.deliveryStateMachine),
    };
    this.#guardExceptions = given[environmentNames.guardExceptions];
  }

  /**
   * Starts a transfer, unless the same was started before under that name: then it is that one.
   * @throws {InvalidInput} naming what is wrong. Hosts that only the stack forbids are found by the transfer itself
   * @throws {Conflict} when another input was started under that name
   */
  async start(input: TransferRequest, { idempotencyKey, signal }: StartOptions = {}): Promise<BegunTransfer> {
    const { execution, isNew } = await this.#operations(signal).start(startRequestOf(input, idempotencyKey));
    return { ...transferFrom(execution), isNew };
  }

  /** A transfer as it stands. @throws {NotFound} when there is none of that name, or its 90 days are over */
  async status({ name, signal }: NameRequest): Promise<Transfer> {
    return transferFrom(await this.#operations(signal).look(findableName(name)));
  }

  /**
   * Waits until a transfer is over. It is looked at by the poll schedule: every second at first, every minute at most.
   * @returns the transfer, which succeeded
   * @throws what it failed with: `ProjectFailed`, `ProjectCanceled`, `ProjectGone`, `DeadlineExceeded`, `Unauthorized`,
   * `InvalidInput` or `TransferFailed`; `TransferStopped` when somebody stopped it
   * @throws {DeadlineExceeded} also when it still runs at the deadline of the waiting; it goes on then
   * @throws {NotFound}
   */
  async wait({ name, deadlineSeconds, signal, onUpdate }: WaitRequest): Promise<Transfer> {
    // The bounds are those of a transfer's own deadline.
    parseInput({ id: "any", deadlineSeconds });
    return transferEnd(() => this.status({ name, signal }), { deadlineSeconds, signal, onUpdate });
  }

  /**
   * Stops a transfer where it is, and tells nobody of it; one that is over stays as it is. What it had copied stays, and a
   * step that a function is at work on is ended.
   * @throws {NotFound}
   */
  async stop({ name, reason = "stopped by Transfers.stop", signal }: StopRequest): Promise<Transfer> {
    return transferFrom(await this.#operations(signal).stop(findableName(name), reason));
  }

  /** The transfers of the last 90 days, newest first, fetched as they are taken. @throws {InvalidInput} for a bad bound */
  list({ signal, ...request }: ListRequest = {}): AsyncIterable<TransferSummary> {
    const filter = readListRequest(request);
    const { arn, workflows } = this.#machine("transfer");
    return listTransfers(workflows(signal), arn, filter);
  }

  /**
   * Deliveries, newest first: those that tell the end of a transfer, or all of them. Of a transfer that is not over, or that
   * nobody is told of, there are none. Found by their names, which begin with the message id: not those that somebody
   * repeated by hand under a name of another form.
   * @throws {NotFound} when there is no such transfer
   * @throws {InvalidInput} for a bad bound
   */
  async *deliveries({ name, signal, ...request }: DeliveriesRequest = {}): AsyncGenerator<Delivery, void, undefined> {
    const filter = readListRequest(request);
    const { arn, workflows } = this.#machine("delivery");
    if (name === undefined) return yield* listDeliveries(workflows(signal), arn, filter);
    const announcement = announcementOf(await this.#operations(signal).look(findableName(name)));
    if (announcement) yield* listDeliveries(workflows(signal), arn, filter, announcement);
  }

  /**
   * Starts a delivery that failed or was stopped anew, with the same message id, so that a receiver which had it after all
   * can tell. As its name is taken for 90 days, the new one is called the same with `-r1` behind it, the next `-r2`: to
   * repeat a repetition, name that one. Asked twice at once, it is started once.
   * @returns the new delivery
   * @throws {RedeliveryRefused} when it is not over, was delivered, or was started anew before
   * @throws {NotFound} when there is no delivery of that name, or its 90 days are over
   */
  async redeliver({ name, evenIfDelivered = false, signal }: RedeliverRequest): Promise<Delivery> {
    const { arn, ...machine } = this.#machine("delivery");
    const workflows = machine.workflows(signal);
    const given = findableName(name);
    const found = given === undefined ? undefined : await workflows.find(arn, given);
    if (!found) throw new NotFound(`there is no delivery ${given ?? "of that name"}`);
    return startAnew(found, { workflows, arn, evenIfDelivered });
  }

  /** Closes the connections, but not those of a client that was given. */
  async close(): Promise<void> {
    for (const machine of Object.values(this.#machines)) if (typeof machine === "object") machine.close();
  }

  /** {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #machine(which: "transfer" | "delivery"): StateMachine {
    const machine = this.#machines[which];
    if (typeof machine === "string") throw new InvalidInput(machine);
    return machine;
  }

  #operations(signal: AbortSignal | undefined): TransferOperations {
    const { arn, workflows } = this.#machine("transfer");
    // Which hosts the stack allows is known to the stack alone, whose first step refuses the others.
    const policy = parsePolicy(anyHost, this.#guardExceptions);
    return createTransferOperations({
      workflows: workflows(signal),
      stateMachineArn: arn,
      policy,
      now: Date.now,
    });
  }
}
