import { ValidationException } from "../aws-json/aws-faults.ts";
import { PAYLOAD_BYTES } from "./state-failure.ts";
import { InvalidExecutionInput, InvalidName } from "./step-functions-faults.ts";

/** The most characters in the name of an execution. */
const NAME_CHARACTERS = 80;

/**
 * What a name must not contain: white space, brackets, wildcards, special characters, U+FFFE, U+FFFF and surrogates.
 * Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\ufffe\uffff\ud800-\udfff]/;

/** U+0000 to U+001F and U+007F to U+009F. */
const CONTROL = /\p{Cc}/u;

/**
 * Checks the name of a new execution.
 * @throws {ValidationException} if it has not 1 to 80 characters. AWS answers so, as seen in
 * https://github.com/wolfeidau/buildkite-serverless-agent/issues/37
 * @throws {InvalidName} if it has a forbidden character.
 */
export function requireName(name: string): void {
  if (name.length < 1) throw outOfBounds("name", name, `greater than or equal to 1`);
  if (name.length > NAME_CHARACTERS) throw outOfBounds("name", name, `less than or equal to ${NAME_CHARACTERS}`);
  if (FORBIDDEN.test(name) || CONTROL.test(name)) throw new InvalidName(name);
}

/**
 * Reads the input of a new execution, JSON of any type.
 * @throws {ValidationException} above 262,144 bytes of UTF-8.
 * @throws {InvalidExecutionInput} if it is not JSON.
 */
export function parseInput(input: string): unknown {
  if (Buffer.byteLength(input) > PAYLOAD_BYTES) {
    throw new ValidationException([`Value at 'input' ${lengthConstraint(`less than or equal to ${PAYLOAD_BYTES}`)}`]);
  }
  if (input.trim() === "") throw new InvalidExecutionInput("Invalid execution input.");
  try {
    return JSON.parse(input);
  } catch (error) {
    throw new InvalidExecutionInput((error as SyntaxError).message);
  }
}

function outOfBounds(member: string, value: string, bound: string): ValidationException {
  return new ValidationException([`Value '${value}' at '${member}' ${lengthConstraint(bound)}`]);
}

function lengthConstraint(bound: string): string {
  return `failed to satisfy constraint: Member must have length ${bound}`;
}
