import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The command line as the `start` script of package.json runs it. */
const program = ["-r", "./bin/require-node.cjs", "bin/audio-transfer.ts"];

/** What a command left behind. */
export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end. */
export function audioTransfer(args: readonly string[], environment: Record<string, string> = {}): Promise<CommandEnd> {
  const { MAGIC_HOUR_API_KEY: _, MAGIC_HOUR_BASE_URL: __, ...inherited } = process.env;
  const env = { ...inherited, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [...program, ...args], { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** A command that stays up until it is told to stop. */
export interface RunningCommand extends AsyncDisposable {
  /** What it has printed so far, on stdout and stderr. */
  readonly output: string;
}

/** Starts a command that stays up and waits until its stdout matches. @throws {Error} when it ends before */
export async function startAudioTransfer(args: readonly string[], ready: RegExp): Promise<RunningCommand> {
  const child = spawn(process.execPath, [...program, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const printed = await untilReady(child, ready);
  return {
    get output() {
      return printed.text;
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      await ended;
    },
  };
}

function untilReady(child: ChildProcess, ready: RegExp): Promise<{ readonly text: string }> {
  return new Promise((resolve, reject) => {
    const printed = { text: "" };
    const take = (piece: Buffer) => {
      printed.text += piece.toString();
      if (ready.test(printed.text)) resolve(printed);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("exit", (code) => reject(new Error(`ended with ${code} before it was ready: ${printed.text}`)));
  });
}
