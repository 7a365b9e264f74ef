/** The part of an SDK command that takes further steps of its request. */
interface Extensible {
  readonly middlewareStack: {
    add(
      middleware: <Args extends { readonly request: unknown }, Result>(
        next: (args: Args) => Promise<Result>,
      ) => (args: Args) => Promise<Result>,
      options: { readonly step: "build"; readonly name: string },
    ): void;
  };
}

/** In place of a hash: the signature does not cover the body (Signature Version 4, "Create a canonical request"). */
export const unsignedPayload = "UNSIGNED-PAYLOAD";

/**
 * Says what the body's SHA-256 is, so that the SDK need not compute it: it hashes every body to sign it, which costs as much
 * as all of our own hashing. A part's body is left out of the signature: it is covered by TLS on its way, and by the CRC32 in
 * a header that is signed, against which S3 checks what it stores.
 * @param hash 64 hexadecimal digits, or {@link unsignedPayload}
 */
export function withPayloadHash<Command extends object>(command: Command, hash: string): Command {
  const { middlewareStack } = command as Extensible;
  middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["x-amz-content-sha256"] = hash;
      return next(args);
    },
    { step: "build", name: "payloadHash" },
  );
  return command;
}
