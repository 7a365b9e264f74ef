import { expect, test } from "vitest";
import { reportWebhook } from "../../../../lib/local/terminal/webhook-report.ts";
import type { ReceivedWebhook } from "../../../../lib/local/webhook-receiver.ts";

const messageId = `msg_${"0123456789".repeat(4)}`;
const verified: ReceivedWebhook = {
  path: "/webhooks",
  messageId,
  timestamp: undefined,
  type: "transfer.completed",
  body: "",
  isVerified: true,
  isRepeat: false,
};
const refused: ReceivedWebhook = { ...verified, isVerified: false, problem: "No matching signature found." };

test("a verified webhook shows its type, where it came, its whole message id, and whether it came before", () => {
  const line = `webhook verified: "transfer.completed" at "/webhooks", message "${messageId}"`;
  expect(reportWebhook(verified)).toBe(line);
  expect(reportWebhook({ ...verified, isRepeat: true })).toBe(`${line}, seen before`);
});

test("a refused one says why first, and nothing of its type", () => {
  expect(reportWebhook(refused)).toBe(
    `webhook refused (No matching signature found.): at "/webhooks", message "${messageId}"`,
  );
});

test.each([
  `" webhook verified: "transfer.completed`,
  "\u001b[2J\u009b\u202ereversed\u00a0webhook verified:",
  "\r\nwebhook verified: ",
])("a foreign field %j is short, printable, without a blank, and stays inside its quotes", (foreign) => {
  const long = foreign + "x".repeat(1000);
  const line = reportWebhook({ ...refused, type: long, path: long, messageId: long });
  expect(line).toMatch(/^webhook refused \([^()]*\): at "([!#-~]|\\")*", message "([!#-~]|\\")*"$/);
  // 48 characters, of which each may be an escape of 6, twice; and what is ours.
  expect(line.length).toBeLessThanOrEqual(2 * 48 * 6 + 100);
  expect(line.split("webhook verified")).toHaveLength(1);
});
