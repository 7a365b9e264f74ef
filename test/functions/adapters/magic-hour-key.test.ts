import { describe, expect, test } from "vitest";
import { fixedSecret, type Secret } from "../../../functions/adapters/secrets.ts";
import { Unauthorized, VendorUnavailable } from "../../../functions/domain/errors.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { authorizations, key, runApi } from "./running-api.ts";

const otherKey = "mhk_live_1secretkey1";

/** A secret that is rotated to the next text when it is forgotten. */
function rotating(...texts: readonly string[]): Secret {
  let at = 0;
  return {
    read: async () => texts[Math.min(at, texts.length - 1)] ?? "",
    forget: () => {
      at += 1;
    },
  };
}

describe("the key", () => {
  test("is read again once after a 401, and used if it was rotated", async () => {
    const apiKey = rotating(otherKey, key);
    const { magicHour, arrived, id } = await runApi([], { apiKey });
    expect(await magicHour.getProject(id)).toMatchObject({ kind: "project" });
    expect(authorizations(arrived)).toEqual([`Bearer ${otherKey}`, `Bearer ${key}`]);
  });

  test("that was rotated to one that is refused too is not tried a third time", async () => {
    const { magicHour, arrived, id } = await runApi([], { apiKey: rotating(otherKey, "mhk_live_2", key) });
    await expect(magicHour.getProject(id)).rejects.toMatchObject({ name: "Unauthorized" });
    expect(arrived).toHaveLength(2);
  });

  test("that cannot be read now may be read later", async () => {
    const apiKey = { ...fixedSecret(key), read: () => Promise.reject(new VendorUnavailable("throttled")) };
    const { magicHour, arrived, id } = await runApi([], { apiKey });
    expect(await magicHour.getProject(id)).toEqual({ kind: "unavailable", reason: "throttled" });
    await expect(magicHour.deleteProject(id)).rejects.toMatchObject({ name: "VendorUnavailable" });
    expect(arrived).toEqual([]);
  });

  test("that is not there fails for good", async () => {
    const apiKey = { ...fixedSecret(key), read: () => Promise.reject(new Unauthorized("empty")) };
    const { magicHour, arrived, id } = await runApi([], { apiKey });
    await expect(magicHour.getProject(id)).rejects.toMatchObject({ name: "Unauthorized", message: "empty" });
    expect(arrived).toEqual([]);
  });

  test.each([`{\n  "key": "${key}"\n}`, `${key}\u0000`, `${key}ü`, ""])(
    "that no header can carry (%j) is a refusal, not something that may pass",
    async (text) => {
      const { magicHour, arrived, id } = await runApi([], { apiKey: fixedSecret(text) });
      const error = await rejectionOf(magicHour.getProject(id));
      expect(error.name).toBe("Unauthorized");
      expect(everythingIn(error)).not.toContain("secretkey");
      expect(arrived).toEqual([]);
    },
  );

  test("that was rotated is used for a DELETE too", async () => {
    const { magicHour, simulator, id } = await runApi([], { apiKey: rotating(otherKey, key) });
    await magicHour.deleteProject(id);
    expect(simulator.project(id)).toMatchObject({ deleted: true, deletes: 2 });
  });
});

test("a key of any form that the vendor's error repeats stays out of our error", async () => {
  const odd = "AKEYOFNOKNOWNFORM42";
  const body = JSON.stringify({ code: "unauthorized", message: `no such key: ${odd}` });
  const { magicHour, id } = await runApi([{ status: 403, body }], { apiKey: fixedSecret(odd) });
  const error = await rejectionOf(magicHour.getProject(id));
  expect(error).toMatchObject({ name: "Unauthorized", message: expect.stringContaining("no such key: [redacted]") });
  expect(everythingIn(error)).not.toContain(odd);
});
