import { CopyInterrupted } from "../domain/errors.ts";
import type { DeletePorts } from "./delete-verified.ts";
import { untilSignal } from "./until-signal.ts";

/**
 * The ports of a deletion whose every step ends with the signal, also those that take none themselves: at the
 * signal `deleteVerified` throws CopyInterrupted, and from then on it can ask for nothing more. The DELETE alone is never
 * cut off: it is not sent after the signal, and once sent its answer is waited for. So nothing that is left behind, in a
 * function that sleeps between two requests, can ever delete on the strength of an old look.
 */
export function boundedDeletion(ports: DeletePorts): DeletePorts {
  const { magicHour, store, signal } = ports;
  return {
    ...ports,
    magicHour: {
      getProject: (id) => untilSignal(signal, () => magicHour.getProject(id), timeIsUp),
      deleteProject: async (id) => {
        if (signal.aborted) throw timeIsUp();
        await magicHour.deleteProject(id);
      },
    },
    store: {
      ...store,
      readManifest: (directory) => untilSignal(signal, () => store.readManifest(directory), timeIsUp),
      readBack: (key) => untilSignal(signal, () => store.readBack(key, signal), timeIsUp),
    },
  };
}

function timeIsUp(): CopyInterrupted {
  return new CopyInterrupted("verifying takes longer than a caller can wait");
}
