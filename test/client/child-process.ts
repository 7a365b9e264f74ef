/** A script in a process of its own, which ends with the test. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A running script. */
export interface RunningScript {
  /** Its number. */
  readonly pid: number | undefined;
  /** All that it wrote so far, to stdout and stderr. */
  readonly output: string;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Ends it at once (SIGKILL). */
  kill(): void;
}

/**
 * Starts a script of this directory.
 * @param environment besides the usual
 */
export function startScript(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningScript {
  const script = fileURLToPath(new URL(`./${name}`, import.meta.url));
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [script, ...args], { env: { PATH, ...environment } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    pid: child.pid,
    get output() {
      return output;
    },
    // All it wrote has been read by then, unlike at "exit".
    ended: once(child, "close").then(([code]) => code as number | null),
    kill: () => void child.kill("SIGKILL"),
  };
}
