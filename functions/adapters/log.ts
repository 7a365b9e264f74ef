import { redact } from "../domain/redaction.ts";

/** Facts of a log line: ids, counts, names. Text is redacted all the same. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null>>;

/** A structured log. */
export interface Log {
  /** Something happened as it should. */
  info(message: string, facts?: LogFacts): void;
  /** Something a person may have to look at. */
  warn(message: string, facts?: LogFacts): void;
}

/** How much of a fact is kept, in UTF-16 code units: an object key has at most 1,024 bytes. */
const longestFact = 1_024;

/** Where finished lines go. Lambda's JSON log format adds time, level and request id to an object given to the console. */
export interface LogSink {
  /** Takes one line. */
  readonly info: (line: object) => void;
  /** Takes one line. */
  readonly warn: (line: object) => void;
}

/** A log whose every line carries the same facts (such as the execution's name) and holds no secret. */
export function createLog(sink: LogSink, always: LogFacts = {}): Log {
  const line = (message: string, facts: LogFacts = {}) => {
    const safe = Object.entries({ ...always, ...facts }).map(([name, fact]) => [
      name,
      typeof fact === "string" ? redact(fact, longestFact) : fact,
    ]);
    return { ...Object.fromEntries(safe), message: redact(message) };
  };
  return {
    info: (message, facts) => sink.info(line(message, facts)),
    warn: (message, facts) => sink.warn(line(message, facts)),
  };
}
