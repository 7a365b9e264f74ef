import { wholeNumber } from "./s3-request.ts";

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** How many were asked for, at most 1000. */
  readonly limit: number;
  /** Whether the list goes on after this page. */
  readonly truncated: boolean;
}

/** S3's longest page, and its default. */
const LONGEST_PAGE = 1000;

/** The first items of a list, as many as the query's parameter `name` asks for. Throws S3Error `InvalidArgument`. */
export function firstPage<Item>(items: readonly Item[], query: URLSearchParams, name: string): Page<Item> {
  const limit = Math.min(wholeNumber(query, name, LONGEST_PAGE), LONGEST_PAGE);
  // S3 answers a page of nothing as the end of the list.
  return { items: items.slice(0, limit), limit, truncated: limit > 0 && items.length > limit };
}

/** S3's order of keys: by their UTF-8 bytes. Negative when `a` comes first. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** How a list writes keys: as they are, or percent-encoded when the query says `encoding-type=url`. */
export function keyWriter(query: URLSearchParams): (key: string) => string {
  if (query.get("encoding-type") !== "url") return (key) => key;
  return (key) => encodeURIComponent(key).replaceAll("%2F", "/");
}
