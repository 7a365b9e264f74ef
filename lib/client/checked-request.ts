import { InvalidInput } from "../../functions/domain/errors.ts";
import { parseInput, type TransferInput } from "../../functions/domain/input.ts";
import { type Place, readPlace } from "./destination.ts";

/** Fields of a transfer in the cloud that mean nothing in process, where the caller itself waits for the result. */
const cloudFields = ["notify", "metadata"];

/** What every request has, and what some have. */
interface ProjectFields {
  readonly id: string;
  readonly downloadDirectory?: string | undefined;
}

/** A request after validation: by the very rules of a transfer's input, but for the directory. */
export interface CheckedRequest {
  /** The input. Its `downloadDirectory` is an absolute path where the place is a directory. */
  readonly transfer: TransferInput;
  /** Where outputs go. */
  readonly place: Place;
}

/**
 * Validates what a caller asks for.
 * @param fields the request without its signal and callback
 * @throws {InvalidInput} naming the field and the bound of everything that is wrong, unknown fields included
 */
export function checkRequest(fields: ProjectFields): CheckedRequest {
  const { downloadDirectory, ...rest } = fields;
  const unusable = cloudFields.filter((name) => name in rest);
  if (unusable.length > 0) throw new InvalidInput(`${unusable.join(", ")}: only transfers in the cloud have this`);
  const { id } = parseInput(rest);
  const place = readPlace(id, downloadDirectory);
  // A prefix obeys the rules of the cloud; a path may be any.
  if (place.kind === "bucket") return { place, transfer: parseInput({ ...rest, downloadDirectory: place.prefix }) };
  return { place, transfer: { ...parseInput(rest), downloadDirectory: place.directory } };
}
