/**
 * The errors of the Step Functions API that the embedded cloud answers with: each name is the `__type` on the wire.
 * Texts are those of AWS where they are known.
 * Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html and its siblings
 */

/** A request that is refused with status 400. */
export abstract class StepFunctionsFault extends Error {}

/** The name is taken by an execution that is closed or has other input. */
export class ExecutionAlreadyExists extends StepFunctionsFault {
  override readonly name = "ExecutionAlreadyExists";
  constructor(arn: string) {
    super(`Execution Already Exists: '${arn}'`);
  }
}

/** No such execution, or one that was forgotten. */
export class ExecutionDoesNotExist extends StepFunctionsFault {
  override readonly name = "ExecutionDoesNotExist";
  constructor(arn: string) {
    super(`Execution Does Not Exist: '${arn}'`);
  }
}

/** No such state machine. Versions and aliases do not exist here either. */
export class StateMachineDoesNotExist extends StepFunctionsFault {
  override readonly name = "StateMachineDoesNotExist";
  constructor(arn: string) {
    super(`State Machine Does Not Exist: '${arn}'`);
  }
}

/** The text is no ARN, or one of something else. */
export class InvalidArn extends StepFunctionsFault {
  override readonly name = "InvalidArn";
  constructor(reason: string) {
    super(`Invalid Arn: '${reason}'`);
  }
}

/** The execution's name has a character that names must not have. */
export class InvalidName extends StepFunctionsFault {
  override readonly name = "InvalidName";
  constructor(name: string) {
    super(`Invalid Name: '${name}'`);
  }
}

/** The execution's input is not JSON. */
export class InvalidExecutionInput extends StepFunctionsFault {
  override readonly name = "InvalidExecutionInput";
  constructor(reason: string) {
    super(`Invalid State Machine Execution Input: '${reason}'`);
  }
}

/** The nextToken is not one that this very request returned. */
export class InvalidToken extends StepFunctionsFault {
  override readonly name = "InvalidToken";
  constructor(token: string) {
    super(`Invalid Token: '${token}'`);
  }
}

/** A member is missing, or outside its documented length, range or set. */
export class ValidationException extends StepFunctionsFault {
  override readonly name = "ValidationException";
  /** @param problems Each in the form "Value 'x' at 'member' failed to satisfy constraint: …". */
  constructor(problems: readonly string[]) {
    super(`${problems.length} validation error${problems.length === 1 ? "" : "s"} detected: ${problems.join("; ")}`);
  }
}

/** The body is not JSON, or a member has another type than documented. */
export class SerializationException extends StepFunctionsFault {
  override readonly name = "SerializationException";
}

/** The operation is not one that the embedded cloud has. */
export class UnknownOperationException extends StepFunctionsFault {
  override readonly name = "UnknownOperationException";
}

/** The request has no Authorization header. What the header says is not checked. */
export class MissingAuthenticationTokenException extends StepFunctionsFault {
  override readonly name = "MissingAuthenticationTokenException";
  constructor() {
    super("Missing Authentication Token");
  }
}
