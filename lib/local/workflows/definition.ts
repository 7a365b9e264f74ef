/**
 * The shape of a JSONPath Amazon States Language definition, as far as the runner needs to look into it.
 * Source: https://states-language.net/spec.html
 */

/** One state: `Type` and whatever fields that type has. */
export interface StateDefinition {
  readonly Type: string;
  readonly [field: string]: unknown;
}

/** A state machine, or the part of one inside a Map state or a branch of a Parallel state. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
  readonly [field: string]: unknown;
}

/** Where a state stands: directly in the state machine, or inside a Map or Parallel state (its container). */
export interface PlacedState {
  readonly name: string;
  readonly state: StateDefinition;
  /** Name of the Map or Parallel state directly around this one; absent at the top level. */
  readonly container?: string;
  /** Position of the branch in its Parallel state, from 0; 0 at the top level and in a Map state. */
  readonly branch: number;
}

/** The definitions nested in a state: a Map state's one item processor, a Parallel state's branches, else none. */
export function nestedDefinitions(state: StateDefinition): readonly Definition[] {
  if (state.Type === "Parallel" && Array.isArray(state["Branches"])) return state["Branches"].map(asDefinition);
  if (state.Type !== "Map") return [];
  return [asDefinition(state["ItemProcessor"] ?? state["Iterator"])];
}

/** Every state of a definition, containers before what they contain. */
export function* placedStates(definition: Definition, container?: string, branch = 0): Generator<PlacedState> {
  for (const [name, state] of Object.entries(definition.States)) {
    yield { name, state, branch, ...(container === undefined ? {} : { container }) };
    for (const [index, nested] of nestedDefinitions(state).entries()) yield* placedStates(nested, name, index);
  }
}

/**
 * Takes a value for a definition if it has the two fields that every definition has.
 * @throws {TypeError} if it is not an object with `StartAt` and `States`.
 */
export function asDefinition(value: unknown): Definition {
  if (isRecord(value) && typeof value["StartAt"] === "string" && isRecord(value["States"])) return value as Definition;
  throw new TypeError("A state machine definition needs the fields StartAt and States.");
}

/** Whether a value is a JSON object: not null, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
