import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server process tells its parent once it listens. */
export interface Listening {
  /** Its port on 127.0.0.1. */
  readonly port: number;
}

/** Listens on a free port of 127.0.0.1, tells the parent, and ends with it: however the parent ends, the channel closes. */
export function serveParent(server: Server): void {
  // Copies take longer than Node's default bounds allow, and a connection is kept for as long as its client likes.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  process.on("disconnect", () => process.exit());
  // The parent ends its servers itself: what a terminal sends to all of its processes would only come first.
  process.on("SIGINT", () => undefined);
  server.listen(0, "127.0.0.1", 4_096, () => {
    process.send?.({ port: (server.address() as AddressInfo).port } satisfies Listening);
  });
}
