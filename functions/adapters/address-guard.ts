import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { isIP, isIPv6, type LookupFunction, type TcpNetConnectOpts } from "node:net";
import ipaddr from "ipaddr.js";
// undici's whole would be half of each bundle, and 20 MiB of memory.
import buildConnector from "undici/lib/core/connect.js";
import { AddressRefused } from "../domain/errors.ts";

/** Milliseconds until a connection (DNS, TCP and TLS) must stand, unless told otherwise. */
const defaultConnectTimeout = 5_000;

/** Resolves a host name to all its addresses, as `dns.lookup` does. For tests: a resolver that lies. */
export type Resolver = (hostname: string, answer: (error: Error | null, addresses: LookupAddress[]) => void) => void;

const systemResolver: Resolver = (hostname, answer) =>
  dnsLookup(hostname, { all: true }, (error, addresses) => answer(error, addresses));

/** All that is given out of IPv6 (IANA, "Internet Protocol Version 6 Address Space"). */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an address is public. `unicast` is what is left of ipaddr.js's ranges when private, loopback, link-local,
 * carrier-grade NAT, mapped, NAT64, 6to4, unique local, multicast and reserved ones are taken out. Of IPv6 that leaves
 * blocks that nobody has, among them `::/96`, an old notation for IPv4 addresses: so it must be of the block given out.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === "unicast" && (parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast));
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

/** Where a socket reads into, in place of emitting data: Node's option of `net.connect` and `tls.connect`. */
export type OnRead = NonNullable<TcpNetConnectOpts["onread"]>;

/**
 * An undici connector that opens sockets to public addresses only. Checked at three places, because each misses
 * something: literals never reach a lookup; every answer of a lookup; and the address the socket is really connected to.
 * @param exceptions origins (`http://127.0.0.1:4010`) that are free of the rules
 * @param timeout milliseconds until a connection (DNS, TCP and TLS) must stand
 * @param onread where its sockets read into. Default: they emit data
 */
export function guardedConnector(
  exceptions: ReadonlySet<string>,
  resolve = systemResolver,
  timeout = defaultConnectTimeout,
  onread?: OnRead,
): buildConnector.connector {
  // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would otherwise loosen it for everybody.
  const common = { timeout, allowH2: false, rejectUnauthorized: true, ...(onread && { onread }) };
  const guarded = buildConnector({ ...common, lookup: guardedLookup(resolve) });
  const free = buildConnector(common);
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

/** An origin in one spelling, whatever of the default port was left out. undici gives IPv6 literals without brackets. */
function originOf(protocol: string, hostname: string, port: string | undefined): string {
  const host = isIPv6(hostname) ? `[${hostname}]` : hostname;
  return new URL(`${protocol}//${host}${port ? `:${port}` : ""}`).origin;
}
