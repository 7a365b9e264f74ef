import { InvalidToken } from "./step-functions-faults.ts";

/** The part of a list that one call asks for. */
export interface PageRequest {
  /** 1 to 1,000; 0 or none means the default, 100. */
  readonly maxResults?: number;
  /** From the page before, of a request that is otherwise the same. */
  readonly nextToken?: string;
}

/** One part of a list. `nextToken` is there if more follows. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/** What a list is, so that a page can go on where the one before ended. */
export interface ListOrder<Item> {
  /** Which list it is: the token of one is not good for another. */
  readonly name: string;
  /** A number that stays with its item while others come and go. */
  readonly positionOf: (item: Item) => number;
  /** Whether positions fall along the list, as newest first does. */
  readonly falling: boolean;
}

/** Items on a page when the request does not say. Source: the API reference of ListExecutions. */
const DEFAULT_PAGE = 100;

/**
 * Cuts a page out of a list.
 * @param items In the order of the list.
 * @throws {InvalidToken} if the token is not of this list.
 */
export function pageOf<Item>(items: readonly Item[], list: ListOrder<Item>, request: PageRequest): Page<Item> {
  const { nextToken } = request;
  const size = request.maxResults || DEFAULT_PAGE;
  const start = nextToken === undefined ? 0 : startAfter(items, list, positionIn(nextToken, list.name));
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  if (last === undefined || start + size >= items.length) return { items: page };
  const token = JSON.stringify([list.name, list.positionOf(last)]);
  return { items: page, nextToken: Buffer.from(token).toString("base64url") };
}

/** The first item beyond the position: the item there may be gone by now. */
function startAfter<Item>(items: readonly Item[], { positionOf, falling }: ListOrder<Item>, position: number): number {
  const index = items.findIndex((item) => (falling ? positionOf(item) < position : positionOf(item) > position));
  return index === -1 ? items.length : index;
}

function positionIn(token: string, list: string): number {
  try {
    const [ofList, position] = JSON.parse(Buffer.from(token, "base64url").toString());
    if (ofList === list && typeof position === "number") return position;
  } catch {
    // Not JSON: not a token of ours.
  }
  throw new InvalidToken(token);
}
