import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { inject } from "vitest";
import { createS3Client } from "../../functions/adapters/s3-client.ts";
import type { DeliveryState, TransferState } from "../../functions/contract.ts";
import type { AttemptRecord, Delivery, DeliveryOutput } from "../../functions/domain/delivery.ts";
import type { TransferOutput } from "../../functions/domain/transfer-output.ts";
import type { Environment } from "../../functions/environment.ts";
import type { Host } from "../../functions/host.ts";
import {
  type EmbeddedCloud,
  type EmbeddedCloudOptions,
  localBucket,
  startEmbeddedCloud,
} from "../../lib/local/embedded-cloud.ts";
import {
  deliveryMachine,
  type FunctionWrappers,
  localDeliveryStateMachineArn,
  localStateMachineArn,
  transferMachine,
} from "../../lib/local/local-machines.ts";
import type { ObjectStoreOptions } from "../../lib/local/object-store/object-store.ts";
import {
  type MagicHourSimulator,
  type MagicHourSimulatorOptions,
  startMagicHourSimulator,
} from "../../lib/local/simulator/magic-hour-simulator.ts";
import type { WorkflowEvent } from "../../lib/local/workflows/workflow-event.ts";

/** One synthesis for all test files: see global-setup.ts. */
const transfer = inject("transfer");

/** What a test changes of its embedded cloud. */
export interface HarnessOptions {
  /** Options of the simulator, `onRequest` above all. */
  readonly simulator?: Omit<MagicHourSimulatorOptions, "now">;
  /** Faults of the object store. */
  readonly store?: Pick<ObjectStoreOptions, "onRequest" | "afterWrite">;
  /** More environment for the functions. */
  readonly environment?: Environment;
  /** More origins that the guard lets through: a misbehaving test server's. */
  readonly guardExceptions?: readonly string[];
  /** The stack's own endpoints, and what it signs with. */
  readonly notifier?: Pick<EmbeddedCloudOptions, "webhooks" | "signingSecret">;
  /** The jitter of the poll schedule, from 0 inclusive to 1 exclusive. Default `Math.random`. */
  readonly random?: () => number;
}

/** How an execution ended. */
export interface TransferEnd {
  readonly status: string;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** The output; an empty object cast when it failed, so that a test reads what it expects to be there. */
  readonly output: TransferOutput;
  /** Names of the states in the order in which they were entered. */
  readonly states: readonly string[];
  /** Seconds of every wait, as the poll schedule asked for them. */
  readonly waits: readonly number[];
  /** Times a task was tried again by the workflow's Retry. */
  readonly retries: number;
  /** The whole history and all log lines as one text, to look for secrets in it. */
  readonly everythingWritten: string;
}

/** How a delivery ended. */
export interface DeliveryEnd {
  /** Name of the execution. */
  readonly name: string;
  readonly status: string;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly input: Delivery;
  /** The output; an empty object cast when it failed. */
  readonly output: DeliveryOutput;
  /** All attempts, also of a delivery that failed, from the history. */
  readonly attempts: readonly AttemptRecord[];
  /** Seconds of every wait, as the delivery schedule asked for them. */
  readonly waits: readonly number[];
  /** The whole history as text, to look for secrets in it. */
  readonly everythingWritten: string;
}

/**
 * The synthesized workflow with the real functions, the simulator and the object store, in virtual time: a Wait state
 * moves the clock of everybody instead of waiting, and retries follow at once. Nothing else is replaced.
 */
export class TransferHarness implements AsyncDisposable {
  readonly simulator: MagicHourSimulator;
  readonly cloud: EmbeddedCloud;
  readonly directory: string;
  /** A client of the object store, to do there what others may do. */
  readonly s3: S3Client;
  /** Clock, jitter and log of the functions. */
  readonly host: Host;
  readonly #clock: { skippedMilliseconds: number };
  readonly #events: WorkflowEvent[];
  readonly #log: object[];

  private constructor(parts: Pick<TransferHarness, "simulator" | "cloud" | "directory">, records: Records) {
    this.simulator = parts.simulator;
    this.cloud = parts.cloud;
    this.directory = parts.directory;
    this.s3 = createS3Client(parts.cloud.environment);
    this.host = records.host;
    this.#clock = records.clock;
    this.#events = records.events;
    this.#log = records.log;
  }

  /** Starts everything. */
  static async start(options: HarnessOptions = {}): Promise<TransferHarness> {
    const clock = { skippedMilliseconds: 0 };
    const now = () => Date.now() + clock.skippedMilliseconds;
    const log: object[] = [];
    const keep = (line: object) => void log.push(line);
    const host = { now, random: options.random ?? Math.random, sink: { info: keep, warn: keep } };
    const records: Records = { host, clock, events: [], log };
    const directory = await mkdtemp(join(tmpdir(), "transfer-test-"));
    const simulator = await startMagicHourSimulator({ ...options.simulator, now });
    const cloud = await startEmbeddedCloud({
      directory,
      transfer,
      vendor: { baseUrl: simulator.url, apiKey: simulator.apiKey },
      guardExceptions: [simulator.url, ...(options.guardExceptions ?? [])],
      host,
      storeFaults: options.store ?? {},
      environment: options.environment ?? {},
      ...options.notifier,
      workflows: {
        retryMilliseconds: 0,
        shortenWaits: (_, seconds) => {
          clock.skippedMilliseconds += seconds * 1_000;
          return 0;
        },
        onEvent: ({ stateMachineArn }, event) => {
          if (stateMachineArn === localStateMachineArn) records.events.push(event);
        },
      },
    });
    return new TransferHarness({ simulator, cloud, directory }, records);
  }

  /** Milliseconds since the epoch, waits included. */
  now(): number {
    return Date.now() + this.#clock.skippedMilliseconds;
  }

  /** All lines that the functions logged so far. */
  get log(): readonly object[] {
    return this.#log;
  }

  /** Lets virtual time pass. */
  skip(seconds: number): void {
    this.#clock.skippedMilliseconds += seconds * 1_000;
  }

  /** Puts something around functions of the workflow, for executions to come. */
  wrap(around: FunctionWrappers): void {
    const functions = { transfer, environment: this.cloud.environment, host: this.host, around };
    this.cloud.workflows.add(transferMachine(functions));
    this.cloud.workflows.add(deliveryMachine(functions));
  }

  /** Starts several transfers at once and runs them to their ends. */
  async concurrently(
    inputs: readonly unknown[],
  ): Promise<Pick<TransferEnd, "status" | "error" | "cause" | "output">[]> {
    const { workflows } = this.cloud;
    const started = inputs.map((input) =>
      workflows.start({ stateMachineArn: localStateMachineArn, input: JSON.stringify(input) }),
    );
    const ends = await Promise.all(started.map(({ executionArn }) => workflows.completion(executionArn)));
    return ends.map(({ status, error, cause, output }) => ({ status, error, cause, output: readOutput(output) }));
  }

  /** Runs one transfer to its end. Run one after another, because events are recorded in one list. */
  async transfer(input: unknown, name?: string): Promise<TransferEnd> {
    this.#events.length = 0;
    const { workflows } = this.cloud;
    const start = { stateMachineArn: localStateMachineArn, input: JSON.stringify(input), ...(name && { name }) };
    const { executionArn } = workflows.start(start);
    const { status, error, cause, output } = await workflows.completion(executionArn);
    const states = this.#events.flatMap((event) => (event.type === "StateEntered" ? [event.state] : []));
    const history = workflows.history(executionArn, { maxResults: 1_000 }).items;
    return {
      status,
      error,
      cause,
      output: readOutput(output),
      states,
      waits: this.#events.flatMap(waitOf),
      retries: this.#events.filter((event) => event.type === "StateRetried").length,
      everythingWritten: JSON.stringify([history, this.#events, this.#log]),
    };
  }

  /** All deliveries so far, on the bus and to webhooks, oldest first, once all of them are over. */
  async deliveries(): Promise<DeliveryEnd[]> {
    const { workflows } = this.cloud;
    const arns: string[] = [];
    for (let nextToken: string | undefined, first = true; first || nextToken; first = false) {
      const page = workflows.list(localDeliveryStateMachineArn, { maxResults: 1_000, ...(nextToken && { nextToken }) });
      arns.push(...page.items.map(({ executionArn }) => executionArn));
      nextToken = page.nextToken;
    }
    const ends = await Promise.all(arns.toReversed().map((arn) => workflows.completion(arn)));
    return ends.map(({ executionArn, name, status, error, cause, input, output }) => {
      const history = workflows.history(executionArn, { maxResults: 1_000 }).items;
      const waits = history.flatMap(({ stateEnteredEventDetails: entered }) =>
        entered?.name === "Wait" ? [JSON.parse(entered.input ?? "{}").attempt.waitSeconds as number] : [],
      );
      const attempts = history.flatMap(attemptOf);
      const everythingWritten = JSON.stringify([history, error, cause, this.#log]);
      const parsed = { input: JSON.parse(input) as Delivery, output: JSON.parse(output ?? "{}") as DeliveryOutput };
      return { name, status, error, cause, ...parsed, attempts, waits, everythingWritten };
    });
  }

  /** The bytes that stand under a key, read from the plain file. @throws {Error} when nothing does */
  stored(key: string): Promise<Buffer> {
    return readFile(this.cloud.store.pathOf(localBucket, key));
  }

  /** Whether something stands under a key. */
  async isStored(key: string): Promise<boolean> {
    return this.stored(key).then(
      () => true,
      () => false,
    );
  }

  /** Keys of all objects that begin with this, in their order. At most 1,000. */
  async keysBelow(prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: localBucket, Prefix: prefix }));
    return Contents.flatMap(({ Key }) => Key ?? []);
  }

  /** Stops everything and removes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.s3.destroy();
    await this.cloud.close();
    await this.simulator.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

function waitOf(event: WorkflowEvent): number[] {
  if (event.type !== "StateEntered" || event.state !== "Wait") return [];
  const { check } = event.input as TransferState;
  return check?.waitSeconds === undefined ? [] : [check.waitSeconds];
}

function attemptOf({ stateExitedEventDetails: exited }: HistoryEvent): AttemptRecord[] {
  if (exited?.name !== "Attempt") return [];
  const { attempt, caught } = JSON.parse(exited.output ?? "{}") as DeliveryState & { caught?: object };
  return attempt && !caught ? [attempt] : [];
}

function readOutput(output: string | undefined): TransferOutput {
  return JSON.parse(output ?? "{}") as TransferOutput;
}

interface Records {
  readonly host: Host;
  readonly clock: { skippedMilliseconds: number };
  readonly events: WorkflowEvent[];
  readonly log: object[];
}
