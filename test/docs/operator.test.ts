/** What the page tells the operator: names of outputs, alarms and errors, links, and what a failure looks like. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eventSource } from "../../functions/contract.ts";
import { afterAttempt } from "../../functions/domain/delivery.ts";
import { deliveryErrorNames, terminalErrorNames } from "../../functions/domain/errors.ts";
import { eventTypes, messageIdOf } from "../../functions/domain/event.ts";
import { outcomeOf } from "../../functions/domain/outcome.ts";
import { synthesizedTemplate } from "../lib/cloud/synthesized-stack.ts";
import { documentedEvents } from "./documented-transfers.ts";
import { codeBlock, codeBlocks, docs, page, tableRows } from "./page.ts";

const template = synthesizedTemplate();
const outputs = Object.keys(template.findOutputs("*"));
const alarms = Object.entries(template.findResources("AWS::CloudWatch::Alarm"));

describe("names on the page", () => {
  it("are ours, or AWS's or Node's where they begin with a capital", () => {
    const foreign = ["PutEvents", "ExecutionAlreadyExists", "FailStateEntered", "IncomingHttpHeaders"];
    const ours = [...terminalErrorNames, ...deliveryErrorNames, ...outputs, "Undelivered", "Unannounced"];
    const named = [...page.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => ![...ours, ...foreign].includes(name))).toEqual([]);
    expect([...terminalErrorNames, ...deliveryErrorNames].filter((name) => !named.includes(name))).toEqual([]);
  });

  it("are outputs of the stack where they stand in angle brackets", () => {
    const inCommands = codeBlocks("sh")
      .join("\n")
      .matchAll(/<([A-Z]\w+)>/g);
    const named = new Set([...inCommands].map(([, name = ""]) => name));
    expect([...named].filter((name) => !outputs.includes(name))).toEqual([]);
    expect(named.size).toBeGreaterThan(3);
  });

  it("are all errors that a delivery ends with", () => {
    const rows = tableRows("| error name | meaning | before you replay |");
    expect(rows.map(([name = ""]) => name.replaceAll("`", "")).sort()).toEqual([...deliveryErrorNames].sort());
  });

  it("are two alarms, and these lead to their sections of operations.md, which lead here", () => {
    const rows = tableRows("| alarm, as part of its name | it says |").map(([name = ""]) => name.replaceAll("`", ""));
    expect(rows).toEqual(["Undelivered", "Unannounced"]);
    const operations = readFileSync(new URL("operations.md", docs), "utf8");
    for (const name of rows) {
      const found = alarms.filter(([id]) => id.includes(name)).map(([, { Properties }]) => Properties);
      const AlarmDescription = expect.stringContaining(`docs/operations.md#${name.toLowerCase()}`);
      expect(found).toEqual([expect.objectContaining({ AlarmDescription })]);
      expect(operations).toContain(`[${name}](webhooks.md#${name.toLowerCase()})`);
    }
    expect(page).toContain("\n## What was not delivered\n");
  });

  it("are those of the events on the bus", () => {
    const pattern = JSON.parse(codeBlock("json", '"source"'));
    expect(pattern.source).toEqual([eventSource]);
    expect(eventTypes).toEqual(expect.arrayContaining(pattern["detail-type"]));
  });

  it("are looked for in the log as the alarm looks for them", () => {
    const filters = Object.values(template.findResources("AWS::Logs::MetricFilter"));
    const filter = filters.find(({ Properties }) => Properties.FilterPattern.includes("Not announced"));
    const [, pattern] = /--filter-pattern '([^']*)'/.exec(codeBlock("sh", "filter-log-events")) ?? [];
    const plain = (text = "") => text.replaceAll(/[()]/g, "");
    expect(plain(pattern)).toBe(plain(filter?.["Properties"].FilterPattern));
  });
});

describe("links on the page", () => {
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);

  it("lead to headings that are there", () => {
    const slugs = [...page.matchAll(/^#+ (.*)$/gm)].map(
      ([, heading = ""]) =>
        `#${heading
          .toLowerCase()
          .replaceAll(/[^\w -]/g, "")
          .replaceAll(" ", "-")}`,
    );
    const within = links.filter((link) => link.startsWith("#"));
    expect(within.length).toBeGreaterThan(5);
    expect(within.filter((link) => !slugs.includes(link))).toEqual([]);
  });

  it("lead to files that are there", () => {
    const files = links.filter((link) => !/^(?:#|https:)/.test(link));
    expect(files.length).toBeGreaterThan(4);
    expect(files.filter((file) => !existsSync(new URL(file, docs)))).toEqual([]);
  });
});

describe("the example of a cause", () => {
  it("is what an exhausted delivery fails with", () => {
    const event = documentedEvents["transfer.completed"];
    const delivery = { messageId: messageIdOf(event), endpoint: "https://one.example/hooks", event };
    const answer = { kind: "answered", status: 500, body: "the database is down" } as const;
    const outcome = outcomeOf(answer, { attempt: 10, now: 0, random: 0 });
    const earlier = Array.from({ length: 9 }, (_, index) => ({
      attempt: index + 1,
      at: "2026-08-22T10:01:30.000Z",
      outcome: "retry" as const,
      status: 500,
      waitSeconds: 5,
    }));
    const { failure } = afterAttempt(delivery, earlier, answer, outcome, 0);
    expect(failure?.error).toBe("DeliveryExhausted");
    expect(codeBlock("")).toBe(failure?.detail.errorMessage);
  });
});
