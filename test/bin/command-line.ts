import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The command line as the `start` script of package.json runs it. */
const program = ["-r", "./bin/require-node.cjs", "bin/audio-transfer.ts"];

const portNames = ["step-functions", "store", "simulator", "receiver", "http-api"];

/** Options of `local` by which it takes any free ports, but for those that are given. */
export function freePorts(taken: Readonly<Record<string, number>> = {}): string[] {
  return portNames.flatMap((name) => [`--${name}-port`, String(taken[`--${name}-port`] ?? 0)]);
}

/** What a command left behind. */
export interface CommandEnd {
  /** Exit code; NaN if it did not end by itself within 50 s. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end. */
export function audioTransfer(args: readonly string[], environment: Record<string, string> = {}): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: withEnvironment(environment), timeout: 50_000 };
    execFile(process.execPath, [...program, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? Number.NaN) : 0, stdout, stderr });
    });
  });
}

/** A command that runs. Disposing it interrupts it, if it still does, and waits for its end. */
export interface RunningCommand extends AsyncDisposable {
  /** What it has printed so far, on stdout and stderr. */
  readonly output: string;
  /** Its exit code; null when a signal killed it. */
  readonly ended: Promise<number | null>;
  /** Sends SIGINT, as Ctrl-C does. */
  interrupt(): void;
}

/** Starts a command and waits until what it prints matches. @throws {Error} when it ends before */
export async function startAudioTransfer(
  args: readonly string[],
  ready: RegExp,
  environment: Record<string, string> = {},
): Promise<RunningCommand> {
  const env = withEnvironment(environment);
  const child = spawn(process.execPath, [...program, ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  // All it printed has been read by then, unlike at "exit".
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const printed = await untilReady(child, ready);
  return {
    get output() {
      return printed.text;
    },
    ended,
    interrupt: () => void child.kill("SIGINT"),
    async [Symbol.asyncDispose]() {
      child.kill("SIGINT");
      await ended;
    },
  };
}

/** This process's environment without what would name a real vendor. */
function withEnvironment(environment: Record<string, string>): NodeJS.ProcessEnv {
  const { MAGIC_HOUR_API_KEY: _, MAGIC_HOUR_BASE_URL: __, ...inherited } = process.env;
  return { ...inherited, ...environment };
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
