/**
 * A line as Lambda's JSON log format writes it when one object is given to the console: `formatJsonMessage` of
 * src/logging/formatter.ts in https://github.com/aws/aws-lambda-nodejs-runtime-interface-client.
 */
export function lambdaLine(message: unknown, level: "INFO" | "WARN" | "ERROR" = "INFO"): string {
  return JSON.stringify({
    timestamp: "2026-11-22T21:40:00.123Z",
    level,
    requestId: "79b4f56e-95b1-4643-9700-2807f4e68189",
    message,
  });
}

/** What else is in a function's log: Lambda's own lines, an error that was thrown, and text (Lambda Developer Guide, "Log formats"). */
export const foreignLines: readonly string[] = [
  JSON.stringify({
    time: "2026-11-22T21:40:00.000Z",
    type: "platform.start",
    record: { requestId: "79b4f56e-95b1-4643-9700-2807f4e68189", version: "$LATEST" },
  }),
  JSON.stringify({
    time: "2026-11-22T21:40:01.000Z",
    type: "platform.report",
    record: { metrics: { durationMs: 12.3, billedDurationMs: 13, memorySizeMB: 256 }, status: "success" },
  }),
  lambdaLine({ errorType: "Error", errorMessage: "announced", stackTrace: ["Error: swept"] }, "ERROR"),
  lambdaLine("announced"),
  lambdaLine({ message: "something else", type: "transfer.completed", polls: 5, error: "Unauthorized" }),
  "INIT_START announced swept polled",
  "",
];
