import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Listening } from "./served-parent.ts";

/** A server in a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Its process id. */
  readonly pid: number;
  /** Ends the process and waits until it is gone. */
  close(): Promise<void>;
}

/** Starts a server's program by this very Node and waits until it listens. @throws {Error} when it ends before it does */
export async function startServerProcess(program: URL): Promise<ServerProcess> {
  const child = spawn(process.execPath, [fileURLToPath(program)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const exited = once(child, "exit");
  const first = await Promise.race([once(child, "message"), exited.then(() => undefined)]);
  if (!first || child.pid === undefined) throw new Error(`${program.pathname} ended before it listened`);
  const { port } = first[0] as Listening;
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    async close() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
