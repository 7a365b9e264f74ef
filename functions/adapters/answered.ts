import { type ApiAnswer, writeAnswer } from "../domain/api-answer.ts";
import { problemAnswer, unexpectedError } from "../domain/api-problem.ts";
import type { Log } from "./log.ts";

/**
 * Answers a request: what the work answers, or the problem that its error is. Logs one line `answered`, a warning from 500
 * on, and a line more for an error that nobody expected.
 * @param route the route key
 */
export async function answered(log: Log, route: string, work: () => Promise<ApiAnswer>) {
  const answer = await work().catch((error: unknown) => {
    const problem = problemAnswer(error);
    if (problem.error === unexpectedError) log.warn("unexpected error", placeOf(error));
    return problem;
  });
  const { status, error = null, execution } = answer;
  log[status < 500 ? "info" : "warn"]("answered", { route, status, error, ...(execution && { execution }) });
  return writeAnswer(answer);
}

/** An error's name and where it was thrown. Not its message, which may quote what the caller sent. */
function placeOf(error: unknown): { error: string; at: string | null } {
  if (!(error instanceof Error)) return { error: typeof error, at: null };
  const frame = error.stack?.split("\n").find((line) => /^\s+at /.test(line));
  return { error: error.name, at: frame?.trim() ?? null };
}
