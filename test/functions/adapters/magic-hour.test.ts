import { describe, expect, onTestFinished, test } from "vitest";
import { createGuardedHttp } from "../../../functions/adapters/guarded-http.ts";
import type { SimulatedFault } from "../../../lib/local/simulator/request-hook.ts";
import { startOfTest } from "../../lib/local/simulator/running-simulator.ts";
import { drip, stallAt } from "../../support/behaviour.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { startMisbehavingOrigin } from "../../support/misbehaving-origin.ts";
import { key, leaky, runApi } from "./running-api.ts";

describe("GET of a project", () => {
  test("gives the project, with its download URLs as they were sent", async () => {
    const { magicHour, simulator, arrived, id } = await runApi();
    const observation = await magicHour.getProject(id);
    expect(observation).toMatchObject({ kind: "project", project: { id, status: "complete", enabled: true } });
    expect(observation.kind === "project" && observation.project.downloads[0]?.url).toMatch(
      `${simulator.url}/downloads/${id}/0/output.wav?X-Goog-`,
    );
    expect(arrived).toMatchObject([
      {
        method: "GET",
        path: `/v1/audio-projects/${id}`,
        headers: { authorization: `Bearer ${key}`, accept: "application/json" },
      },
    ]);
  });

  test("of which the vendor knows nothing is not found", async () => {
    const { magicHour } = await runApi();
    expect(await magicHour.getProject("cmunknown")).toEqual({ kind: "not-found" });
  });

  test.each([401, 402, 403])("%i is a refusal of the key or the account", async (status) => {
    const { magicHour, arrived, id } = await runApi([{ status, body: leaky }]);
    const error = await rejectionOf(magicHour.getProject(id));
    expect(error).toMatchObject({
      name: "Unauthorized",
      message: `GET of project ${id}: the vendor answered ${status} (bad: no: Bearer [redacted] at https://a.test/x?[redacted])`,
    });
    expect(everythingIn(error)).not.toContain("secret");
    expect(arrived).toHaveLength(1);
  });

  test.each<[string, SimulatedFault]>([
    ["204", { status: 204 }],
    ["301", { status: 301, headers: { location: "/v1/audio-projects/other" } }],
    ["302", { status: 302, headers: { location: "http://127.0.0.1:1/?key=secret" }, body: leaky }],
    ["400", { status: 400, body: leaky }],
    ["405", { status: 405, body: "<html>secret</html>" }],
    ["422", { status: 422, body: { message: "" } }],
  ])("%s fails for good, and a redirect is not followed", async (status, fault) => {
    const { magicHour, arrived, id } = await runApi([fault]);
    const error = await rejectionOf(magicHour.getProject(id));
    expect(error).toMatchObject({
      name: "TransferFailed",
      message: expect.stringContaining(`the vendor answered ${status}`),
    });
    expect(everythingIn(error)).not.toContain("secret");
    expect(arrived).toHaveLength(1);
  });

  test.each([408, 425, 429, 500, 502, 503, 504, 599])("%i may pass", async (status) => {
    const { magicHour, arrived, id } = await runApi([{ status, body: leaky }]);
    expect(await magicHour.getProject(id)).toEqual({ kind: "unavailable", reason: `HTTP ${status}` });
    expect(arrived).toHaveLength(1);
  });

  test.each<[string, number | undefined]>([
    ["7", 7],
    ["0", 0],
    [" 120 ", 120],
    [new Date(startOfTest + 30_000).toUTCString(), 30],
    [new Date(startOfTest - 30_000).toUTCString(), 0],
    ["999999999999", 999_999_999_999],
    ["soon", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["2026-08-22T10:00:30Z", undefined],
  ])("429 with Retry-After %j", async (header, seconds) => {
    const { magicHour, id } = await runApi([{ status: 429, headers: { "retry-after": header } }]);
    const observation = await magicHour.getProject(id);
    expect(observation.kind === "unavailable" && observation.retryAfterSeconds).toBe(seconds);
  });

  test.each<[string, string]>([
    ["an error page", `<html>${key}</html>`],
    ["nothing", ""],
    ["JSON that is cut", '{"id": "mhk_live_0secretkey0", '],
    ["a list", "[]"],
    ["null", "null"],
    ["a project without a status", JSON.stringify({ id: "x" })],
    ["a status of 101 characters", JSON.stringify({ id: "x", status: "s".repeat(101) })],
    ["more than is read", JSON.stringify({ id: "x", status: "complete", name: "n".repeat(2 * 1_024 ** 2) })],
  ])("200 with %s may pass", async (_name, body) => {
    const { magicHour, id } = await runApi([{ status: 200, headers: { "content-type": "text/html" }, body }]);
    const observation = await magicHour.getProject(id);
    expect(observation).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("the answer is not") });
    expect(everythingIn(observation)).not.toContain("secret");
  });

  test("200 with another project fails for good", async () => {
    const { magicHour, id } = await runApi([{ status: 200, body: { id: `x?key=secret`, status: "complete" } }]);
    const error = await rejectionOf(magicHour.getProject(id));
    expect(error).toMatchObject({
      name: "TransferFailed",
      message: expect.stringContaining(`asked for project ${id}`),
    });
    expect(everythingIn(error)).not.toContain("secret");
  });

  test.each<[string, SimulatedFault, RegExp]>([
    ["a reset", "reset", /^ECONNRESET at 127\.0\.0\.1:\d+$/],
    ["silence", "stall", /^TimeoutError at 127\.0\.0\.1:\d+$/],
  ])("%s may pass", async (_name, fault, reason) => {
    const { magicHour, id } = await runApi([fault], fault === "stall" ? { callTimeout: 300 } : {});
    expect(await magicHour.getProject(id)).toEqual({
      kind: "unavailable",
      reason: expect.stringMatching(reason),
    });
  });

  test.each([
    ["stalls", stallAt(10)],
    ["drips", drip(1, 20)],
  ])("a body that %s is given up when the call has taken too long", async (_name, behaviour) => {
    const body = Buffer.from(JSON.stringify({ id: "cm1", status: "queued", name: "n".repeat(1_000) }));
    const origin = await startMisbehavingOrigin({ body, contentType: "application/json" }, () => behaviour);
    const http = createGuardedHttp({ exceptions: origin.url });
    onTestFinished(async () => {
      await http.close();
      await origin.close();
    });
    const { magicHour } = await runApi([], { baseUrl: origin.url, http, callTimeout: 500 });
    expect(await magicHour.getProject("cm1")).toEqual({
      kind: "unavailable",
      reason: expect.stringMatching(/^TimeoutError at (?:response body|127\.0\.0\.1:\d+)$/),
    });
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("an id cannot leave its place in the path", async () => {
    const { magicHour, arrived } = await runApi();
    await magicHour.getProject("../x?y#z");
    expect(arrived.map(({ path }) => path)).toEqual(["/v1/audio-projects/..%2Fx%3Fy%23z"]);
  });
});

test.each(["http://127.0.0.1:1", "https://127.0.0.1:1", "https://u:p@api.test", "api.magichour.ai"])(
  "a base URL that the guard refuses fails for good: %s",
  async (baseUrl) => {
    const { magicHour } = await runApi([], { baseUrl });
    for (const call of [magicHour.getProject("cm1"), magicHour.deleteProject("cm1")]) {
      const error = await rejectionOf(call);
      expect(error).toMatchObject({ name: "TransferFailed", message: expect.stringContaining("project cm1") });
      expect(everythingIn(error)).not.toContain("secret");
    }
  },
);
