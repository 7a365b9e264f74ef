import { redact } from "../../../functions/domain/redaction.ts";
import type { ReceivedWebhook } from "../webhook-receiver.ts";

/** How much of a foreign field is shown, in UTF-16 code units: a message id of ours has 44 = 4 of `msg_` + 40. */
const longestField = 48;

/**
 * What a person reads of a webhook that came to a receiver, as a line. Anybody may have sent it, so the verdict is first,
 * each foreign field is short and in quotes, and the type, which a sender chooses, is shown of a verified one only.
 */
export function reportWebhook({ type, messageId, isVerified, isRepeat, problem, path }: ReceivedWebhook): string {
  const place = `at ${quoted(path)}, message ${quoted(messageId ?? "")}`;
  if (!isVerified) return `webhook refused (${problem ?? "not verified"}): ${place}`;
  return `webhook verified: ${type === undefined ? "no type" : quoted(type)} ${place}${isRepeat ? ", seen before" : ""}`;
}

/** In quotes and without a blank, so that not even a line that the terminal wraps reads as another line of ours. */
function quoted(text: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(redact(text, longestField)).replace(/[^\x21-\x7e]/g, escaped);
}
