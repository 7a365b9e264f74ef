/** The object keys of a run. */
import { manifestKey, outputKey } from "../../../functions/domain/object-key.ts";
import type { CopyRun } from "./copy-run.ts";
import { sourceNameOf } from "./vendor-server.ts";

/** The directory of a run's project. */
export const directoryOf = ({ id }: Pick<CopyRun, "id">) => `audio-projects/${id}`;

/** The key of an output. */
export const outputKeyOf = (run: CopyRun, index: number) => outputKey(directoryOf(run), index, sourceNameOf(index));

/** The key of the manifest. */
export const manifestKeyOf = (run: CopyRun) => manifestKey(directoryOf(run));
