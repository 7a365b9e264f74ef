/** Endpoints by which somebody may try to have this stack call a private address, in place of one that is public. */

/** Whose form is refused: no endpoint may be written so. `PORT` stands for the port of a listener on this machine. */
export const refusedForms = [
  "https://user:pass@127.0.0.1:PORT/",
  "https://user@127.0.0.1:PORT/",
  "https://hooks.example.com@127.0.0.1:PORT/",
  "https://127.0.0.1:PORT\\@hooks.example.com/",
  "https:\\\\127.0.0.1:PORT/",
  "https:/127.0.0.1:PORT/",
  "https:127.0.0.1:PORT/",
  "//127.0.0.1:PORT/",
  "https://127.0.0.1:PORT /",
  "https://127.0.0.1\t:PORT/",
  " https://127.0.0.1:PORT/",
  "https://１２７.0.0.1:PORT/",
  "https://127。0。0。1:PORT/",
  "https://127.0.0.1:PORT/#hooks.example.com",
  "https://[::1:PORT/",
  "https://[fe80::1%25lo]:PORT/",
  "https://127.0.0.1:99999/",
  "ftp://127.0.0.1:PORT/",
  "file:///etc/passwd",
  "data:text/plain,x",
  "unix:/var/run/docker.sock",
] as const;

/** Of good form, and refused for their address. */
export const privateAddresses = [
  // Loopback: decimal, with a dot, short, hexadecimal, in one number, octal, escaped, zero.
  "https://127.0.0.1:PORT/",
  "https://127.0.0.1.:PORT/",
  "https://127.1:PORT/",
  "https://127.255.255.254:PORT/",
  "https://0x7f.1:PORT/",
  "https://0x7f000001:PORT/",
  "https://2130706433:PORT/",
  "https://0177.0.0.1:PORT/",
  "https://%31%32%37.0.0.1:PORT/",
  "https://0.0.0.0:PORT/",
  "https://0:PORT/",
  // The same in IPv6: itself, unspecified, mapped, compatible, NAT64 of both kinds, 6to4.
  "https://[::1]:PORT/",
  "https://[0:0:0:0:0:0:0:1]:PORT/",
  "https://[::]:PORT/",
  "https://[::ffff:127.0.0.1]:PORT/",
  "https://[::ffff:7f00:1]:PORT/",
  "https://[::127.0.0.1]:PORT/",
  "https://[64:ff9b::7f00:1]:PORT/",
  "https://[64:ff9b:1::7f00:1]:PORT/",
  "https://[2002:7f00:1::]:PORT/",
  // Metadata services, link-local, unique local, site-local.
  "https://169.254.169.254/latest/meta-data/",
  "https://[fd00:ec2::254]/latest/meta-data/",
  "https://[::ffff:169.254.169.254]/latest/meta-data/",
  "https://[fe80::1]:PORT/",
  "https://[fd00::1]:PORT/",
  "https://[fec0::1]:PORT/",
  // Private networks, carrier-grade NAT, multicast, broadcast.
  "https://10.0.0.1:PORT/",
  "https://172.16.0.1:PORT/",
  "https://192.168.0.1:PORT/",
  "https://100.64.0.1:PORT/",
  "https://224.0.0.1:PORT/",
  "https://255.255.255.255:PORT/",
] as const;

/** Names of this machine that every system knows without asking anybody. */
export const localNames = ["https://localhost:PORT/", "https://LOCALHOST:PORT/"] as const;

/** The endpoints with a port in them, and each with a path of its own: two spellings of one URL are one endpoint. */
export function at(port: number, endpoints: readonly string[]): string[] {
  return endpoints.map((endpoint, index) => `${endpoint.replace("PORT", String(port))}${index}`);
}
