import { expect, test } from "vitest";
import { createApi, handler } from "../../../functions/api.ts";
import { environmentNames } from "../../../functions/contract.ts";
import { reservedMilliseconds } from "../../../functions/domain/api-deletion.ts";
import type { Environment } from "../../../functions/environment.ts";
import type { HttpAnswer, HttpEvent } from "../../../functions/http-event.ts";
import { localStateMachineArn } from "../../../lib/local/local-machines.ts";
import type { FaultRequest } from "../../../lib/local/object-store/object-store.ts";
import { type HarnessOptions, TransferHarness } from "../../support/transfer-harness.ts";

const context = (remaining = 29_000) => ({ getRemainingTimeInMillis: () => remaining });

const event = (routeKey: string, parts: Partial<HttpEvent> = {}): HttpEvent => ({
  routeKey,
  rawQueryString: "",
  headers: {},
  isBase64Encoded: false,
  ...parts,
});

const contentOf = ({ body = "null" }: HttpAnswer) => JSON.parse(body) as Record<string, unknown>;

/** The environment of the function, on a harness. */
const environmentOn = ({ cloud }: TransferHarness): Environment => ({
  ...cloud.environment,
  [environmentNames.transferStateMachine]: localStateMachineArn,
});

test("a bug is 500 without a word of it; the log has its name and place, and not what it said", async () => {
  await using harness = await TransferHarness.start();
  const now = () => {
    throw new RangeError("what the caller sent: SECRET");
  };
  const api = createApi(environmentOn(harness), { ...harness.host, now });
  const answer = await api(event("POST /transfers", { body: '{"id":"cm1"}' }), context());
  expect(answer.statusCode).toBe(500);
  expect(contentOf(answer)).toMatchObject({ title: "Internal Server Error", error: "InternalError" });
  expect(JSON.stringify([answer, harness.log])).not.toContain("SECRET");
  const own = harness.log.filter((line) => !("execution" in line));
  expect(own).toEqual([
    { message: "unexpected error", error: "RangeError", at: expect.stringMatching(/^at .*api\.test\.ts/) },
    { message: "answered", route: "POST /transfers", status: 500, error: "InternalError" },
  ]);
});

test("a route that the function does not have is a bug of the gateway's, and answered", async () => {
  await using harness = await TransferHarness.start();
  const answer = await createApi(environmentOn(harness), harness.host)(event("$default"), context());
  expect(contentOf(answer)).toMatchObject({ status: 500, error: "InternalError" });
});

test("a missing variable is named, at the first call and not before", async () => {
  expect(() => createApi({ OUTPUT_BUCKET: "bucket", MAGIC_HOUR_API_KEY: "key" })).toThrow("TRANSFER_STATE_MACHINE_ARN");
  const environment = { [environmentNames.transferStateMachine]: localStateMachineArn, MAGIC_HOUR_API_KEY: "key" };
  expect(() => createApi(environment)).toThrow("OUTPUT_BUCKET");
  expect(() => handler(event("GET /transfers/{name}"), context())).toThrow(/environment variable .* is not set/);
});

/** A project that is copied, on a store that never shows some object once it is told so. */
async function copiedThenStalled(name: string, options: HarnessOptions = {}) {
  let isStalled = false;
  const onRequest = ({ method, key }: FaultRequest) =>
    isStalled && method === "GET" && key.endsWith(name) ? ("stall" as const) : undefined;
  const harness = await TransferHarness.start({ ...options, store: { onRequest } });
  const id = harness.simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0 });
  await harness.transfer({ id });
  isStalled = true;
  const deletion = event("DELETE /audio-projects/{id}", { pathParameters: { id } });
  return {
    harness,
    id,
    deletion,
    release: () => {
      isStalled = false;
    },
    [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose](),
  };
}

test("S3 is too slow to verify while the caller waits: a transfer takes over, and deletes once S3 is back", async () => {
  await using stalled = await copiedThenStalled("0-output.wav");
  const { harness, id, deletion, release } = stalled;
  const api = createApi(environmentOn(harness), harness.host);
  harness.wrap({
    "check-status": (run) => async (state, of) => {
      release();
      return run(state, of);
    },
  });
  const answer = await api(deletion, context(reservedMilliseconds + 3_000));
  expect(answer.statusCode).toBe(202);
  expect(harness.simulator.project(id).deletes).toBe(0);
  const name = String(contentOf(answer)["name"]);
  const ended = await harness.cloud.workflows.completion(
    `${localStateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`,
  );
  expect(ended).toMatchObject({ name, status: "SUCCEEDED" });
  expect(harness.simulator.project(id)).toMatchObject({ deletes: 1, deleted: true });
});

test("S3 is too slow to show the manifest: 503, because a transfer would copy what nobody copied", async () => {
  await using stalled = await copiedThenStalled("manifest.json");
  const { harness, id, deletion } = stalled;
  const api = createApi(environmentOn(harness), harness.host);
  const answer = await api(deletion, context(reservedMilliseconds + 3_000));
  expect(contentOf(answer)).toMatchObject({ status: 503, error: "StoreUnavailable" });
  expect(answer.headers).toMatchObject({ "retry-after": "10" });
  expect(harness.simulator.project(id).deletes).toBe(0);
  expect(harness.cloud.workflows.list(localStateMachineArn).items).toHaveLength(1);
});

test.each([0, reservedMilliseconds])(
  "a function with %i ms left verifies nothing, and deletes nothing",
  async (left) => {
    await using stalled = await copiedThenStalled("nothing");
    const { harness, id, deletion } = stalled;
    const answer = await createApi(environmentOn(harness), harness.host)(deletion, context(left));
    expect(answer.statusCode).toBe(503);
    expect(harness.simulator.project(id).deletes).toBe(0);
  },
);
