import { AwsFault } from "../aws-json/aws-faults.ts";

/** An event pattern that EventBridge does not take, named and worded as EventBridge does. */
export class InvalidEventPatternException extends AwsFault {
  override readonly name = "InvalidEventPatternException";
  /** @param reason What is wrong, without a full stop. */
  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`);
  }
}
