import { TransferFailed, VendorUnavailable } from "../domain/errors.ts";
import type { TransferInput } from "../domain/input.ts";
import { listsExactly, type Manifest } from "../domain/manifest.ts";
import { planOutputs } from "../domain/output.ts";
import type { Receipt } from "../domain/receipt.ts";
import { verdictOf } from "../domain/verdict.ts";
import type { Log } from "./log.ts";
import type { MagicHour } from "./magic-hour.ts";
import type { OutputStore } from "./output-store.ts";

/** What a deletion needs. */
export interface DeletePorts {
  /** The vendor's API. */
  readonly magicHour: MagicHour;
  /** Where the outputs must be. */
  readonly store: OutputStore;
  /** Where log lines go. */
  readonly log: Log;
}

/**
 * Deletes the remote project, which cannot be undone, and so only after all of this, in this order: the manifest of this
 * project stands; every object it lists is read back from S3, byte for byte, and has its size, CRC32 and SHA-256; the
 * project is complete and its outputs, as the vendor lists them now, are exactly those of the manifest. A project that is
 * gone already is success. Can run any number of times.
 * @throws {TransferFailed} when the deletion is refused
 * @throws {VendorUnavailable | StoreUnavailable} when it could not be done or its outcome is unknown
 */
export async function deleteVerified(
  { id, downloadDirectory }: TransferInput,
  { magicHour, store, log }: DeletePorts,
): Promise<void> {
  const manifest = await store.readManifest(downloadDirectory);
  if (manifest?.project.id !== id) throw refused(id, `no manifest of it stands in ${downloadDirectory}`);
  for (const receipt of manifest.outputs) await verify(id, receipt, store);
  if (await isGoneOrMatches(id, downloadDirectory, manifest, magicHour)) return;
  try {
    await magicHour.deleteProject(id);
  } catch (error) {
    // The answer may be lost while the project is deleted: what counts is whether it is still there.
    if (!(error instanceof VendorUnavailable) || !(await isGone(id, magicHour))) throw error;
  }
  log.info("remote project deleted", { id, outputs: manifest.outputs.length });
}

async function verify(id: string, receipt: Receipt, store: OutputStore): Promise<void> {
  const where = `s3://${receipt.bucket}/${receipt.key}`;
  if (receipt.bucket !== store.bucket) throw refused(id, `${where} is not in ${store.bucket}`);
  const read = await store.readBack(receipt.key);
  if (!read) throw refused(id, `${where} is missing`);
  if (read.bytes !== receipt.bytes) throw refused(id, `${where} has ${read.bytes} bytes instead of ${receipt.bytes}`);
  if (read.crc32 !== receipt.checksum.value || read.sha256 !== receipt.sha256) {
    throw refused(id, `the bytes of ${where} are not those that were copied`);
  }
}

/** True when the project is gone; false when it stands and may be deleted. @throws {TransferFailed} when it may not. */
async function isGoneOrMatches(
  id: string,
  directory: string,
  manifest: Manifest,
  magicHour: MagicHour,
): Promise<boolean> {
  const observation = await magicHour.getProject(id);
  if (observation.kind === "unavailable") throw new VendorUnavailable(`GET of project ${id}: ${observation.reason}`);
  if (observation.kind === "not-found") return true;
  const { project } = observation;
  const verdict = verdictOf(project);
  if (verdict === "gone") return true;
  if (verdict !== "complete") throw refused(id, `its status is ${project.status}`);
  if (listsExactly(manifest, planOutputs(project, directory))) return false;
  throw refused(id, "its outputs are no longer those of the manifest");
}

async function isGone(id: string, magicHour: MagicHour): Promise<boolean> {
  const observation = await magicHour.getProject(id);
  return observation.kind === "not-found" || (observation.kind === "project" && !observation.project.enabled);
}

function refused(id: string, why: string): TransferFailed {
  return new TransferFailed(`project ${id} is not deleted: ${why}`);
}
