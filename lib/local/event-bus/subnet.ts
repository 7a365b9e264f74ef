import { BlockList, isIP } from "node:net";
import { InvalidEventPatternException } from "./invalid-event-pattern.ts";

/**
 * Reads the operand of `cidr`, such as `10.0.0.0/24` or `2001:db8::/32`: texts match that are an address in it.
 * @throws {InvalidEventPatternException} in the words of AWS
 */
export function compileSubnet(subnet: string): (text: string) => boolean {
  const [address = "", bits = "", ...more] = subnet.split("/");
  if (bits === "" || more.length > 0) throw new InvalidEventPatternException("Malformed CIDR, one '/' required");
  const family = familyOf(address);
  if (family === undefined) throw new InvalidEventPatternException(`Nonstandard IP address: ${address}`);
  if (!/^\d+$/.test(bits)) throw new InvalidEventPatternException("Malformed CIDR, mask bits must be an integer");
  const longest = family === "ipv4" ? 32 : 128;
  if (Number(bits) > longest)
    throw new InvalidEventPatternException(`Malformed CIDR, mask bits must be < ${longest + 1}`);
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family);
  return (text) => {
    const other = familyOf(text);
    return other === family && block.check(text, other);
  };
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  return { 4: "ipv4" as const, 6: "ipv6" as const }[isIP(address)];
}
