import { existsSync } from "node:fs";
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startObjectStore } from "../../../../lib/local/object-store/object-store.ts";
import { BUCKET, runStore, temporaryDirectory } from "./store-fixture.ts";

/** Why no store can be started there. */
const refusal = (directory: string) =>
  startObjectStore({ directory, buckets: [BUCKET] }).then(
    () => expect.unreachable(),
    ({ message }: Error) => message,
  );

test("a directory is made with those above it, and one that is there is used", async () => {
  const above = await temporaryDirectory();
  const directory = join(above, "a/b/c");
  for (const _ of ["made", "used"]) await (await runStore({ directory })).stop();
  expect((await stat(join(directory, BUCKET))).isDirectory()).toBe(true);
  await rm(above, { recursive: true });
});

test("one below a file, or in the place of a file, is refused by its name", async () => {
  const above = await temporaryDirectory();
  const file = join(above, "file");
  await writeFile(file, "");
  for (const directory of [file, join(file, "below"), join(file, "far/below")]) {
    expect(await refusal(directory)).toMatch(`${directory} cannot be the object store's directory: ENOTDIR`);
  }
  await rm(above, { recursive: true });
});

test.skipIf(!existsSync("/proc/self"))(
  "where the system lets nobody make one, that is said, and not tried for ever",
  async () => {
    for (const directory of ["/proc/made-by-a-test", "/proc/made-by-a-test/below", "/proc/self/fdinfo"]) {
      expect(await refusal(directory)).toMatch(`${directory} cannot be the object store's directory: E`);
    }
  },
);
