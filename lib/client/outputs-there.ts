import { findReceipt } from "../../functions/adapters/copy-output.ts";
import type { CopyPorts } from "../../functions/adapters/copy-project.ts";
import { findProject } from "../../functions/adapters/read-project.ts";
import type { TransferInput } from "../../functions/domain/input.ts";
import { type PlannedOutput, planOutputs } from "../../functions/domain/output.ts";
import { locationOf, type Receipt } from "../../functions/domain/receipt.ts";
import { type MissingOutput, OutputsIncomplete } from "./outputs-incomplete.ts";
import type { SavedOutput } from "./results.ts";

/** A receipt, and where the output is. */
export function savedOutput(receipt: Receipt): SavedOutput {
  return { ...receipt, where: locationOf(receipt) };
}

/**
 * What a copy that failed leaves: an error that names what is there and what is missing. Undefined when nothing is there or
 * nothing is missing, or it cannot be found out: then what failed says it all.
 * @param known receipts of this copy
 */
export async function incompleteOf(
  failure: unknown,
  transfer: TransferInput,
  ports: CopyPorts,
  known: readonly Receipt[],
): Promise<OutputsIncomplete | undefined> {
  if (!(failure instanceof Error)) return undefined;
  try {
    const { there, missing } = await lookAround(transfer, ports, known);
    if (there.length === 0 || missing.length === 0) return undefined;
    return new OutputsIncomplete(transfer.id, there, missing, failure);
  } catch {
    return undefined;
  }
}

async function lookAround(
  { id, downloadDirectory }: TransferInput,
  { magicHour, store }: CopyPorts,
  known: readonly Receipt[],
): Promise<{ there: SavedOutput[]; missing: MissingOutput[] }> {
  const found = await findProject(id, magicHour);
  const outputs = found.kind === "there" ? planOutputs(found.project, downloadDirectory) : [];
  const manifest = await store.readManifest(downloadDirectory);
  const listed = manifest?.project.id === id ? manifest.outputs : [];
  const isTaken = await store.survey(downloadDirectory);
  const there: SavedOutput[] = [];
  const missing: MissingOutput[] = [];
  for (const output of outputs) {
    const receipt =
      isTaken(output.key) === false ? undefined : await findReceipt(output, { id, store }, [...listed, ...known]);
    if (receipt) there.push(savedOutput(receipt));
    else missing.push(missingOutput(output, store.bucket));
  }
  return { there, missing };
}

function missingOutput({ index, sourceName, key }: PlannedOutput, bucket: string): MissingOutput {
  return { index, sourceName, where: locationOf({ bucket, key }) };
}
