/**
 * The HTTP API on the embedded cloud, called by `fetch`. Every answer is held against docs/openapi.json, and looked
 * through for secrets, before a test sees it.
 */
import { expect } from "vitest";
import { createApi } from "../../functions/api.ts";
import { environmentNames } from "../../functions/contract.ts";
import type { Transfer } from "../../functions/domain/api-transfer.ts";
import type { TransferOutput } from "../../functions/domain/transfer-output.ts";
import type { Environment } from "../../functions/environment.ts";
import { createReceiveWebhook } from "../../functions/receive-webhook.ts";
import { type HttpApi, startHttpApi } from "../../lib/local/http-api/http-api.ts";
import { httpRoutes } from "../../lib/local/http-api/http-route.ts";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import { answerProblems } from "../docs/openapi-document.ts";
import { type HarnessOptions, TransferHarness } from "../support/transfer-harness.ts";
import { vendorSecret } from "../support/vendor-webhook.ts";

/** An answer, read. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body, if it is JSON. */
  readonly json: unknown;
}

/** A request. */
export interface Call {
  /** Sent as JSON; a text or bytes as they are, without a content type. Default: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a test changes. */
export interface ServedApiOptions extends HarnessOptions {
  /** More environment for the functions of the API alone. */
  readonly api?: Environment;
}

/** The route keys, by what their paths look like. */
const routes: readonly (readonly [RegExp, string])[] = [
  [/^\/transfers(?:\?|$)/, "/transfers"],
  [/^\/transfers\/[^/]+$/, "/transfers/{name}"],
  [/^\/audio-projects\/[^/]+$/, "/audio-projects/{id}"],
  [/^\/webhooks\/magic-hour$/, "/webhooks/magic-hour"],
];

/** The HTTP API and the harness that it is on. */
export class ServedApi implements AsyncDisposable {
  readonly harness: TransferHarness;
  readonly #server: HttpApi;

  private constructor(harness: TransferHarness, server: HttpApi) {
    this.harness = harness;
    this.#server = server;
  }

  static async start(options: ServedApiOptions = {}): Promise<ServedApi> {
    const harness = await TransferHarness.start(options);
    const environment = {
      ...harness.cloud.environment,
      [environmentNames.transferStateMachine]: localStateMachineArn,
      [environmentNames.vendorWebhookSecret]: vendorSecret,
      ...options.api,
    };
    const api = createApi(environment, harness.host);
    const receiveWebhook = createReceiveWebhook(environment, harness.host);
    const server = await startHttpApi({ routes: httpRoutes({ api, receiveWebhook }) });
    return new ServedApi(harness, server);
  }

  /** Sends a request: `POST /transfers`. @throws {AssertionError} when the answer is not as documented */
  async call(route: `${"GET" | "POST" | "DELETE"} /${string}`, { body, headers = {} }: Call = {}): Promise<ReadAnswer> {
    const [method = "", path = ""] = route.split(" ");
    const isRaw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
    // As bytes, because fetch gives a text a type of its own.
    const bytes = isRaw ? Buffer.from(body ?? "") : Buffer.from(JSON.stringify(body));
    const type = isRaw ? {} : { "content-type": "application/json" };
    const response = await fetch(`${this.#server.url}${path}`, {
      method,
      headers: { ...type, ...headers },
      body: body === undefined ? null : bytes,
    });
    const text = await response.text();
    const key = routes.find(([pattern]) => pattern.test(path))?.[1];
    if (key)
      expect(answerProblems(`${method} ${key}`, { status: response.status, headers: response.headers, text })).toEqual(
        [],
      );
    this.#expectNoSecret(text);
    return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) };
  }

  /** Starts a transfer and gives its name. */
  async start(body: object, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const { status, json: started } = await this.call("POST /transfers", { body, headers });
    expect(status).toBe(202);
    return (started as Transfer).name;
  }

  /** Follows a transfer by GET until it is over. */
  async follow(name: string): Promise<Transfer & { readonly output: TransferOutput | null }> {
    for (;;) {
      const { json: seen } = await this.call(`GET /transfers/${name}`);
      const transfer = seen as Transfer & { readonly output: TransferOutput | null };
      if (transfer.status !== "RUNNING") return transfer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What the API logged of its answers. */
  get answered(): readonly object[] {
    return this.harness.log.filter((line) => (line as { message: string }).message === "answered");
  }

  /** Neither the vendor's key nor a signed URL or its place. */
  #expectNoSecret(text: string): void {
    const { simulator } = this.harness;
    for (const secret of [simulator.apiKey, "X-Goog-", `${simulator.url}/downloads`])
      expect(text).not.toContain(secret);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#expectNoSecret(JSON.stringify(this.harness.log));
    await this.#server.close();
    await this.harness[Symbol.asyncDispose]();
  }
}

/** A project that is complete, with an output of so many bytes. */
export const complete = (sizeBytes = 50_000) => ({ queuedSeconds: 0, renderingSeconds: 0, sizeBytes });
