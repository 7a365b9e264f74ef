/** How many events an execution's history has, computed from a definition. */
import type { WorkflowDefinition } from "./workflow-diagram.ts";
import { edgesOf } from "./workflow-diagram.ts";

/** Events that a Standard execution holds at most (Step Functions quotas). */
export const mostHistoryEvents = 25_000;

/**
 * Events of one state: entered and exited; a task that calls a function has three more (scheduled, started, succeeded), and a
 * Fail never exits (Step Functions API reference, "HistoryEvent").
 */
const eventsOfType: Readonly<Record<string, number>> = { Task: 5, Choice: 2, Wait: 2, Pass: 2, Succeed: 2, Fail: 1 };

/** Events that these states add, each as often as it is named and without repeats. @throws {Error} for a state of another type */
export function eventsOn({ States }: WorkflowDefinition, path: readonly string[]): number {
  return path.reduce((sum, name) => {
    const events = eventsOfType[States[name]?.Type ?? "none"];
    if (events === undefined) throw new Error(`${name} is no state whose events are known`);
    return sum + events;
  }, 0);
}

/** Events besides those of the states: the execution's start and its end. */
export const outerEvents = 2;

/** The states of one lap of polling: the shortest way from `Wait` back to it. @throws {Error} when there is none */
export function lapOf(definition: WorkflowDefinition): string[] {
  const edges = edgesOf(definition);
  let paths: string[][] = [["Wait"]];
  const seen = new Set<string>();
  while (paths.length > 0) {
    const longer = paths.flatMap((path) =>
      edges.filter(({ from }) => from === path.at(-1)).map(({ to }) => [...path, to]),
    );
    const lap = longer.find((path) => path.at(-1) === "Wait");
    if (lap) return lap.slice(1);
    paths = longer.filter((path) => !seen.has(path.at(-1) ?? ""));
    for (const path of paths) seen.add(path.at(-1) ?? "");
  }
  throw new Error("no way leads from Wait back to it");
}
