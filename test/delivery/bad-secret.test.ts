/** A signing secret that is not usable: nothing goes out unsigned, and the transfer is not concerned. */
import { expect, test } from "vitest";
import { signingSecret, startNotifiedProject } from "../support/notified-project.ts";

const ofBytes = (count: number) => `whsec_${Buffer.alloc(count, 0x5a).toString("base64")}`;

test.each([
  ["too short", ofBytes(23), /24 to 64 bytes in base64, these are 23/],
  ["too long", ofBytes(65), /24 to 64 bytes in base64, these are 65/],
  ["no base64", "whsec_this*is*no*base64*but*long*enough*for*all", /24 to 64 bytes in base64, this is no base64/],
  ["too short beside one that is right", `${signingSecret} ${ofBytes(16)}`, /24 to 64 bytes in base64, these are 16/],
  ["five where four are the most", Array(5).fill(signingSecret).join(" "), /must hold 1 to 4 keys, this one holds 5/],
])("%s: the schedule runs out, and its reason names the bound and not the secret", async (_, secret, reason) => {
  await using project = await startNotifiedProject({ notifier: { signingSecret: secret } });
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  const [delivery] = await project.deliveries();
  expect(delivery).toMatchObject({ status: "FAILED", error: "DeliveryExhausted" });
  expect(delivery?.cause).toMatch(reason);
  expect(delivery?.attempts.map((attempt) => attempt.reason)).toEqual(
    Array(10).fill(expect.stringMatching(/^a signing secret must /)),
  );
  expect(project.receiver.attempts).toEqual([]);
  expect(project.receiver.openConnections).toBe(0);
  const hidden = secret.replaceAll("whsec_", "").split(" ");
  for (const text of hidden) expect(delivery?.everythingWritten.includes(text)).toBe(false);
  // The bus needs no signature.
  expect(project.harness.cloud.eventBus.events).toHaveLength(1);
});
