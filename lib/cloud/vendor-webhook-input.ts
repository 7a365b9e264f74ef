import { Token } from "aws-cdk-lib";
import { parsePolicy, requireAllowed } from "../../functions/domain/endpoint-policy.ts";
import { parseInput } from "../../functions/domain/input.ts";
import { parseVendorWebhookInput } from "../../functions/domain/vendor-webhook-input.ts";
import { hostList } from "./endpoints.ts";
import { refuse } from "./refusal.ts";

/** It stands beside ARNs in a function's environment, of which Lambda allows 4 KiB in all (Lambda quotas). */
const longestInput = 1_500;

/**
 * Checks the input of transfers that the vendor's webhook starts, as the function does and as each transfer's first poll
 * does, so that a mistake ends the synthesis and not every transfer. Fields that hold a token, whose value only
 * CloudFormation knows, are passed over.
 * @throws {Error} naming the key, the field and its bound
 */
export function checkVendorInput(
  input: unknown,
  { name, notifyHosts }: { readonly name: string; readonly notifyHosts: readonly string[] | undefined },
): void {
  const bytes = Buffer.byteLength(JSON.stringify(input) ?? "");
  if (bytes > longestInput) refuse(name, `must be at most ${longestInput} bytes as JSON`, bytes);
  try {
    const shared = parseVendorWebhookInput(JSON.stringify(withoutTokens(input)));
    const { notify } = parseInput({ ...shared, id: "project" });
    requireAllowed(notify, parsePolicy(hostList(notifyHosts ? { notifyHosts } : {}), ""));
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function withoutTokens(input: unknown): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => !holdsToken(value)));
}

function holdsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsToken);
}
