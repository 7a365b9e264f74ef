/** Makes room: a soak writes many gigabytes. */
import type { CopyRun } from "./copy-run.ts";
import { bucket, type CopyWorld } from "./copy-world.ts";
import { directoryOf } from "./run-keys.ts";

/** Removes all that a run left in the store. */
export async function forgetRun(run: CopyRun, world: CopyWorld): Promise<void> {
  const { objects, uploads } = world.state;
  world.end(run);
  const isOfRun = ({ key }: { readonly key: string }) => key.startsWith(`${directoryOf(run)}/`);
  for (const { key } of world.written.splice(0).filter(isOfRun)) await objects.remove(bucket, key);
  for (const upload of [...uploads.all()].filter(isOfRun)) {
    await uploads.whileOpen(upload, () => uploads.remove(upload));
  }
}
