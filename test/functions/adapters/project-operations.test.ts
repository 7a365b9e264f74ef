import { expect, test } from "vitest";
import type { OutputStore } from "../../../functions/adapters/output-store.ts";
import { createProjectOperations, type ProjectPorts } from "../../../functions/adapters/project-operations.ts";
import { reservedMilliseconds } from "../../../functions/domain/api-deletion.ts";
import { StoreUnavailable } from "../../../functions/domain/errors.ts";

const neverAsked = () => Promise.reject(new Error("nobody should ask"));

/** A store that shows so many times that there is no manifest, and then nothing at all. */
function storeSilentAfter(looks: number): OutputStore {
  let left = looks;
  const readManifest = () => {
    left -= 1;
    return left >= 0 ? Promise.resolve(undefined) : new Promise<never>(() => undefined);
  };
  const refused = {
    head: neverAsked,
    survey: neverAsked,
    readBack: neverAsked,
    write: neverAsked,
    writeManifest: neverAsked,
  };
  return { bucket: "bucket", readManifest, ...refused };
}

test.each([0, 1])(
  "a store that falls silent after %i looks is unavailable: no transfer is started, nothing is deleted",
  async (looks) => {
    const ports: ProjectPorts = {
      magicHour: { getProject: neverAsked, deleteProject: neverAsked },
      http: { request: neverAsked, connect: neverAsked, close: neverAsked },
      store: storeSilentAfter(looks),
      transfers: { start: neverAsked },
      now: Date.now,
      log: { info: () => undefined, warn: () => undefined },
    };
    const request = { id: "cm1", downloadDirectory: "audio-projects/cm1", force: false };
    const deletion = createProjectOperations(ports).delete(request, reservedMilliseconds + 50);
    await expect(deletion).rejects.toThrow(StoreUnavailable);
    await expect(deletion).rejects.toThrow("S3 did not show the manifest in time");
  },
);
