/** What the page says is refused, and how, is refused so. */
import { RootConstruct } from "constructs";
import { describe, expect, it } from "vitest";
import { parsePolicy, requireAllowed } from "../../functions/domain/endpoint-policy.ts";
import { parseInput } from "../../functions/domain/input.ts";
import { type AudioTransferConfig, checkConfig } from "../../lib/cloud/config.ts";
import { configFromContext } from "../../lib/cloud/context-config.ts";
import { codeBlocks, page, tableRows } from "./page.ts";

/** An endpoint or several of the kind that a row of the table is about, by its first cell. */
const kinds: Readonly<Record<string, string[]>> = {
  "not https": ["http://one.example/hooks"],
  "with a user name or a password": ["https://user:word@three.example/hooks"],
  "with a fragment": ["https://three.example/hooks#part"],
  "longer than 1,024 characters": [`https://three.example/${"x".repeat(1_024)}`],
  "an eleventh": Array.from({ length: 11 }, (_, index) => `https://three.example/${index}`),
  "named twice": ["https://three.example/hooks", "https://three.example/hooks"],
  "of a host that is not allowed": ["https://one.example/hooks"],
  "any, where `notifyHosts` is empty": ["https://three.example/hooks"],
};

/** What a function throws; empty when nothing. */
function messageOf(run: () => void): string {
  try {
    run();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The text in backticks; empty when there is none. */
const quoted = (cell = "") => /`(.*)`/.exec(cell)?.[1] ?? "";

const rows = tableRows(
  "| endpoint | in the configuration, when deploying | in `notify`: the transfer fails with `InvalidInput` |",
);

describe("an endpoint that the page says is refused", () => {
  it("is of one of these kinds", () => {
    expect(rows.map(([kind]) => kind)).toEqual(Object.keys(kinds));
  });

  it.each(rows)("%s", (kind = "", inConfiguration, inNotify) => {
    const urls = kinds[kind] ?? [];
    const configured = messageOf(() => checkConfig({ webhooks: urls.map((url) => ({ url })) }));
    expect(configured.startsWith(quoted(inConfiguration)), configured).toBe(true);
    expect(configured === "").toBe(quoted(inConfiguration) === "");
    const policy = parsePolicy(kind.includes("empty") ? "" : "three.example", "");
    const named = messageOf(() => requireAllowed(parseInput({ id: "a", notify: urls }).notify, policy));
    expect(named).toBe(quoted(inNotify));
  });
});

/** The configuration that `-c name=value` gives. */
function configured(name: string, value: string): AudioTransferConfig {
  const app = new RootConstruct();
  app.node.setContext(name, value);
  return configFromContext(app.node);
}

describe("the configuration that the page names", () => {
  const commands = codeBlocks("sh").flatMap((code) => [...code.matchAll(/-c '?(\w+)=([^'\s]*)'?/g)]);

  it("is in three commands at least, and each of them is taken", () => {
    expect(commands.length).toBeGreaterThan(3);
    for (const [, name = "", value = ""] of commands) expect(configured(name, value)).toHaveProperty(name);
  });

  it("comes to what the page says", () => {
    const all = commands.map(([, name = "", value = ""]) => configured(name, value));
    expect(all).toContainEqual({ notifyHosts: [] });
    expect(all).toContainEqual({ notifyHosts: ["three.example", "*.partners.example"] });
    expect(all).toContainEqual({
      webhooks: [{ url: "https://one.example/hooks" }, { url: "https://two.example/hooks" }],
    });
  });

  it("exists where only its name is given", () => {
    const arns: Readonly<Record<string, string>> = {
      eventBusArn: "arn:aws:events:us-east-1:123456789012:event-bus/default",
      signingSecretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:one-AbCdEf",
    };
    const named = [...page.matchAll(/`-c (\w+)=arn:[^`]*…`/g)].map(([, name = ""]) => name);
    expect(named.sort()).toEqual(Object.keys(arns));
    for (const name of named) expect(configured(name, arns[name] ?? "")).toEqual({ [name]: arns[name] });
  });
});
