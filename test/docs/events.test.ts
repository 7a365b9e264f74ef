import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eventTypes, messageIdOf } from "../../functions/domain/event.ts";
import { parseSigningKeys, signatureHeader } from "../../functions/domain/signature.ts";
import { documentedEvents } from "./documented-transfers.ts";
import { codeBlock, codeBlocks, docs, page, tableRows } from "./page.ts";

const fileOf = (type: string) => readFileSync(new URL(`events/${type}.json`, docs), "utf8");

describe.each(eventTypes)("the example of %s", (type) => {
  it("is what a transfer that ended so would send", () => {
    expect(fileOf(type)).toBe(`${JSON.stringify(documentedEvents[type], null, 2)}\n`);
    expect(documentedEvents[type].type).toBe(type);
  });

  it("stands in the page as it stands in its file", () => {
    expect(`${codeBlock("json", `"type": "${type}"`)}\n`).toBe(fileOf(type));
  });
});

describe("the page's examples", () => {
  it("are all there are", () => {
    const files = [...eventTypes, "transfer-event.schema"].map((name) => `${name}.json`);
    expect(readdirSync(new URL("events/", docs)).sort()).toEqual(files.sort());
    expect(codeBlocks("json").filter((code) => code.includes('"timestamp"'))).toHaveLength(eventTypes.length);
  });

  it("have the fields that the page explains", () => {
    const explained = tableRows("| field of `data` | meaning |").flatMap(([names = ""]) => names.split(", "));
    for (const type of eventTypes) {
      const fields = Object.keys(documentedEvents[type].data).map((field) => `\`${field}\``);
      expect(fields.sort()).toEqual(explained.sort());
    }
    expect(Object.keys(documentedEvents["transfer.failed"].data.project ?? {}).join(", ")).toBe(
      /`\{ (name, .*?) \}`/.exec(page.slice(page.indexOf("| `project` |")))?.[1],
    );
  });

  it("hold no secret of the vendor", () => {
    expect(page + eventTypes.map(fileOf).join("")).not.toMatch(/SECRET|X-Goog/);
  });

  it("come with the headers that are shown", () => {
    const event = documentedEvents["transfer.completed"];
    const headers = Object.fromEntries(
      codeBlock("http")
        .split("\n")
        .map((line) => line.split(": ")),
    );
    const [secret = ""] = /whsec_[\w+/]{20,}/.exec(page) ?? [];
    const message = {
      messageId: messageIdOf(event),
      timestamp: Date.parse(event.timestamp) / 1_000 + 1,
      body: JSON.stringify(event),
    };
    expect(headers).toEqual({
      "webhook-id": message.messageId,
      "webhook-timestamp": String(message.timestamp),
      "webhook-signature": signatureHeader(message, parseSigningKeys(secret)),
    });
  });
});
