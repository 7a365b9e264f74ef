/**
 * The errors of the Step Functions API that the embedded cloud answers with: each name is the `__type` on the wire.
 * Texts are those of AWS where they are known.
 * Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html and its siblings
 */
import { AwsFault } from "../aws-json/aws-faults.ts";

/** The name is taken by an execution that is closed or has other input. */
export class ExecutionAlreadyExists extends AwsFault {
  override readonly name = "ExecutionAlreadyExists";
  constructor(arn: string) {
    super(`Execution Already Exists: '${arn}'`);
  }
}

/** No such execution, or one that was forgotten. */
export class ExecutionDoesNotExist extends AwsFault {
  override readonly name = "ExecutionDoesNotExist";
  constructor(arn: string) {
    super(`Execution Does Not Exist: '${arn}'`);
  }
}

/** No such state machine. Versions and aliases do not exist here either. */
export class StateMachineDoesNotExist extends AwsFault {
  override readonly name = "StateMachineDoesNotExist";
  constructor(arn: string) {
    super(`State Machine Does Not Exist: '${arn}'`);
  }
}

/** The text is no ARN, or one of something else. */
export class InvalidArn extends AwsFault {
  override readonly name = "InvalidArn";
  constructor(reason: string) {
    super(`Invalid Arn: '${reason}'`);
  }
}

/** The execution's name has a character that names must not have. */
export class InvalidName extends AwsFault {
  override readonly name = "InvalidName";
  constructor(name: string) {
    super(`Invalid Name: '${name}'`);
  }
}

/** The execution's input is not JSON. */
export class InvalidExecutionInput extends AwsFault {
  override readonly name = "InvalidExecutionInput";
  constructor(reason: string) {
    super(`Invalid State Machine Execution Input: '${reason}'`);
  }
}

/** The nextToken is not one that this very request returned. */
export class InvalidToken extends AwsFault {
  override readonly name = "InvalidToken";
  constructor(token: string) {
    super(`Invalid Token: '${token}'`);
  }
}
