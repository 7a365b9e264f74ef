/** The CRC-32 polynomial of zlib, PNG and S3, bits reversed (RFC 1952, section 8). */
const polynomial = 0xedb88320;

/**
 * Product of two polynomials modulo the CRC's, both in the reversed bit order in which a CRC32 is a number: the highest bit is x⁰.
 */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = 0x8000_0000; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    // Times x; what leaves at the low end comes back as the polynomial.
    shifted = (shifted & 1) !== 0 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return product >>> 0;
}

/** x to the power of 8 × bytes, modulo the polynomial: what so many bytes behind it do to a CRC. */
function shiftOf(bytes: number): number {
  let power = 0x8000_0000;
  // x⁸: one byte. Squared once for each binary digit of the number of bytes.
  let square = 0x0080_0000;
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(power, square);
    square = multiply(square, square);
  }
  return power;
}

/**
 * The CRC32 of two pieces in a row, out of the CRC32 of each: so the whole object's costs no second pass over its bytes.
 * A CRC is the remainder of a division of polynomials: `crc(ab) = crc(a) · x^(8·|b|) + crc(b)`. As zlib's `crc32_combine`,
 * which Node does not export.
 * @param secondBytes size of the second piece, in bytes
 */
export function combineCrc32(first: number, second: number, secondBytes: number): number {
  return (multiply(first, shiftOf(secondBytes)) ^ second) >>> 0;
}
