/** Whether a value is an object with names of its own: no list, and not null. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Refuses a configuration.
 * @param name the key that is wrong
 * @param bound what it must be, as the end of a sentence
 * @throws {Error} always, naming key, bound and value
 */
export function refuse(name: string, bound: string, value: unknown): never {
  // JSON has no NaN and no infinity: they would read as null.
  throw new Error(`${name}: ${bound}, got ${typeof value === "number" ? value : JSON.stringify(value)}`);
}
