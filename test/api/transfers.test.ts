/** Starting, following and stopping transfers by HTTP. */
import { expect, test } from "vitest";
import { transferNameOf } from "../../functions/domain/transfer-name.ts";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import type { RequestHook } from "../../lib/local/simulator/request-hook.ts";
import { complete, ServedApi } from "./served-api.ts";

/** Holds up the vendor's answers until it is opened, so that a transfer is surely still running. */
function gate(): { readonly onRequest: RequestHook; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { onRequest: () => promise, open: () => resolve(undefined) };
}

test("a transfer is started, and followed until everything is in S3 and the project deleted", async () => {
  await using api = await ServedApi.start();
  const id = api.harness.simulator.createProject();
  const body = { id, deleteAfterDownload: true, metadata: { order: 7412 } };

  const started = await api.call("POST /transfers", { body });
  const name = transferNameOf(body);
  expect(started.status).toBe(202);
  expect(started.headers.get("location")).toBe(`/transfers/${name}`);
  expect(started.headers.get("cache-control")).toBe("no-store");
  expect(started.json).toMatchObject({
    name,
    status: "RUNNING",
    stoppedAt: null,
    input: body,
    output: null,
    error: null,
  });

  const ended = await api.follow(name);
  expect(ended).toMatchObject({ name, status: "SUCCEEDED", input: body, error: null });
  expect(ended.output).toMatchObject({ id, verdict: "complete", deleted: "yes", metadata: { order: 7412 } });
  const [receipt] = ended.output?.outputs ?? [];
  const audio = Buffer.concat([...(await api.harness.simulator.output(id)).read()]);
  expect((await api.harness.stored(receipt?.key ?? "")).equals(audio)).toBe(true);
  expect(api.harness.simulator.project(id)).toMatchObject({ deletes: 1, deleted: true });
});

test("a repeat is the first, while it runs and when it is over, in other words too", async () => {
  const vendor = gate();
  await using api = await ServedApi.start({ simulator: { onRequest: vendor.onRequest } });
  const id = api.harness.simulator.createProject(complete());
  const name = await api.start({ id });

  const running = await api.call("POST /transfers", { body: { id } });
  expect(running).toMatchObject({ status: 200, json: { name, status: "RUNNING", input: { id } } });
  expect(running.headers.get("location")).toBe(`/transfers/${name}`);
  const otherWords = { downloadDirectory: `audio-projects/${id}`, waitForCompletion: true, id };
  const reworded = await api.call("POST /transfers", { body: otherWords });
  expect(reworded).toMatchObject({ status: 200, json: { name, input: { id } } });

  vendor.open();
  const ended = await api.follow(name);
  const over = await api.call("POST /transfers", { body: otherWords });
  expect(over).toMatchObject({ status: 200, json: ended });
  expect(api.harness.cloud.workflows.list(localStateMachineArn).items).toHaveLength(1);
});

test("callers who start the same at the same moment get one transfer", async () => {
  await using api = await ServedApi.start();
  const id = api.harness.simulator.createProject(complete());
  const answers = await Promise.all(Array.from({ length: 8 }, () => api.call("POST /transfers", { body: { id } })));
  for (const { status } of answers) expect([200, 202]).toContain(status);
  expect(new Set(answers.map(({ json }) => (json as { name: string }).name)).size).toBe(1);
  expect(api.harness.cloud.workflows.list(localStateMachineArn).items).toHaveLength(1);
  await api.follow(transferNameOf({ id }));
});

test("an Idempotency-Key names the transfer; with another input it is a conflict that names the first", async () => {
  await using api = await ServedApi.start();
  const { simulator } = api.harness;
  const [id, other] = [simulator.createProject(complete()), simulator.createProject(complete())];
  const headers = { "idempotency-key": "order-7412" };
  expect(await api.start({ id }, headers)).toBe("order-7412");
  await api.follow("order-7412");

  expect(await api.call("POST /transfers", { body: { id }, headers })).toMatchObject({ status: 200 });
  for (const body of [{ id: other }, { id, deleteAfterDownload: true }, { id, metadata: { a: 1 } }]) {
    const conflict = await api.call("POST /transfers", { body, headers });
    expect(conflict).toMatchObject({
      status: 409,
      json: { type: "about:blank", title: "Conflict", status: 409, error: "Conflict", transfer: "order-7412" },
    });
    expect(conflict.headers.get("location")).toBe("/transfers/order-7412");
    expect(conflict.headers.get("content-type")).toBe("application/problem+json");
  }
  expect(simulator.project(other).gets).toBe(0);
  expect(simulator.project(id).deletes).toBe(0);
});

test("what somebody else started under the name with an input that is none is a conflict, too", async () => {
  await using api = await ServedApi.start();
  await api.harness.transfer({ id: "../x" }, "order-7412");
  const headers = { "idempotency-key": "order-7412" };
  expect(await api.call("POST /transfers", { body: { id: "cm1" }, headers })).toMatchObject({ status: 409 });
  expect(await api.call("GET /transfers/order-7412")).toMatchObject({
    status: 200,
    json: { status: "FAILED", input: { id: "../x" }, error: { name: "InvalidInput" } },
  });
});

test("a transfer that failed says why", async () => {
  await using api = await ServedApi.start();
  const error = { code: "RENDER_FAILED", message: "see https://audio.magichour.ai/a.wav?X-Goog-Signature=abc" };
  const id = api.harness.simulator.createProject({ ...complete(), endIn: "error", error });
  const ended = await api.follow(await api.start({ id }));
  expect(ended).toMatchObject({ status: "FAILED", output: null, error: { name: "ProjectFailed" } });
  expect(ended.error?.message).toContain("RENDER_FAILED");
  expect(Date.parse(ended.stoppedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(ended.startedAt));
});

test("a transfer is stopped, and stopping it again changes nothing", async () => {
  const vendor = gate();
  await using api = await ServedApi.start({ simulator: { onRequest: vendor.onRequest } });
  const id = api.harness.simulator.createProject(complete());
  const name = await api.start({ id, deleteAfterDownload: true });

  const stopped = await api.call(`DELETE /transfers/${name}`);
  expect(stopped).toMatchObject({ status: 200, json: { name, status: "ABORTED", error: { name: "Stopped" } } });
  expect(await api.call(`DELETE /transfers/${name}`)).toMatchObject({ status: 200, json: stopped.json as object });
  vendor.open();
  expect(await api.follow(name)).toMatchObject({ status: "ABORTED", output: null });
  expect(await api.harness.keysBelow("audio-projects/")).toEqual([]);
  expect(api.harness.simulator.project(id).deletes).toBe(0);
});

test("a transfer that is over is not stopped: it is shown as it ended", async () => {
  await using api = await ServedApi.start();
  const id = api.harness.simulator.createProject(complete());
  const name = await api.start({ id });
  const ended = await api.follow(name);
  expect(ended.status).toBe("SUCCEEDED");
  expect(await api.call(`DELETE /transfers/${name}`)).toMatchObject({ status: 200, json: ended });
});

test("there is no such transfer: 404", async () => {
  await using api = await ServedApi.start();
  for (const name of ["order-7412", "a".repeat(80), "a".repeat(81), "a:b", "a%2Fb", "a%20b", "%C3%A4"]) {
    for (const method of ["GET", "DELETE"] as const) {
      expect(await api.call(`${method} /transfers/${name}`)).toMatchObject({
        status: 404,
        json: { title: "Not Found", status: 404, error: "NotFound", detail: expect.stringContaining("no transfer") },
      });
    }
  }
});

test("every request is logged once, with the transfer's name where there is one, and never its body", async () => {
  await using api = await ServedApi.start();
  const id = api.harness.simulator.createProject(complete());
  const name = await api.start({ id, metadata: { note: "for nobody's eyes" } });
  await api.follow(name);
  const answered = api.answered;
  await api.call("GET /transfers/none");
  await api.call("POST /transfers", { body: { id, metadata: "for nobody's eyes" } });
  await api.call("DELETE /transfers/none?verbose=1");
  const started = { message: "answered", route: "POST /transfers", status: 202, error: null, execution: name };
  expect(answered[0]).toEqual(started);
  expect(answered.at(-1)).toEqual({ ...started, route: "GET /transfers/{name}", status: 200 });
  expect(api.answered.slice(answered.length)).toEqual([
    { message: "answered", route: "GET /transfers/{name}", status: 404, error: "NotFound" },
    { message: "answered", route: "POST /transfers", status: 400, error: "InvalidInput" },
    { message: "answered", route: "DELETE /transfers/{name}", status: 400, error: "InvalidInput" },
  ]);
  expect(JSON.stringify(api.harness.log)).not.toContain("nobody's eyes");
});
