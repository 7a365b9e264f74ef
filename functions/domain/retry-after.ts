/**
 * The forms of an HTTP date (RFC 9110, section 5.6.7): the one in use and RFC 850's, and asctime's, which leaves its zone
 * out. Date.parse alone would also take "wait until 2099 GMT" for a date.
 */
const httpDate = /^[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -](?:\d\d){1,2} \d\d:\d\d:\d\d GMT$/;
const asctimeDate = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

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
  const time = timeOf(text);
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - now) / 1_000));
}

/** Milliseconds since the epoch; NaN when it is no HTTP date. */
function timeOf(text: string): number {
  if (asctimeDate.test(text)) return Date.parse(`${text} GMT`);
  return httpDate.test(text) ? Date.parse(text) : Number.NaN;
}
