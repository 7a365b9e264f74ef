import type { BodyConnection } from "./body-connection.ts";
import type { GuardedHttp } from "./guarded-http.ts";

/** Connections to download hosts, kept for the next download of the same run and counted over all of them. */
export interface DownloadConnections {
  /**
   * A connection to the URL's host: one that is free, or a new one.
   * @throws {AddressRefused | NetworkFault} as {@link GuardedHttp.connect}
   */
  take(url: string): Promise<{ readonly connection: BodyConnection; readonly isKept: boolean }>;
  /** Gives a connection back: it is kept if it can carry another request, and closed otherwise. */
  give(connection: BodyConnection): void;
  /** Counts one more connection of a download, if the bound allows it; a download's first is always allowed. */
  reserve(isFirst?: boolean): boolean;
  /** Counts one connection less. */
  unreserve(): void;
  /** Closes all, those at work too. */
  close(): void;
}

/**
 * Connections for one run of the copy: Lambda freezes between calls, and one that is kept over that is found dead.
 * @param most connections at once beyond which none is added to a download that has one
 * @param signal ends all
 */
export function createDownloadConnections(http: GuardedHttp, most: number, signal: AbortSignal): DownloadConnections {
  const kept = new Map<string, BodyConnection[]>();
  const originOf = new Map<BodyConnection, string>();
  let reserved = 0;
  let isClosed = false;
  return {
    async take(url) {
      const origin = keptOriginOf(url);
      const ofOrigin = kept.get(origin) ?? [];
      for (let connection = ofOrigin.pop(); connection; connection = ofOrigin.pop()) {
        if (connection.isFree) return { connection, isKept: true };
        connection.close();
        originOf.delete(connection);
      }
      const connection = await http.connect(url, signal);
      if (isClosed) connection.close();
      originOf.set(connection, origin);
      return { connection, isKept: false };
    },
    give(connection) {
      const origin = originOf.get(connection);
      if (origin === undefined || !connection.isFree) {
        originOf.delete(connection);
        return connection.close();
      }
      kept.set(origin, [...(kept.get(origin) ?? []), connection]);
    },
    reserve(isFirst = false) {
      if (!isFirst && reserved >= most) return false;
      reserved += 1;
      return true;
    },
    unreserve() {
      reserved -= 1;
    },
    close() {
      isClosed = true;
      for (const connection of originOf.keys()) connection.close();
      originOf.clear();
      kept.clear();
    },
  };
}

/** The origin whose kept connections serve a URL; none for what `connect` refuses: a text that is no URL, or user information. */
function keptOriginOf(text: string): string {
  if (!URL.canParse(text)) return "";
  const { origin, username, password } = new URL(text);
  return username || password ? "" : origin;
}
