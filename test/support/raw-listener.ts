/** A TCP server below HTTP: it records what arrives, byte for byte, and answers what a test gives it. */

import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

/** A running listener. */
export interface RawListener {
  /** The port, on all addresses of this machine. */
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Everything received so far, on all connections, as Latin-1. */
  readonly received: string;
  /** Drops every connection and frees the port. */
  close(): Promise<void>;
}

/**
 * Listens on a free port of all addresses, IPv4 and IPv6.
 * @param onData called with each piece that arrives. Default: silence
 */
export async function startRawListener(
  onData: (socket: Socket, piece: string) => void = () => undefined,
): Promise<RawListener> {
  const open = new Set<Socket>();
  let connections = 0;
  let received = "";
  const server = createServer((socket) => {
    connections += 1;
    open.add(socket);
    socket.setEncoding("latin1");
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
    socket.on("data", (piece: string) => {
      received += piece;
      onData(socket, piece);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    get openConnections() {
      return open.size;
    },
    get received() {
      return received;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** An answer of HTTP as it goes over the wire. */
export function httpAnswer(body = "", headLines: readonly string[] = []): string {
  return ["HTTP/1.1 200 OK", `content-length: ${Buffer.byteLength(body)}`, ...headLines, "", body].join("\r\n");
}
