import { once } from "node:events";
import { createInterface } from "node:readline";

/** Whether somebody is there to be asked: who reads stderr, and types on stdin. */
export function isTerminalThere(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks on the terminal, and reads a line. The end of the input (Ctrl-D) is an empty answer.
 * @throws the signal's reason
 */
export async function ask(question: string, signal: AbortSignal): Promise<string> {
  // Not by readline's own editor, which would take Ctrl-C for itself: the terminal edits the line.
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    process.stderr.write(question);
    const answers = [once(lines, "line", { signal }), once(lines, "close", { signal })];
    const [answer]: unknown[] = await Promise.race(answers).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
    return typeof answer === "string" ? answer.trim() : "";
  } finally {
    lines.close();
  }
}
