import { readFileSync } from "node:fs";

/** One state of a definition, as far as tests look at it. */
export interface WorkflowState {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly TimeoutSeconds?: number;
  readonly SecondsPath?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: string[] }[];
  readonly Retry?: readonly { readonly ErrorEquals: string[]; readonly [field: string]: unknown }[];
}

/** A definition in the Amazon States Language. */
export interface WorkflowDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, WorkflowState>>;
}

/** One transition. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** All transitions of a definition. */
export function edgesOf({ States }: WorkflowDefinition): Edge[] {
  return Object.entries(States).flatMap(([from, { Next, Default, Choices = [], Catch = [] }]) =>
    [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((catcher) => catcher.Next)]
      .filter((to) => to !== undefined)
      .map((to) => ({ from, to })),
  );
}

/** All transitions of a definition with its start and its ends, as sorted texts. */
export function transitionsOf(definition: WorkflowDefinition, ends: readonly string[]): string[] {
  const outer = [{ from: "[*]", to: definition.StartAt }, ...ends.map((from) => ({ from, to: "[*]" }))];
  return asTexts([...outer, ...edgesOf(definition)]);
}

/** States and transitions of the diagram below a heading of docs/architecture.md, sorted. */
export function diagramOf(heading: string): { readonly states: string[]; readonly transitions: string[] } {
  const text = readFileSync(new URL("../../../docs/architecture.md", import.meta.url), "utf8");
  const section = text.slice(text.indexOf(`\n## ${heading}\n`));
  const diagram = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
  const names = new Map(
    [...diagram.matchAll(/^\s*state "([^"]+)" as (\w+)$/gm)].map(([, name = "", id]) => [id, name]),
  );
  const edges = [...diagram.matchAll(/^\s*(\S+) --> (\S+?)(?: ?: .*)?$/gm)].map(([, from = "", to = ""]) => ({
    from: names.get(from) ?? from,
    to: names.get(to) ?? to,
  }));
  return { states: [...names.values()].sort(), transitions: asTexts(edges) };
}

function asTexts(edges: readonly Edge[]): string[] {
  return [...new Set(edges.map(({ from, to }) => `${from} -> ${to}`))].sort();
}
