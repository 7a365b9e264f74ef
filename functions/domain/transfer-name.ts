import { createHash } from "node:crypto";
import { parseInput, type TransferInput } from "./input.ts";

/** Hexadecimal digits of the input's hash in a name: 60 bits. With an id of 64 and a dash, 80 characters in all. */
const hashDigits = 15;

/** Longest name of an execution, in characters (Step Functions API reference, StartExecution). */
export const longestTransferName = 80;

/**
 * One text for all inputs that mean the same: defaults filled in, names in one order at every depth. The deadline alone is
 * taken as it was given, because its default is the stack's: an input that leaves it out is another than one that names it.
 * @throws {InvalidInput} when it is no input
 */
export function canonicalInput(raw: unknown): string {
  const { deadlineSeconds: _, ...input } = parseInput(raw);
  const { deadlineSeconds } = raw as Partial<TransferInput>;
  return JSON.stringify(inOrder({ ...input, ...(deadlineSeconds !== undefined && { deadlineSeconds }) }));
}

/**
 * Name of the transfer that an input stands for: `<project id>-<hash of the input>`. Whoever starts the same again finds
 * the first.
 * @param occasion what it is started for, such as the vendor's `audio.completed`: another occasion is another transfer,
 * because one that is waiting for its next poll already must not keep a webhook's from starting at once. Default none
 * @throws {InvalidInput} when it is no input
 */
export function transferNameOf(raw: unknown, occasion = ""): string {
  const digest = createHash("sha256")
    .update(canonicalInput(raw) + occasion)
    .digest("hex");
  return `${parseInput(raw).id}-${digest.slice(0, hashDigits)}`;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, inOrder(member)]));
}
