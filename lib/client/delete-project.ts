import { boundedDeletion } from "../../functions/adapters/bounded-deletion.ts";
import { deleteVerified } from "../../functions/adapters/delete-verified.ts";
import type { TransferInput } from "../../functions/domain/input.ts";
import type { Destination } from "./destination.ts";
import { type Patience, retryPassing } from "./passing-failures.ts";
import { type ClientPorts, noLog } from "./ports.ts";

/**
 * Deletes a remote project once everything is verified where its outputs were saved: see `deleteVerified`. Tried again after
 * failures that may pass. After the signal no deletion is asked for.
 * @throws the signal's reason
 * @throws {TransferFailed} when the deletion is refused; else as `deleteVerified`
 */
export async function deleteSaved(
  transfer: TransferInput,
  { store }: Destination,
  ports: ClientPorts,
  patience: Patience,
): Promise<void> {
  const { magicHour, http } = ports;
  const { signal } = patience;
  const bounded = boundedDeletion({ magicHour, http, store, log: noLog, signal });
  await retryPassing(() => deleteVerified(transfer, bounded), ports, patience);
}

/**
 * Deletes a remote project without looking at any copy. Gone already is success.
 * @throws the signal's reason
 * @throws {Unauthorized | TransferFailed | VendorUnavailable} as `MagicHour.deleteProject`
 */
export async function deleteUnseen(id: string, ports: ClientPorts, patience: Patience): Promise<void> {
  // Not cut off by the signal: whoever hears that it was not deleted must be able to rely on it.
  await retryPassing(() => ports.magicHour.deleteProject(id), ports, patience);
}
