import { InvalidInput } from "./errors.ts";
import { parseInput } from "./input.ts";

/**
 * What a webhook tells. Of a project that has settled it starts a transfer; `audio.started`, the events of videos and
 * images, and types that are not known yet start nothing.
 */
export type VendorEvent =
  | { readonly type: "audio.completed" | "audio.errored"; readonly settled: true; readonly id: string }
  | {
      /** The vendor's word. */
      readonly type: string;
      readonly settled: false;
      /** The project's id; null when there is none that could be one. */
      readonly id: string | null;
    };

/**
 * Reads the body of a webhook that is the vendor's: `{"type", "payload"}`; one of the vendor's texts says `object` for
 * `payload`.
 * @throws {InvalidInput} naming the field, when it is no event, or when one that starts a transfer has no usable id
 */
export function parseVendorEvent(body: Uint8Array): VendorEvent {
  const event = parseObject(body);
  const { type } = event;
  if (typeof type !== "string" || type === "")
    throw new InvalidInput("type: must be a string, such as audio.completed");
  const field = "payload" in event ? "payload" : "object" in event ? "object" : "payload";
  const project = event[field];
  if (type !== "audio.completed" && type !== "audio.errored") return { type, settled: false, id: idIn(project) };
  if (!isObject(project)) throw new InvalidInput(`${field}: must be an object, the project`);
  return { type, settled: true, id: idOf(project, field) };
}

function parseObject(body: Uint8Array): Readonly<Record<string, unknown>> {
  let event: unknown;
  try {
    event = JSON.parse(Buffer.from(body).toString());
  } catch {
    throw new InvalidInput("body: must be JSON");
  }
  if (isObject(event)) return event;
  throw new InvalidInput(
    'body: must be a JSON object such as {"type": "audio.completed", "payload": {"id": "<project id>"}}',
  );
}

/** An id by the rules of a transfer's input. @throws {InvalidInput} naming the field and the bound */
function idOf({ id }: Readonly<Record<string, unknown>>, field: string): string {
  try {
    return parseInput({ id }).id;
  } catch (error) {
    throw error instanceof InvalidInput ? new InvalidInput(`${field}.${error.message}`) : error;
  }
}

function idIn(project: unknown): string | null {
  try {
    return isObject(project) ? idOf(project, "") : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
