/**
 * Loads a bundle as Lambda's runtime does, by `require`, and says what it took: `node load/index.js <bundle> [<event>]`. With an
 * event it is also called, once. Its last line on stdout is a `Load` as JSON.
 */
import { createRequire } from "node:module";
import type { Load } from "../load.ts";

type Handler = (event: unknown, context: object) => Promise<unknown>;

async function load([bundle = "", event]: readonly string[]): Promise<Load> {
  const requireFrom = createRequire(bundle);
  const began = process.hrtime.bigint();
  const sinceBegan = () => Number(process.hrtime.bigint() - began) / 1e6;
  const { handler } = requireFrom(bundle) as { handler: Handler };
  const initMilliseconds = sinceBegan();
  const rssBytes = process.memoryUsage.rss();
  if (event === undefined) return { initMilliseconds, rssBytes, answerMilliseconds: null };
  await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 45_000 });
  return { initMilliseconds, rssBytes, answerMilliseconds: sinceBegan() };
}

load(process.argv.slice(2)).then(
  (taken) => process.stdout.write(`\n${JSON.stringify(taken)}`, () => process.exit(0)),
  (error: unknown) => process.stderr.write(`${error}\n`, () => process.exit(1)),
);
