import { CopyInterrupted } from "../domain/errors.ts";
import type { MagicHour } from "./magic-hour.ts";
import type { OutputStore } from "./output-store.ts";
import { untilSignal } from "./until-signal.ts";

/** What of a copy's ports asks others, and might wait for an answer for longer than the function lives. */
interface AskingPorts {
  readonly magicHour: MagicHour;
  readonly store: OutputStore;
}

/**
 * Ports each question of which ends with the signal, by CopyInterrupted: a run that ends by itself is repeated more often than
 * one that is killed. What is given up does no harm: it reads, or writes a manifest that is right at any time. `write` takes
 * a signal of its own.
 */
export function boundedCopy<Ports extends AskingPorts>(ports: Ports, signal: AbortSignal): Ports {
  const { magicHour, store } = ports;
  const bounded = <Result>(what: string, work: () => Promise<Result>) =>
    untilSignal(signal, work, () => new CopyInterrupted(`${what}: the function's time is up`));
  return {
    ...ports,
    magicHour: {
      ...magicHour,
      getProject: (id) => bounded(`GET of project ${id}`, () => magicHour.getProject(id)),
    },
    store: {
      ...store,
      head: (key) => bounded(`HEAD of ${key}`, () => store.head(key)),
      survey: (directory) => bounded(`LIST of ${directory}`, () => store.survey(directory)),
      readBack: (key) => bounded(`reading ${key}`, () => store.readBack(key, signal)),
      readManifest: (directory) => bounded(`the manifest of ${directory}`, () => store.readManifest(directory)),
      writeManifest: (directory, manifest) =>
        bounded(`the manifest of ${directory}`, () => store.writeManifest(directory, manifest)),
    },
  };
}
