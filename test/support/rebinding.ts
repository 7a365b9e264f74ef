/** A name that has a public address when it is looked up and loopback when it is connected to, and what is there. */
import type { LookupAddress } from "node:dns";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Resolver } from "../../functions/adapters/address-guard.ts";
import { selfSigned } from "./self-signed.ts";

/** An address that no guard minds; nobody connects to it. */
export const publicAddress: LookupAddress = { address: "93.184.215.14", family: 4 };

/** A resolver that gives the same answer to every name. */
export function answering(...addresses: readonly LookupAddress[]): Resolver {
  return (_hostname, answer) => answer(null, [...addresses]);
}

/** A resolver whose answer is {@link publicAddress} for the first that looks at it and 127.0.0.1 for the next. */
export const rebinding: Resolver = (_hostname, answer) => {
  let looks = 0;
  const changing = {
    family: 4,
    get address() {
      looks += 1;
      return looks === 1 ? publicAddress.address : "127.0.0.1";
    },
  };
  answer(null, [changing]);
};

/** A running server of HTTPS on 127.0.0.1, with a certificate for `rebinding.test` and 127.0.0.1. */
export interface RebindingServer extends AsyncDisposable {
  readonly port: number;
  /** Resolves with the first connection. */
  readonly connected: Promise<void>;
  /** Requests so far. Each is answered with 200. */
  readonly requests: number;
}

/** Starts a server whose certificate this process trusts until it is disposed: only the guard can keep a request away. */
export async function startRebindingServer(): Promise<RebindingServer> {
  const ordinary = getCACertificates();
  setDefaultCACertificates([...ordinary, selfSigned.cert]);
  let requests = 0;
  const connected = Promise.withResolvers<void>();
  const server = createServer(selfSigned, (_request, response) => {
    requests += 1;
    response.end();
  });
  server.on("connection", () => connected.resolve());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connected: connected.promise,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      setDefaultCACertificates(ordinary);
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
