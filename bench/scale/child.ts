import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program in a process of its own that answers what it is asked, one question at a time. */
export interface Child extends AsyncDisposable {
  /** Asks and waits for the answer. @throws {Error} when the program ends before it answers, or fails at it */
  ask<Answer>(question: unknown): Promise<Answer>;
}

type Message = { readonly answer: unknown } | { readonly failure: string };

/** Starts a program by this very Node. @param options of Node's. Default none */
export function startChild(program: string, options: readonly string[] = []): Child {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: [...options],
  });
  const exited = once(child, "exit");
  return {
    async ask<Answer>(question: unknown) {
      const answered = once(child, "message");
      child.send(question as Parameters<ChildProcess["send"]>[0]);
      const first = await Promise.race([answered, exited.then(() => undefined)]);
      if (!first) throw new Error(`${program} ended before it answered`);
      const message = first[0] as Message;
      if ("failure" in message) throw new Error(`${program}: ${message.failure}`);
      return message.answer as Answer;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** In the program: answers the parent's questions, and ends with it. */
export function answerParent<Question>(answer: (question: Question) => Promise<unknown>): void {
  const send = (message: Message) => void process.send?.(message);
  process.on("disconnect", () => process.exit());
  // The parent ends its programs itself: what a terminal sends to all of its processes would only come first.
  process.on("SIGINT", () => undefined);
  process.on("message", (question) => {
    answer(question as Question).then(
      (value) => send({ answer: value }),
      (error: unknown) => send({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}
