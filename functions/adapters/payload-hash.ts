import { atRequest } from "./command-request.ts";

/** In place of a hash: the signature does not cover the body (Signature Version 4, "Create a canonical request"). */
export const unsignedPayload = "UNSIGNED-PAYLOAD";

/** The header that says what the body's SHA-256 is. */
export const payloadHashHeader = "x-amz-content-sha256";

/**
 * Says what the body's SHA-256 is, so that the SDK need not compute it: it hashes every body to sign it, which costs as much
 * as all of our own hashing. A part's body is left out of the signature: it is covered by TLS on its way, and by the CRC32 in
 * a header that is signed, against which S3 checks what it stores.
 * @param hash 64 hexadecimal digits, or {@link unsignedPayload}
 */
export function withPayloadHash<Command extends object>(command: Command, hash: string): Command {
  return atRequest(command, "payloadHash", ({ headers }) => {
    headers[payloadHashHeader] = hash;
  });
}
