/** Errors that only the HTTP API has, besides those of errors.ts. Their names are the problems' `error`: see api-problem.ts. */

/** There is no such transfer, or no such project. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}

/** A transfer of that name was started with another input. */
export class Conflict extends Error {
  override readonly name = "Conflict";
  /** The first transfer's name. */
  readonly transfer: string;

  constructor(transfer: string) {
    super(`the transfer ${transfer} was started with another input: repeat that one, or give another Idempotency-Key`);
    this.transfer = transfer;
  }
}

/** The request's body has more bytes than an execution's input may have. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** The request's body is said to be something else than JSON. */
export class UnsupportedMediaType extends Error {
  override readonly name = "UnsupportedMediaType";
}

/** The vendor refused what was asked of it, and said why; it would again. */
export class VendorRefused extends Error {
  override readonly name = "VendorRefused";
}
