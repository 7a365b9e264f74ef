/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): whole seconds or an HTTP date. Anything else is undefined.
 * A date in the past is 0. Not clamped: the caller knows its own budget.
 * @param now milliseconds since the epoch
 * @returns seconds
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  // RFC 9110 dates end in GMT; Date.parse alone would also take "2" or "soon 1" for a date.
  if (!/^[A-Za-z]{3,9},? .* GMT$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - now) / 1_000));
}
