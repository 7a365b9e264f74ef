import { InvalidInput } from "./errors.ts";
import { parseInput } from "./input.ts";

/** What a transfer gets as input that the vendor's webhook starts, besides the id. */
export type VendorWebhookInput = Readonly<Record<string, unknown>>;

/** Stands for the id that each webhook brings. */
const standIn = "project";

/** Fields that must differ from project to project. */
const ownFields = ["id", "downloadDirectory"];

/**
 * Reads the input that all transfers share which the vendor's webhook starts: a JSON object of the fields of a transfer's
 * input. `id` comes with each webhook, and in one `downloadDirectory` the second project would meet the first one's
 * manifest: both are refused.
 * @param text JSON; empty and undefined are `{}`
 * @throws {InvalidInput} naming the field and the bound
 */
export function parseVendorWebhookInput(text: string | undefined): VendorWebhookInput {
  const given = parseJson(text || "{}");
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new InvalidInput('must be a JSON object such as {"deleteAfterDownload": true}');
  }
  const own = ownFields.find((field) => field in given);
  if (own) throw new InvalidInput(`${own}: cannot be the same for every project`);
  const shared: VendorWebhookInput = { ...given };
  parseInput({ ...shared, id: standIn });
  return shared;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput("must be JSON");
  }
}
