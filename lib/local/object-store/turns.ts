/** Runs tasks of one name one after another, and tasks of different names side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Waits for every earlier task of this name, runs this one, and settles as it does. */
  async take<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
    const earlier = this.#last.get(name);
    // A task that fails must not fail the next one: only its end is waited for.
    const own = earlier === undefined ? task() : earlier.then(task, task);
    this.#last.set(name, own);
    try {
      return await own;
    } finally {
      if (this.#last.get(name) === own) this.#last.delete(name);
    }
  }
}
