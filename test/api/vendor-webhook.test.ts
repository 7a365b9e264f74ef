/** The public route on the same API: its answers are as documented. What it does is shown where the function is tested. */
import { expect, test } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import { unusedPort } from "../support/unused-port.ts";
import { eventBody, type WebhookParts, webhookRequest } from "../support/vendor-webhook.ts";
import { complete, ServedApi, type ServedApiOptions } from "./served-api.ts";

/** Sends a webhook. */
async function sent(api: ServedApi, parts: WebhookParts) {
  const { body = "", headers } = webhookRequest({ at: api.harness.now(), ...parts });
  const given = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return api.call("POST /webhooks/magic-hour", { body, headers: Object.fromEntries(given) });
}

test("a webhook starts a transfer, and a replay finds it", async () => {
  await using api = await ServedApi.start();
  const id = api.harness.simulator.createProject(complete());
  const body = eventBody("audio.completed", id, { name: "Gr\u00fc\u00dfe \u{1f3b5}" });
  const answer = await sent(api, { body });
  expect(answer).toMatchObject({ status: 202, json: { started: true } });
  const { name } = answer.json as { name: string };
  expect(await api.follow(name)).toMatchObject({ status: "SUCCEEDED", input: { id } });
  expect(await sent(api, { body })).toMatchObject({ status: 200, json: { name, started: false } });
  expect(await sent(api, { body: eventBody("audio.started", id) })).toMatchObject({ status: 204 });
});

const down = async (): Promise<ServedApiOptions> => ({
  api: { AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${await unusedPort()}` },
});
const asItIs = async (): Promise<ServedApiOptions> => ({});
const unset = async (): Promise<ServedApiOptions> => ({ api: { [environmentNames.vendorWebhookSecret]: "" } });

test.each<[string, () => Promise<ServedApiOptions>, WebhookParts, number, string]>([
  ["another secret's", asItIs, { body: eventBody("audio.completed", "cm1"), secret: "other" }, 401, "SignatureRefused"],
  ["other bytes", asItIs, { body: eventBody("audio.completed", "cm1"), sent: "{}" }, 401, "SignatureRefused"],
  ["no event", asItIs, { body: "[]" }, 400, "InvalidInput"],
  ["no usable id", asItIs, { body: eventBody("audio.completed", "a/b") }, 400, "InvalidInput"],
  ["too much", asItIs, { body: " ".repeat(262_145) }, 413, "BodyTooLarge"],
  ["what cannot be started", down, { body: eventBody("audio.completed", "cm1") }, 503, "WebhookNotTaken"],
  ["what cannot be checked", unset, { body: eventBody("audio.completed", "cm1") }, 503, "WebhookNotTaken"],
])("a webhook with %s is refused", async (_, options, parts, status, error) => {
  await using api = await ServedApi.start(await options());
  expect(await sent(api, parts)).toMatchObject({ status, json: { error } });
});
