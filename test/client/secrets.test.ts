/** No key and no signed URL in anything that a client gives, writes or throws, but in what `get` is asked for. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, it } from "vitest";
import type { ProjectUpdate } from "../../lib/client/index.ts";
import { chunked, empty, htmlPage, redirect, status } from "../support/behaviour.ts";
import { audioBytes, originSecret } from "../support/origin-project.ts";
import { everyAnswer } from "../support/vendor-answers.ts";
import { runOriginClient } from "./origin-client.ts";
import { rejectionOf, runClient } from "./running-client.ts";

const body = audioBytes(100_000);

it("results, updates and files hold neither", async () => {
  const updates: ProjectUpdate[] = [];
  const { check, id, simulator, directory, files, ports } = await runOriginClient({ body });
  const result = await check({ id, onUpdate: (update) => void updates.push(update) });
  expect(updates.length).toBeGreaterThan(0);
  const names = await files();
  const written = await Promise.all(names.map((name) => readFile(join(directory, name), "latin1")));
  const all = inspect([result, updates, names, written, ports], { depth: 20, maxStringLength: null });
  expect(all).not.toContain(originSecret);
  expect(all).not.toContain(simulator.apiKey);
});

it.each([
  ["a refusal", status(403)],
  ["a failure", status(500)],
  ["a redirect", redirect(`https://example.com/?X-Goog-Signature=${originSecret}`)],
  ["no length", chunked],
  ["no bytes", empty],
  ["a page", htmlPage()],
])("the error of a download that answers %s holds neither", async (_, behaviour) => {
  const { check, id, simulator } = await runOriginClient({ body }, behaviour);
  const error = await rejectionOf(check({ id }));
  const text = inspect(error, { depth: 20, showHidden: true });
  expect(text).not.toContain(originSecret);
  expect(text).not.toContain(simulator.apiKey);
});

it("an answer that repeats the key and a URL does not carry them into an error", async () => {
  const message = "mhk_sim_0123456789 may not see https://example.com/a?X-Goog-Signature=00ff";
  const onRequest = everyAnswer("GET", { status: 401, body: { code: "unauthorized", message } });
  const { projects } = await runClient({ simulator: { apiKey: "mhk_sim_0123456789", onRequest } });
  const error = await rejectionOf(projects.get({ id: "a" }));
  expect(error.name).toBe("Unauthorized");
  expect(inspect(error)).not.toMatch(/mhk_sim_0123456789|00ff/);
});
