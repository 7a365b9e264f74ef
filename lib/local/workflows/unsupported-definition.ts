import { type Definition, isRecord, nestedDefinitions, type PlacedState, placedStates } from "./definition.ts";
import { LONGEST_WAIT_SECONDS } from "./timers.ts";

/** A definition uses what the interpreter ignores or gets wrong without a word; nothing of it was run. */
export class UnsupportedDefinition extends Error {
  override readonly name = "UnsupportedDefinition";
  /** One sentence for each problem, with the name of its state. */
  readonly problems: readonly string[];

  constructor(machine: string, problems: readonly string[]) {
    super(`The state machine ${machine} cannot run here:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Fields of AWS that aws-local-stepfunctions 3.0 does not read (its build/main.d.ts names those that it does). */
const IGNORED_FIELDS = [
  ...["QueryLanguage", "Assign", "Arguments", "Output", "Items"],
  ...["HeartbeatSeconds", "HeartbeatSecondsPath", "TimeoutSecondsPath", "Credentials"],
  ...["ItemReader", "ItemBatcher", "ResultWriter"],
  ...["ToleratedFailureCount", "ToleratedFailureCountPath"],
  ...["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"],
];

/** Text that means something on AWS and something else, or nothing, to the interpreter. */
const MISREAD_TEXT: readonly (readonly [RegExp, string])[] = [
  [/^\{%.*%\}$/s, "is JSONata, which the interpreter ignores"],
  [/\$\$\.(State|Task)\b/, "reads $$.State or $$.Task, which the interpreter does not provide"],
  [/States\.JsonToString\(/, "uses States.JsonToString, from whose result the interpreter drops every backslash"],
];

/** Context that the interpreter fills with the branch's own input and start inside a Map or Parallel state. */
const MISREAD_NESTED = /\$\$\.Execution\.(Input|StartTime)\b/;

/** Context that the interpreter has in a Map state's own fields only, not in the states it runs. */
const MAP_CONTEXT = /\$\$\.Map\b/;

/**
 * Refuses a definition that would run differently here than on AWS, before anything of it runs.
 * @param resources The Task resources that have a handler.
 * @throws {UnsupportedDefinition} with every problem found.
 */
export function refuseUnsupported(machine: string, definition: Definition, resources: ReadonlySet<string>): void {
  const states = [...placedStates(definition)];
  const problems = [
    ...ignoredFields("The definition", definition),
    ...repeatedNames(states).map((name) => `State '${name}': the name is used twice; names are unique in a machine.`),
    ...states.flatMap((placed) =>
      [...stateProblems(placed, resources)].map((problem) => `State '${placed.name}': ${problem}.`),
    ),
  ];
  if (problems.length > 0) throw new UnsupportedDefinition(machine, problems);
}

function* stateProblems({ name, state, container }: PlacedState, resources: ReadonlySet<string>): Generator<string> {
  yield* ignoredFields("it", state);
  for (const nested of nestedDefinitions(state)) yield* ignoredFields("its nested definition", nested);
  for (const text of ownTexts(state)) {
    for (const [pattern, meaning] of MISREAD_TEXT) if (pattern.test(text)) yield `'${text}' ${meaning}`;
    if (container !== undefined && MISREAD_NESTED.test(text))
      yield `'${text}' means something else inside '${container}'`;
    if (state.Type !== "Map" && MAP_CONTEXT.test(text))
      yield `'${text}' reads $$.Map, which the interpreter provides to a Map's own fields only`;
  }
  if (state.Type === "Task") yield* taskProblems(state, resources);
  if (state.Type === "Wait" && tooLong(state["Seconds"]))
    yield `it waits ${state["Seconds"]} s, above ${LONGEST_WAIT_SECONDS} s`;
  if (state.Type === "Pass" && "Result" in state && !state["Result"])
    yield "the interpreter drops a Result that is false, 0, empty or null";
  if (state.Type === "Map" && isDistributed(state)) yield `a distributed Map is not supported (${name})`;
  yield* failProblems(state);
  yield* retryProblems(state);
}

function* taskProblems(state: StateFields, resources: ReadonlySet<string>): Generator<string> {
  const { Resource: resource, TimeoutSeconds: seconds } = state;
  if (typeof resource !== "string" || !resources.has(resource))
    yield `no handler for its Resource ${JSON.stringify(resource)}`;
  if (!Number.isInteger(seconds) || Number(seconds) < 1)
    yield "a Task needs TimeoutSeconds (the interpreter's default is 60 s, that of AWS years)";
  if (tooLong(seconds)) yield `its TimeoutSeconds is ${seconds}, above ${LONGEST_WAIT_SECONDS}`;
}

/** AWS evaluates an intrinsic function in these two; the interpreter takes it for a path. */
function* failProblems(state: StateFields): Generator<string> {
  for (const field of ["ErrorPath", "CausePath"]) {
    if (String(state[field]).startsWith("States."))
      yield `the interpreter cannot evaluate an intrinsic function in ${field}`;
  }
}

/** A delay above the longest timer would fire at once. The last delay is the longest: interval × rate^(attempts - 1). */
function* retryProblems(state: StateFields): Generator<string> {
  for (const retrier of Array.isArray(state["Retry"]) ? state["Retry"] : []) {
    const { IntervalSeconds: interval = 1, BackoffRate: rate = 2, MaxAttempts: attempts = 3 } = retrier;
    const longest = Math.min(retrier.MaxDelaySeconds ?? Infinity, interval * rate ** Math.max(0, attempts - 1));
    if (tooLong(longest)) yield `a retry would wait ${longest} s, above ${LONGEST_WAIT_SECONDS} s`;
  }
}

type StateFields = Readonly<Record<string, unknown>>;

function ignoredFields(subject: string, fields: StateFields): string[] {
  return IGNORED_FIELDS.filter((field) => field in fields).map(
    (field) => `${subject} has ${field}, which the interpreter ignores`,
  );
}

/** Every text of a state except its comment and what belongs to the states inside it. */
function ownTexts(state: StateFields): string[] {
  const { Comment: _, ItemProcessor: __, Iterator: ___, Branches: ____, ...own } = state;
  return texts(own);
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isRecord(value) ? Object.values(value).flatMap(texts) : [];
}

function repeatedNames(states: readonly PlacedState[]): string[] {
  const names = states.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function isDistributed(state: StateFields): boolean {
  const processor = state["ItemProcessor"];
  const config = isRecord(processor) ? processor["ProcessorConfig"] : undefined;
  return isRecord(config) && config["Mode"] === "DISTRIBUTED";
}

function tooLong(seconds: unknown): boolean {
  return typeof seconds === "number" && seconds > LONGEST_WAIT_SECONDS;
}
