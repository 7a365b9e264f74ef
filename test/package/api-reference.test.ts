/** docs/api as `npm run docs:api` makes it, from the doc comments as they are now. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const toolchain = fileURLToPath(new URL("../../bin/toolchain", import.meta.url));
const docs = fileURLToPath(new URL("../../docs/api", import.meta.url));

/** The texts of a directory's files, by their names. */
async function pagesIn(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), "utf8")])),
  );
}

test("every export is documented, and the API reference is what its comments say (npm run docs:api)", async () => {
  const directory = await mkdtemp(join(tmpdir(), "api-reference-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const typedoc = join(toolchain, "node_modules/typedoc/bin/typedoc");
  // It fails, and says where, when an export or a member has no comment, a type is not exported, or a link leads nowhere.
  await promisify(execFile)(process.execPath, [typedoc, "--out", directory], { cwd: toolchain });
  expect(await pagesIn(docs)).toEqual(await pagesIn(directory));
});
