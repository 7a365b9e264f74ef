/** Which messages a receiver has answered 2xx, so that it knows a repeat. It remembers the newest 10,000. */
export class AnsweredMessages {
  readonly #keys = new Set<string>();

  /** Whether the message was answered 2xx at that path, and is not forgotten yet. */
  has(path: string, messageId: string): boolean {
    return this.#keys.has(keyOf(path, messageId));
  }

  /** Remembers a message as the newest one, and forgets the oldest beyond the bound. */
  add(path: string, messageId: string): void {
    const key = keyOf(path, messageId);
    this.#keys.delete(key);
    this.#keys.add(key);
    const [oldest = key] = this.#keys;
    if (this.#keys.size > REMEMBERED_MESSAGES) this.#keys.delete(oldest);
  }
}

/** A path and a message id of some 60 characters in all: 10,000 of them are about 1 MB. */
const REMEMBERED_MESSAGES = 10_000;

/** The path of a request line has no blank, so a blank ends it. */
function keyOf(path: string, messageId: string): string {
  return `${path} ${messageId}`;
}
