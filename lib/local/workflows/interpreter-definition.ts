/**
 * Rewrites a definition so that aws-local-stepfunctions 3.0 runs it as AWS does. What it gets wrong otherwise:
 * - a wait above 24.8 days ends at once, and its length is fixed by the time anything outside can see it: every Wait
 *   becomes a Task whose handler waits;
 * - the time-out of the whole machine has the same limit: it is removed, and the runner keeps it;
 * - `IsPresent: false`, as CDK's `Condition.isNotPresent` writes it, never matches, nor do its siblings: they become Not;
 * - `ResultPath: "$"` puts the result under a key named "$": it is removed, as it is the default.
 */
import type { StateMachineDefinition } from "aws-local-stepfunctions";
import { asDefinition, type Definition, isRecord, type StateDefinition } from "./definition.ts";
import { LONGEST_TIMER_MILLISECONDS } from "./timers.ts";

/** The Resource of the Task that stands in for a Wait state. */
export const WAIT_RESOURCE = "wait";

/** The definition that the interpreter is given. The one given is not changed. */
export function interpreterDefinition(definition: Definition): StateMachineDefinition {
  const { TimeoutSeconds: _, ...kept } = rewritten(definition);
  // Validated by the interpreter in its original form; the library's type is narrower than what is known here.
  return kept as unknown as StateMachineDefinition;
}

function rewritten(definition: Definition): Definition {
  const states = Object.entries(definition.States).map(([name, state]) => [name, rewrittenState(state)] as const);
  return { ...definition, States: Object.fromEntries(states) };
}

function rewrittenState(state: StateDefinition): StateDefinition {
  const kept = withoutDefaultResultPath(state);
  switch (state.Type) {
    case "Wait":
      return waitAsTask(kept);
    case "Choice":
      return { ...kept, Choices: list(kept["Choices"]).map(rewrittenRule) };
    case "Parallel":
      return { ...kept, Branches: list(kept["Branches"]).map((branch) => rewritten(asDefinition(branch))) };
    case "Map": {
      const { Iterator: _, ...map } = kept;
      return { ...map, ItemProcessor: rewritten(asDefinition(kept["ItemProcessor"] ?? kept["Iterator"])) };
    }
    default:
      return kept;
  }
}

/** A computed length reaches the handler beside the state's input, because the interpreter alone evaluates paths. */
function waitAsTask(state: StateDefinition): StateDefinition {
  const { Seconds: _, Timestamp: __, SecondsPath: seconds, TimestampPath: timestamp, ...kept } = state;
  const parameters =
    seconds === undefined && timestamp === undefined
      ? {}
      : { Parameters: { "input.$": "$", ...(seconds ? { "seconds.$": seconds } : { "timestamp.$": timestamp }) } };
  // The interpreter's own time-out must never end a wait: the longest it can hold.
  const limit = Math.floor(LONGEST_TIMER_MILLISECONDS / 1000);
  return { ...kept, ...parameters, Type: "Task", Resource: WAIT_RESOURCE, TimeoutSeconds: limit };
}

function withoutDefaultResultPath(state: StateDefinition): StateDefinition {
  const kept = isRecord(state) ? droppingRoot(state) : state;
  const catchers = kept["Catch"];
  return Array.isArray(catchers) ? { ...kept, Catch: catchers.map(droppingRoot) } : kept;
}

function droppingRoot<Fields extends Readonly<Record<string, unknown>>>(fields: Fields): Fields {
  if (fields["ResultPath"] !== "$") return fields;
  const { ResultPath: _, ...kept } = fields;
  return kept as Fields;
}

/** The type tests of a Choice rule; each is true or false in the definition. */
const TYPE_TESTS = ["IsPresent", "IsNull", "IsString", "IsNumeric", "IsBoolean", "IsTimestamp"];

function rewrittenRule(rule: unknown): unknown {
  if (!isRecord(rule)) return rule;
  const { Next: next, ...tested } = rule;
  const negated = TYPE_TESTS.find((test) => tested[test] === false);
  const test = negated === undefined ? rewrittenOperands(tested) : { Not: { ...tested, [negated]: true } };
  return next === undefined ? test : { ...test, Next: next };
}

function rewrittenOperands(rule: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { And: and, Or: or, Not: not, ...leaf } = rule;
  return {
    ...leaf,
    ...(and === undefined ? {} : { And: list(and).map(rewrittenRule) }),
    ...(or === undefined ? {} : { Or: list(or).map(rewrittenRule) }),
    ...(not === undefined ? {} : { Not: rewrittenRule(not) }),
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
