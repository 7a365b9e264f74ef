/** How much foreign text an error or a log line may carry, in UTF-16 code units. */
const longestForeignText = 300;

/** Words by which a query, or one parameter of it, is known where its URL has lost its beginning. */
const signatureWords = /sig|credential|token|expires|key/i;

/** One word of a text without the value that follows one of those words: a parameter that stands alone. */
function withoutParameter(word: string): string {
  const name = word.search(signatureWords);
  const value = name === -1 ? 0 : word.indexOf("=", name) + 1;
  return value === 0 ? word : `${word.slice(0, value)}[redacted]`;
}

/** One word of a text (no blank, no character that ends a URL in markup or JSON) without the query that it has. */
function withoutQuery(word: string): string {
  const query = word.includes("://") ? word.indexOf("?") : -1;
  const rest = query === -1 ? word : `${word.slice(0, query)}?[redacted]`;
  const cut = rest.search(/[?&;]|%3f/i);
  const isQuery = cut !== -1 && signatureWords.test(rest.slice(cut));
  return withoutParameter(isQuery ? `${rest.slice(0, cut + 1)}[redacted]` : rest);
}

/**
 * Text that came from outside, made safe for errors, logs and workflow state: every URL loses its query and userinfo,
 * bearer tokens and keys (`mhk_…`, the vendor's form; `whsec_…` and `whsk_…`, Standard Webhooks' forms) are removed,
 * control characters become spaces. The text may have any length: every pattern reads it once, none backtracks.
 * @param longest how much is kept, in UTF-16 code units; default 300
 */
export function redact(text: string, longest = longestForeignText): string {
  return (
    text
      // First, because a key may hold slashes, and those tell where a URL's userinfo ends.
      .replace(/(?:mhk|whsec|whsk)_[A-Za-z0-9+/=_-]+/g, "[redacted]")
      .replace(/:\/\/[^\s/?#"<>]*@/g, "://")
      .replace(/[^\s"<>]+/g, withoutQuery)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
      .replace(/\b(?:bearer\s+)+[^\s"',;]+/gi, "Bearer [redacted]")
      .slice(0, longest)
      // The cut may have halved a character, and a half one is no UTF-8.
      .toWellFormed()
  );
}
