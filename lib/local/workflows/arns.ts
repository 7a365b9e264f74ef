import { InvalidArn } from "./step-functions-faults.ts";

/** The Region in every ARN of the embedded cloud. */
export const LOCAL_REGION = "us-east-1";

/** The account in every ARN of the embedded cloud: one that AWS gives to nobody. */
export const LOCAL_ACCOUNT = "000000000000";

/** The ARN of a state machine of the embedded cloud. */
export function stateMachineArn(name: string): string {
  return `arn:aws:states:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stateMachine:${name}`;
}

/** The ARN of a Lambda function of the embedded cloud, for a Task's Resource. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`;
}

/** The role that the embedded cloud reports for a state machine; nothing checks it. */
export function roleArn(name: string): string {
  return `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`;
}

/** The ARN of an execution: its state machine's, with `execution` for `stateMachine` and the execution's name behind. */
export function executionArn(ofStateMachine: string, name: string): string {
  return `${ofStateMachine.replace(":stateMachine:", ":execution:")}:${name}`;
}

const STATES_ARN = /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:(\w+):.+$/;

/**
 * Checks that a text is an ARN of Step Functions, of one resource type. Whether that resource exists is not looked at.
 * @throws {InvalidArn} with the words of AWS.
 */
export function requireArn(arn: string, type: "stateMachine" | "execution"): void {
  if (!arn.startsWith("arn:")) throw new InvalidArn(`Invalid ARN prefix: ${arn}`);
  const [, found] = STATES_ARN.exec(arn) ?? [];
  if (found === undefined) throw new InvalidArn(`Not an ARN of Step Functions: ${arn}`);
  if (found !== type) throw new InvalidArn(`Resource type not valid in this context: ${found}`);
}
