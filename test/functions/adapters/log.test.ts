import { describe, expect, test } from "vitest";
import { createLog, type LogFacts } from "../../../functions/adapters/log.ts";

function recorded(always?: LogFacts) {
  const lines: [string, object][] = [];
  const sink = {
    info: (line: object) => lines.push(["info", line]),
    warn: (line: object) => lines.push(["warn", line]),
  };
  return { lines, log: createLog(sink, always) };
}

describe("a log line", () => {
  test("has its message, the facts of all lines and its own", () => {
    const { lines, log } = recorded({ execution: "e-1" });
    log.info("polled", { id: "cm1", polls: 3, done: false, status: null });
    log.warn("odd");
    expect(lines).toEqual([
      ["info", { message: "polled", execution: "e-1", id: "cm1", polls: 3, done: false, status: null }],
      ["warn", { message: "odd", execution: "e-1" }],
    ]);
  });

  test.each([
    ["a signed URL", "https://a.test/x.wav?X-Goog-Signature=secret&b=secret"],
    ["a URL with a user", "https://secret@a.test/x"],
    ["a bearer token", "authorization: Bearer secret"],
    ["the vendor's key", "mhk_live_secret"],
    ["a webhook's secret", "whsec_secret"],
  ])("holds nothing of %s, wherever it comes from", (_name, text) => {
    const { lines, log } = recorded({ always: text });
    log.info("copied", { own: text });
    log.warn(`failed: ${text}`);
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain("secret");
  });

  test("stays one line, with its own message", () => {
    const { lines, log } = recorded();
    log.info("copied", { key: "a\r\nb", message: "another" });
    expect(lines).toEqual([["info", { message: "copied", key: "a b" }]]);
  });
});
