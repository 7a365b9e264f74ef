/** Looking at the vendor's projects by HTTP, and what the vendor's and Step Functions' failures look like from there. */
import { expect, test } from "vitest";
import { unusedPort } from "../support/unused-port.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";
import { complete, ServedApi } from "./served-api.ts";

test("a project is what the vendor says of it, without its download URLs", async () => {
  await using api = await ServedApi.start();
  const { simulator } = api.harness;
  const id = simulator.createProject({ ...complete(), outputs: 3, name: "Welcome message" });
  expect(await api.call(`GET /audio-projects/${id}`)).toMatchObject({
    status: 200,
    json: { id, status: "complete", verdict: "complete", name: "Welcome message", enabled: true, outputCount: 3 },
  });
  const pending = simulator.createProject({ endIn: "moderating", queuedSeconds: 0, renderingSeconds: 0 });
  expect(await api.call(`GET /audio-projects/${pending}`)).toMatchObject({
    status: 200,
    json: { status: "moderating", verdict: "pending", outputCount: 0 },
  });
  expect(api.answered.at(-1)).toEqual({
    message: "answered",
    route: "GET /audio-projects/{id}",
    status: 200,
    error: null,
  });
});

test("a project that is gone is 404, or not enabled, as the vendor has it", async () => {
  await using api = await ServedApi.start();
  expect(await api.call("GET /audio-projects/cnobody")).toMatchObject({ status: 404, json: { error: "NotFound" } });
  const id = api.harness.simulator.createProject({ ...complete(), disabled: true });
  expect(await api.call(`GET /audio-projects/${id}`)).toMatchObject({
    status: 200,
    json: { verdict: "gone", enabled: false },
  });
});

test.each([
  [401, "unauthorized"],
  [402, "insufficient_credits"],
  [403, "forbidden"],
])("the vendor refuses our key or account with %i: 502, and says so", async (status, code) => {
  const onRequest = everyAnswer("GET", refusal(status, code, "No."));
  await using api = await ServedApi.start({ simulator: { onRequest } });
  const id = api.harness.simulator.createProject(complete());
  const answer = await api.call(`GET /audio-projects/${id}`);
  expect(answer).toMatchObject({
    status: 502,
    json: { error: "Unauthorized", detail: `GET of project ${id}: the vendor answered ${status} (${code}: No.)` },
  });
  expect(answer.headers.has("retry-after")).toBe(false);
  expect(api.answered).toMatchObject([{ status: 502, error: "Unauthorized" }]);
});

test("the vendor refuses what was asked: 502 under another name", async () => {
  const onRequest = everyAnswer("GET", refusal(422, "invalid_request", "see https://a.example/?token=SECRET"));
  await using api = await ServedApi.start({ simulator: { onRequest } });
  const answer = await api.call("GET /audio-projects/cm1");
  expect(answer).toMatchObject({ status: 502, json: { error: "VendorRefused" } });
  expect(JSON.stringify(answer.json)).not.toContain("SECRET");
});

test("the vendor repeats our key in its refusal: nobody sees it", async () => {
  const apiKey = "mhk_live_0123456789abcdef";
  const onRequest = everyAnswer("GET", refusal(401, "unauthorized", `the key ${apiKey} is not known`));
  await using api = await ServedApi.start({ simulator: { onRequest, apiKey } });
  const answer = await api.call("GET /audio-projects/cm1");
  expect(answer).toMatchObject({ status: 502, json: { error: "Unauthorized" } });
  expect(JSON.stringify([answer.json, api.harness.log])).not.toContain(apiKey);
});

test.each([
  ["is down", "reset", "10"],
  ["answers 502", { status: 502 }, "10"],
  ["fails and says when to come back", { status: 503, headers: { "retry-after": "42" } }, "42"],
  ["says to come back tomorrow", { status: 503, headers: { "retry-after": "86400" } }, "300"],
  ["says to come back at once", { status: 503, headers: { "retry-after": "0" } }, "1"],
  ["answers nonsense", { status: 200, body: "<html>" }, "10"],
] as const)("the vendor %s: 503 with Retry-After", async (_, fault, seconds) => {
  await using api = await ServedApi.start({ simulator: { onRequest: firstAnswers("GET", [fault]) } });
  const id = api.harness.simulator.createProject(complete());
  const answer = await api.call(`GET /audio-projects/${id}`);
  expect(answer).toMatchObject({ status: 503, json: { title: "Service Unavailable", error: "VendorUnavailable" } });
  expect(answer.headers.get("retry-after")).toBe(seconds);
  expect(await api.call(`GET /audio-projects/${id}`)).toMatchObject({ status: 200 });
});

test("the vendor is asked too often and says when to come back: before then it is not asked again", async () => {
  const fault = { status: 429, headers: { "retry-after": "42" } };
  await using api = await ServedApi.start({ simulator: { onRequest: firstAnswers("GET", [fault]) } });
  const id = api.harness.simulator.createProject(complete());
  for (const _ of ["asked", "not asked"]) {
    const answer = await api.call(`GET /audio-projects/${id}`);
    expect(answer).toMatchObject({ status: 503, json: { error: "VendorUnavailable" } });
    const seconds = Number(answer.headers.get("retry-after"));
    expect([seconds > 30, seconds <= 42]).toEqual([true, true]);
  }
});

test("Step Functions is down: 503 with Retry-After, whatever is asked of transfers", async () => {
  const down = `http://127.0.0.1:${await unusedPort()}`;
  await using api = await ServedApi.start({ api: { AWS_ENDPOINT_URL_SFN: down } });
  const id = api.harness.simulator.createProject(complete());
  for (const answer of [
    await api.call("POST /transfers", { body: { id } }),
    await api.call("GET /transfers/order-7412"),
    await api.call("DELETE /transfers/order-7412"),
  ]) {
    expect(answer).toMatchObject({ status: 503, json: { error: "WorkflowsUnavailable" } });
    expect(answer.headers.get("retry-after")).toBe("10");
  }
  expect(await api.call(`GET /audio-projects/${id}`)).toMatchObject({ status: 200 });
});
