import { describe, expect, test } from "vitest";
import type { SimulatedFault } from "../../../lib/local/simulator/request-hook.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { authorizations, key, leaky, runApi } from "./running-api.ts";

describe("DELETE of a project", () => {
  test("deletes it", async () => {
    const { magicHour, simulator, arrived, id } = await runApi();
    await magicHour.deleteProject(id);
    expect(simulator.project(id)).toMatchObject({ deleted: true, deletes: 1 });
    expect(authorizations(arrived)).toEqual([`Bearer ${key}`]);
  });

  test.each([200, 202, 204, 404])("%i is success", async (status) => {
    const { magicHour, arrived, id } = await runApi([{ status }]);
    await magicHour.deleteProject(id);
    expect(arrived).toHaveLength(1);
  });

  test.each<[string, SimulatedFault]>([
    ["408", { status: 408, body: leaky }],
    ["429", { status: 429, body: leaky }],
    ["500", { status: 500, body: leaky }],
    ["503", { status: 503, body: leaky }],
    ["a reset", "reset"],
    ["silence", "stall"],
  ])("%s leaves the outcome open", async (_name, fault) => {
    const { magicHour, arrived, id } = await runApi([fault], fault === "stall" ? { callTimeout: 300 } : {});
    const error = await rejectionOf(magicHour.deleteProject(id));
    expect(error).toMatchObject({
      name: "VendorUnavailable",
      message: expect.stringContaining(`DELETE of project ${id}: `),
    });
    expect(everythingIn(error)).not.toContain("secret");
    expect(arrived).toHaveLength(1);
  });

  test.each<[number, string]>([
    [302, "TransferFailed"],
    [400, "TransferFailed"],
    [401, "Unauthorized"],
    [402, "Unauthorized"],
    [403, "Unauthorized"],
    [409, "TransferFailed"],
    [422, "TransferFailed"],
  ])("%i fails for good", async (status, name) => {
    const { magicHour, id } = await runApi([
      { status, headers: { location: "/v1/audio-projects/other" }, body: leaky },
    ]);
    const error = await rejectionOf(magicHour.deleteProject(id));
    expect(error).toMatchObject({ name, message: expect.stringContaining(`the vendor answered ${status} (bad: `) });
    expect(everythingIn(error)).not.toContain("secret");
  });
});
