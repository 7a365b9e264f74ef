import { InvalidInput } from "./errors.ts";

/** Most unknown parameters that a refusal names, and how much of each name, in characters. */
const mostNamed = 10;
const longestNamed = 64;

/** Parameters of a request that is signed in its query (SigV4): API Gateway has looked at them. */
const signature = /^x-amz-/i;

/**
 * Reads a query string.
 * @param known names of the parameters that the route has
 * @throws {InvalidInput} naming every parameter that it does not have, and every one that is given twice
 */
export function readQuery<Name extends string>(raw: string, known: readonly Name[]): Partial<Record<Name, string>> {
  const given = [...new URLSearchParams(raw)].filter(([name]) => !signature.test(name));
  const names = given.map(([name]) => name);
  const isKnown = (name: string): name is Name => (known as readonly string[]).includes(name);
  const unknown = new Set(names.filter((name) => !isKnown(name)));
  const problems = [...unknown]
    .slice(0, mostNamed)
    .map((name) => `${JSON.stringify(name.slice(0, longestNamed))}: unknown query parameter`);
  if (unknown.size > mostNamed) problems.push(`${unknown.size - mostNamed} more unknown query parameters`);
  if (unknown.size > 0) problems.push(`known are ${known.join(", ") || "none"}`);
  for (const name of known) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) problems.push(`${name}: must be given once`);
  }
  if (problems.length > 0) throw new InvalidInput(problems.join("; "));
  return Object.fromEntries(given) as Partial<Record<Name, string>>;
}
