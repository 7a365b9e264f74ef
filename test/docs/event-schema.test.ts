import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TerminalErrorName, terminalErrorNames } from "../../functions/domain/errors.ts";
import { buildEvent, eventTypes } from "../../functions/domain/event.ts";
import { anyEndedTransfer } from "./any-ended-transfer.ts";
import { documentedEvents } from "./documented-transfers.ts";
import { docs } from "./page.ts";

/** A JSON Schema, as far as these tests read it. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly enum?: readonly unknown[];
}

const schema = JSON.parse(readFileSync(new URL("events/transfer-event.schema.json", docs), "utf8")) as Schema;

/** The schema, and every field that it does not name refused: what is sent must be documented. */
const closed = JSON.parse(JSON.stringify(schema), (_, value) =>
  value?.required && value.properties ? { ...value, additionalProperties: false } : value,
) as object;

function validator(of: object) {
  const isUtc = (text: string) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;
  return new Ajv2020({ strict: true, allErrors: true, formats: { "date-time": isUtc } }).compile(of);
}

/** What the closed schema has against a value, once it has been JSON. */
const isDocumented = validator(closed);
function problemsOf(event: unknown): string[] {
  isDocumented(JSON.parse(JSON.stringify(event)));
  return (isDocumented.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const completed = documentedEvents["transfer.completed"];
const failed = documentedEvents["transfer.failed"];

describe("the schema of events", () => {
  it.each(eventTypes)("describes the example of %s", (type) => {
    expect(problemsOf(documentedEvents[type])).toEqual([]);
  });

  it("describes every event that a transfer can send", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyEndedTransfer, (ended) => {
        const event = buildEvent(ended, Date.UTC(2026, 7, 22));
        seen.add(event.type);
        expect(problemsOf(event)).toEqual([]);
      }),
      { numRuns: 300, seed: 1 },
    );
    expect([...seen].sort()).toEqual([...eventTypes].sort());
  });

  it("has exactly our types and error names", () => {
    expect(schema.properties?.["type"]?.enum).toEqual(eventTypes);
    const names: TerminalErrorName[] = [...terminalErrorNames];
    expect(schema.$defs?.["error"]?.properties?.["name"]?.enum).toEqual(names);
  });

  it("lets later versions add fields", () => {
    const open = validator(schema);
    expect(open({ ...completed, later: 1, data: { ...completed.data, later: {} } })).toBe(true);
    expect(problemsOf({ ...completed, later: 1 })).not.toEqual([]);
  });

  it.each([
    ["an unknown type", { ...completed, type: "transfer.started" }],
    ["a time without a zone", { ...completed, timestamp: "2026-08-22T10:01:29" }],
    ["a failure without an error", { ...failed, data: { ...failed.data, error: null } }],
    ["an error beside a completion", { ...completed, data: { ...completed.data, error: failed.data.error } }],
    ["a completion of what is not complete", { ...completed, data: { ...completed.data, verdict: "pending" } }],
    ["an error of another type", { ...failed, type: "transfer.canceled" }],
    ["receipts that are both there and omitted", { ...completed, data: { ...completed.data, outputsOmitted: 2 } }],
    ["a missing field", { ...completed, data: { ...completed.data, metadata: undefined } }],
  ])("refuses %s", (_, event) => {
    expect(problemsOf(event)).not.toEqual([]);
  });
});
