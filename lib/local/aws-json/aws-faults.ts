/** The errors that every AWS API of the protocol AWS JSON answers with: each name is the `__type` on the wire. */

/** A request that is refused with status 400. */
export abstract class AwsFault extends Error {}

/** A member is missing, or outside its documented length, range or set. */
export class ValidationException extends AwsFault {
  override readonly name = "ValidationException";
  /** @param problems Each in the form "Value 'x' at 'member' failed to satisfy constraint: …". */
  constructor(problems: readonly string[]) {
    super(`${problems.length} validation error${problems.length === 1 ? "" : "s"} detected: ${problems.join("; ")}`);
  }
}

/** The body is not JSON, or a member has another type than documented. */
export class SerializationException extends AwsFault {
  override readonly name = "SerializationException";
}

/** The operation is not one that the embedded cloud has. */
export class UnknownOperationException extends AwsFault {
  override readonly name = "UnknownOperationException";
}

/** The request has no Authorization header. What the header says is not checked. */
export class MissingAuthenticationTokenException extends AwsFault {
  override readonly name = "MissingAuthenticationTokenException";
  constructor() {
    super("Missing Authentication Token");
  }
}
