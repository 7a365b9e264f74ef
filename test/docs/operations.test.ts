/** The operator's page against the stack: a section for each alarm, and names and figures that are there. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defaultMaxOutputBytes, functionTimeoutSeconds } from "../../functions/contract.ts";
import { markerKinds } from "../../functions/domain/cleanup-name.ts";
import { deliveryErrorNames, passingErrorNames, terminalErrorNames } from "../../functions/domain/errors.ts";
import { AudioTransfer } from "../../lib/cloud/audio-transfer.ts";
import { alarmIds } from "../../lib/cloud/watching/alarm-definition.ts";
import { unitPrices } from "../../lib/cloud/watching/cost-estimate.ts";
import { logMetrics } from "../../lib/cloud/watching/log-metrics.ts";
import { metricNamespace } from "../../lib/cloud/watching/transfer-metrics.ts";
import { synthesizedTemplate } from "../lib/cloud/synthesized-stack.ts";
import { filtersOf } from "../lib/cloud/watching/metric-filters.ts";
import { smallProject } from "../support/notified-project.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { everyAnswer, refusal } from "../support/vendor-answers.ts";
import { codeIn, commandBlocks, lineRows, operations as page, tableWith } from "./operations-page.ts";
import { docs } from "./page.ts";

const template = synthesizedTemplate();
const outputs = Object.keys(template.findOutputs("*"));

/** The sections below "Alarms", by their headings. */
const alarmSections = (() => {
  const [, alarms = ""] = /^## Alarms\n(.*?)^## /ms.exec(page) ?? [];
  return alarms
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [heading = "", ...lines] = section.split("\n");
      return { heading, text: lines.join("\n") };
    });
})();

describe("every alarm", () => {
  const descriptions = Object.values(template.findResources("AWS::CloudWatch::Alarm")).map(({ Properties }) =>
    String(Properties.AlarmDescription),
  );
  const linked = descriptions.map((text) => /docs\/operations\.md#(\w+)$/.exec(text)?.[1]);

  it("of the stack has exactly one section, and leads to it; every section has an alarm", () => {
    const headings = alarmSections.map(({ heading }) => heading);
    expect(linked.sort()).toEqual(headings.map((heading) => heading.toLowerCase()).sort());
    expect(headings.sort()).toEqual([...alarmIds].sort());
  });

  it.each(alarmIds)("%s: what it means, what to look at and to do, and what is not lost", (id) => {
    const text = alarmSections.find(({ heading }) => heading === id)?.text ?? "";
    const order = ["**It means**", "**Look at**", "```sh", "**Do**", "**Not lost**"].map((part) => text.indexOf(part));
    expect(order.every((position) => position >= 0)).toBe(true);
    expect([...order].sort((one, other) => one - other)).toEqual(order);
  });
});

describe("names on the page", () => {
  it("are outputs of the stack where a command asks for one", () => {
    const inCommands = commandBlocks.join("\n");
    const asked = [...inCommands.matchAll(/(?:\(|^)output (\w+)|<([A-Z]\w+)>/gm)].map(([, one, other]) => one ?? other);
    const inTable = [...page.matchAll(/`(\w+(?:Arn|Url))`/g)].map(([, name]) => name);
    const named = new Set([...asked, ...inTable]);
    expect([...named].filter((name = "") => !outputs.includes(name))).toEqual([]);
    expect(named.size).toBeGreaterThan(8);
  });

  it("are errors and metrics of ours, or AWS's where they begin with a capital", () => {
    const ours = [
      ...terminalErrorNames,
      ...deliveryErrorNames,
      ...passingErrorNames,
      ...outputs,
      metricNamespace,
      ...Object.keys(logMetrics),
      AudioTransfer.name,
    ];
    const named = [...page.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(ours as string[]).includes(name))).toEqual([]);
    const explained = tableWith("| error | what to do |").flatMap(([name = ""]) => codeIn(name));
    expect(explained.sort()).toEqual([...terminalErrorNames].sort());
  });

  it("are the kinds of markers, in a table", () => {
    const kinds = tableWith("| kind | left when | what the cleanup does |").flatMap(([kind = ""]) => codeIn(kind));
    expect(kinds).toEqual([...markerKinds]);
  });

  it("are all lines that metrics count, with the facts that they need", () => {
    const patterns = filtersOf(template).map(({ pattern }) => pattern);
    const counted = patterns.filter((pattern) => pattern.includes("$.message.message"));
    expect(counted.length).toBeGreaterThan(15);
    for (const pattern of counted) {
      const [, line = ""] = /\$\.message\.message = "([^"]+)"/.exec(pattern) ?? [];
      const row = lineRows.find(({ lines }) => lines.includes(line));
      const needed = [...pattern.matchAll(/\$\.message\.(\w+)/g)].map(([, fact = ""]) => fact);
      expect(needed.filter((fact) => fact !== "message" && !row?.facts.includes(fact))).toEqual([]);
      expect(row).toBeDefined();
    }
  });

  it("are the facts that lines really have", async () => {
    await using harness = await TransferHarness.start({
      simulator: { onRequest: everyAnswer("DELETE", refusal(500)) },
    });
    const id = harness.simulator.createProject(smallProject);
    await harness.transfer({ id, deleteAfterDownload: true });
    await harness.transfer({ id: "../" });
    await harness.deliveries();
    const found = new Map(harness.log.map((line) => [(line as { message: string }).message, Object.keys(line)]));
    const shown = [
      "polled",
      "copied",
      "copying",
      "output copied",
      "left to the cleanup",
      "announced",
      "attempted",
      "failed",
    ];
    for (const name of shown) {
      const row = lineRows.find(({ lines }) => lines.includes(name));
      expect(found.get(name)?.filter((fact) => fact !== "message")).toEqual(row?.facts);
    }
  });

  it("are headings and files that are there, where links lead", () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    const [within, without] = [
      links.filter((link) => link.startsWith("#")),
      links.filter((link) => !link.startsWith("#")),
    ];
    expect(within.length).toBeGreaterThan(20);
    expect(within.filter((link) => !anchorsOf(page).includes(link))).toEqual([]);
    for (const link of without) {
      const [file = "", anchor] = link.split("#");
      const url = new URL(file, docs);
      expect(existsSync(url)).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(readFileSync(url, "utf8"))).toContain(`#${anchor}`);
    }
  });
});

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => {
    const plain = heading.toLowerCase().replaceAll(/[^\w -]/g, "");
    return `#${plain.replaceAll(" ", "-")}`;
  });
}

describe("what surprises", () => {
  const sectionOf = (heading: string) =>
    page
      .split(`\n${heading}\n`)[1]
      ?.split(/^###? /m)[0]
      ?.replaceAll(/\s+/g, " ") ?? "";

  it("is said where it is decided: one deploy without retention gives up what comes due, for good", () => {
    for (const heading of ["### Deploying", "### The cleanup"]) {
      expect(sectionOf(heading)).toMatch(/configuration of today.*`deleteAfterDays`.*for good.*`givenUp`/);
    }
  });

  it("is whose a bucket is, and that nothing below the markers' prefix may be archived", () => {
    expect(sectionOf("### The cleanup")).toMatch(/belongs to one `AudioTransfer` alone/);
    expect(sectionOf("### The cleanup")).toMatch(/archive.*`_cleanup\/`/);
  });

  it("is that failures which may pass go on by themselves, with what is not begun again", () => {
    const [, left] = tableWith("| kind | left when | what the cleanup does |").map(([kind, when]) =>
      [kind, when].join(),
    );
    expect(left).toMatch(/^`recheck`,.*deadline.*key.*attempts/);
    expect(sectionOf("### VendorUnauthorized")).toMatch(/started again by the cleanup within `recheckDays`/);
  });

  it("is that no alarm is over five minutes after its cause", () => {
    expect(page).not.toMatch(/nothing more happened for\s+five minutes/);
    expect(sectionOf("## Alarms")).toMatch(/looks back over more periods/);
  });
});

describe("figures on the page", () => {
  it("are the unit prices of the estimate", () => {
    const prices = tableWith("| what | unit price | how much of it |").map(([, price = ""]) => price);
    const shown = [...prices.join().matchAll(/\$([\d.]+)/g)].map(([, price]) => Number(price));
    expect(shown).toEqual(Object.values(unitPrices));
  });

  it("are the speed that the largest output needs to come within a run, of which 15 s are kept back", () => {
    const speed = defaultMaxOutputBytes / (functionTimeoutSeconds.downloadOutputs - 15) / 1_000_000;
    expect(page.replaceAll(/\s+/g, " ")).toContain(`16 GiB need ${speed.toFixed(1)} MB/s for that`);
  });

  it("are what is fixed for each month", () => {
    const alarmed = Object.values(template.findResources("AWS::CloudWatch::Alarm")).reduce((sum, { Properties }) => {
      const metrics: { MetricStat?: object }[] | undefined = Properties.Metrics;
      return sum + (metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1);
    }, 0);
    const dimensions: Record<string, number> = { Type: 4, Kind: 3, Outcome: 4 };
    const counted = filtersOf(template).reduce((sum, { dimension }) => sum + (dimensions[dimension ?? ""] ?? 1), 0);
    const secrets = Object.keys(template.findResources("AWS::SecretsManager::Secret")).length;
    const [, text = ""] = /what is fixed for each\s+month: (.*?) at most\./s.exec(page) ?? [];
    expect(text.match(/\d+ alarmed|up to \d+ metrics|three secrets|\$[\d.]+$/g)).toEqual([
      `${alarmed} alarmed`,
      `up to ${counted} metrics`,
      "three secrets",
      `$${(alarmed * 0.1 + counted * 0.3 + 3 + secrets * 0.4).toFixed(2)}`,
    ]);
    expect(secrets).toBe(3);
  });
});
