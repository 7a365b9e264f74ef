/** Names that lie about their address, for one attempt of a delivery: the resolver is replaced, and nothing else. */
import type { LookupAddress } from "node:dns";
import { expect, onTestFinished, test } from "vitest";
import type { Resolver } from "../../functions/adapters/address-guard.ts";
import { createGuardedHttp } from "../../functions/adapters/guarded-http.ts";
import { fixedSigningSecret } from "../../functions/adapters/signing-secrets.ts";
import { postWebhook } from "../../functions/adapters/webhook.ts";
import { buildEvent, messageIdOf } from "../../functions/domain/event.ts";
import type { Answer } from "../../functions/domain/outcome.ts";
import { signingSecret } from "../support/notified-project.ts";
import { httpAnswer, startRawListener } from "../support/raw-listener.ts";
import { answering, publicAddress, rebinding, startRebindingServer } from "../support/rebinding.ts";

/** One attempt to an endpoint whose name this resolver knows. */
async function attempt(endpoint: string, resolve: Resolver): Promise<Answer> {
  const http = createGuardedHttp({ resolve });
  onTestFinished(() => http.close());
  const execution = { name: "transfer", startedAt: new Date(0).toISOString() };
  const event = buildEvent({ execution, input: { id: "cproject" } }, 0);
  const delivery = { messageId: messageIdOf(event), endpoint, event };
  return postWebhook(delivery, { http, signingSecret: fixedSigningSecret(signingSecret), now: Date.now });
}

test.each<[string, readonly LookupAddress[]]>([
  ["loopback", [{ address: "127.0.0.1", family: 4 }]],
  ["public first, loopback second", [publicAddress, { address: "127.0.0.1", family: 4 }]],
  ["public IPv4, mapped loopback", [publicAddress, { address: "::ffff:127.0.0.1", family: 6 }]],
  ["the metadata service", [{ address: "169.254.169.254", family: 4 }]],
  ["nothing", []],
])("a name that resolves to %s gets no webhook", async (_, addresses) => {
  const raw = await startRawListener((socket) => socket.end(httpAnswer()));
  onTestFinished(() => raw.close());
  const endpoint = `https://rebinding.test:${raw.port}/s3cret?token=s3cret`;
  const answer = await attempt(endpoint, answering(...addresses));
  expect(answer).toEqual({ kind: "refused", reason: "rebinding.test resolves to an address that is not public" });
  expect(raw.connections).toBe(0);
});

test("nor does one that is public when looked up and loopback when connected to", async () => {
  await using server = await startRebindingServer();
  const answer = await attempt(`https://rebinding.test:${server.port}/s3cret`, rebinding);
  expect(answer).toEqual({ kind: "refused", reason: "rebinding.test connected to an address that is not public" });
  await server.connected;
  expect(server.requests).toBe(0);
});

test("a name that does not resolve may resolve later: that is no refusal", async () => {
  const fault = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
  const answer = await attempt("https://nowhere.test/s3cret", (_hostname, callback) => callback(fault, []));
  expect(answer).toEqual({ kind: "unanswered", reason: "ENOTFOUND at nowhere.test" });
});
