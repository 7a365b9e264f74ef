import { type Definition, type PlacedState, placedStates } from "./definition.ts";
import type { MapIteration, StatePlace, StateType } from "./workflow-event.ts";

/** Finds out where an event of the interpreter belongs: it gives a state's name and, inside a Map, the iteration. */
export class StatePlaces {
  readonly #states: ReadonlyMap<string, PlacedState>;

  constructor(definition: Definition) {
    this.#states = new Map([...placedStates(definition)].map((placed) => [placed.name, placed]));
  }

  /**
   * The place of a state. In a Map inside a Map the interpreter tells the outer iteration only, so the inner
   * iterations share one thread there.
   * @param iteration From 0; undefined outside any Map.
   */
  of(name: string, iteration: number | undefined): StatePlace {
    const placed = this.#states.get(name);
    if (placed === undefined) throw new TypeError(`The interpreter reported a state that does not exist: ${name}`);
    const { state, container } = placed;
    return {
      state: name,
      stateType: state.Type as StateType,
      thread: this.#thread(placed, iteration),
      ...(container === undefined ? {} : { container }),
    };
  }

  /** The place of one iteration of a Map state. */
  iteration(name: string, index: number): MapIteration {
    return { ...this.of(name, undefined), index, iterationThread: `${name}[${index}]` };
  }

  #thread({ container, branch }: PlacedState, iteration: number | undefined): string {
    if (container === undefined) return "";
    const isMap = this.#states.get(container)?.state.Type === "Map";
    const within = iteration === undefined ? "" : `@${iteration}`;
    return isMap ? `${container}[${iteration ?? 0}]` : `${container}[${branch}]${within}`;
  }
}
