import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { buildConnector } from "undici";
import { AddressRefused } from "../domain/errors.ts";

/** Milliseconds until a connection (DNS, TCP and TLS) must stand. */
const connectTimeout = 5_000;

/** Resolves a host name to all its addresses, as `dns.lookup` does. For tests: a resolver that lies. */
export type Resolver = (hostname: string, answer: (error: Error | null, addresses: LookupAddress[]) => void) => void;

const systemResolver: Resolver = (hostname, answer) =>
  dnsLookup(hostname, { all: true }, (error, addresses) => answer(error, addresses));

/**
 * Whether an address is public. `unicast` is what is left of ipaddr.js's ranges when private, loopback, link-local,
 * carrier-grade NAT, mapped, NAT64, 6to4, unique local, multicast and reserved ones are taken out.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === "unicast";
}

/** A lookup for `net.connect` that refuses a name as soon as one of its addresses is not public. */
function guardedLookup(resolve: Resolver): LookupFunction {
  return (hostname, options, callback) =>
    resolve(hostname, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(new AddressRefused(`${hostname} resolves to an address that is not public`), "", 0);
      }
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
}

/**
 * An undici connector that opens sockets to public addresses only. Checked at three places, because each misses
 * something: literals never reach a lookup; every answer of a lookup; and the address the socket is really connected to.
 * @param exceptions origins (`http://127.0.0.1:4010`) that are free of the rules
 */
export function guardedConnector(exceptions: ReadonlySet<string>, resolve = systemResolver): buildConnector.connector {
  const guarded = buildConnector({ timeout: connectTimeout, allowH2: false, lookup: guardedLookup(resolve) });
  const free = buildConnector({ timeout: connectTimeout, allowH2: false });
  return (options, callback) => {
    const { hostname, protocol, port } = options;
    if (exceptions.has(originOf(protocol, hostname, port))) return free(options, callback);
    const literal = hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) && !isPublicAddress(literal)) {
      return callback(new AddressRefused(`${hostname} is not a public address`), null);
    }
    return guarded(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      if (!isPublicAddress(socket.remoteAddress ?? "")) {
        socket.destroy();
        return callback(new AddressRefused(`${hostname} connected to an address that is not public`), null);
      }
      return callback(null, socket);
    });
  };
}

/** An origin in one spelling, whatever of the default port was left out. */
function originOf(protocol: string, hostname: string, port: string | undefined): string {
  return new URL(`${protocol}//${hostname}${port ? `:${port}` : ""}`).origin;
}
