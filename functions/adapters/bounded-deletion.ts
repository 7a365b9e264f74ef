import { CopyInterrupted } from "../domain/errors.ts";
import type { DeletePorts } from "./delete-verified.ts";

/**
 * The ports of a deletion whose every step ends with the signal, also reading back, which takes none itself: at the
 * signal `deleteVerified` throws CopyInterrupted, and from then on it can ask for nothing more. The DELETE alone is never
 * cut off: it is not sent after the signal, and once sent its answer is waited for. So nothing that is left behind, in a
 * function that sleeps between two requests, can ever delete on the strength of an old look.
 */
export function boundedDeletion(ports: DeletePorts): DeletePorts {
  const { magicHour, store, signal } = ports;
  return {
    ...ports,
    magicHour: {
      getProject: (id) => orInterrupted(signal, () => magicHour.getProject(id)),
      deleteProject: async (id) => {
        if (signal.aborted) throw timeIsUp();
        await magicHour.deleteProject(id);
      },
    },
    store: {
      ...store,
      readManifest: (directory) => orInterrupted(signal, () => store.readManifest(directory)),
      readBack: (key) => orInterrupted(signal, () => store.readBack(key)),
    },
  };
}

/** The work's result, or CopyInterrupted once the signal fires, whichever is first. */
async function orInterrupted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  if (signal.aborted) throw timeIsUp();
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const interrupt = () => reject(timeIsUp());
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await Promise.race([work(), interrupted]);
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

function timeIsUp(): CopyInterrupted {
  return new CopyInterrupted("verifying takes longer than a caller can wait");
}
