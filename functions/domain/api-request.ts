import { type RequestBody, readJsonBody } from "./api-body.ts";
import { readQuery } from "./api-query.ts";
import { cleanupNamePrefix } from "./cleanup-name.ts";
import { InvalidInput } from "./errors.ts";
import { parseInput, type TransferInput } from "./input.ts";
import { longestTransferName, transferNameOf } from "./transfer-name.ts";

/** A request to the HTTP API, as far as it is read. */
export interface ApiRequest extends RequestBody {
  /** The query as it was sent, without its question mark. */
  readonly rawQueryString: string;
  /** By the names in the route. */
  readonly pathParameters?: Readonly<Record<string, string | undefined>>;
}

/** A transfer to be started. */
export interface StartRequest {
  /** Name of its execution. */
  readonly name: string;
  /** Its input, as it was given; it is valid. */
  readonly input: object;
}

/** A project to be deleted. */
export interface DeletionRequest extends Pick<TransferInput, "id" | "downloadDirectory"> {
  /** True: without a look at what stands in S3. */
  readonly force: boolean;
}

/** The characters that Step Functions advises for names (API reference, StartExecution). */
const key = new RegExp(`^[A-Za-z0-9_-]{1,${longestTransferName}}$`);

/**
 * Names that can be looked up: those, and what else other starters may have used of ASCII. A colon or a slash would name
 * something else in an ARN.
 */
const lookedUp = new RegExp(`^[A-Za-z0-9_.!'()+=@-]{1,${longestTransferName}}$`);

/**
 * `POST /transfers`: the body is the input, the name is the `Idempotency-Key` or made of the input.
 * @throws {InvalidInput | BodyTooLarge | UnsupportedMediaType}
 */
export function readStart(request: ApiRequest): StartRequest {
  readQuery(request.rawQueryString, []);
  const given = request.headers["idempotency-key"];
  if (given !== undefined) requireKey(given);
  return startRequestOf(readJsonBody(request), given);
}

/**
 * The start of a transfer with this input.
 * @param given an idempotency key, which becomes the transfer's name. Default none: the name is made of the input
 * @throws {InvalidInput} naming the bound that the key or the input breaks
 */
export function startRequestOf(input: unknown, given?: string): StartRequest {
  if (given !== undefined) requireKey(given);
  parseInput(input);
  return { name: given ?? transferNameOf(input), input: input as object };
}

/** @throws {InvalidInput} naming the bound that the header breaks */
function requireKey(given: string): void {
  if (!key.test(given)) {
    throw new InvalidInput(
      `Idempotency-Key: must be 1 to ${longestTransferName} of the characters A-Z a-z 0-9 _ -, and given once`,
    );
  }
  // A caller's could keep one of the cleanup's own from being started.
  if (given.startsWith(cleanupNamePrefix)) {
    throw new InvalidInput(`Idempotency-Key: may not begin with ${cleanupNamePrefix}, as the cleanup's transfers do`);
  }
}

/**
 * `GET` and `DELETE /transfers/{name}`: the name; undefined when no transfer can be called so.
 * @throws {InvalidInput} for a query
 */
export function readTransferName({ rawQueryString, pathParameters }: ApiRequest): string | undefined {
  readQuery(rawQueryString, []);
  return findableName(pathParameters?.["name"] ?? "");
}

/** The name of a transfer or a delivery as it was given; undefined when none can be called so. */
export function findableName(name: string): string | undefined {
  return lookedUp.test(name) ? name : undefined;
}

/** `GET /audio-projects/{id}`: the id. @throws {InvalidInput} naming its bound */
export function readProjectId({ rawQueryString, pathParameters }: ApiRequest): string {
  readQuery(rawQueryString, []);
  return parseInput({ id: pathParameters?.["id"] }).id;
}

/**
 * `DELETE /audio-projects/{id}`: the project, and where its manifest is (default `audio-projects/<id>`, a transfer's own).
 * @throws {InvalidInput} naming the field and the bound
 */
export function readDeletion({ rawQueryString, pathParameters }: ApiRequest): DeletionRequest {
  const { downloadDirectory: given, force } = readQuery(rawQueryString, ["downloadDirectory", "force"]);
  if (force !== undefined && force !== "true" && force !== "false") {
    throw new InvalidInput("force: must be true or false");
  }
  const { id, downloadDirectory } = parseInput({
    id: pathParameters?.["id"],
    ...(given !== undefined && { downloadDirectory: given }),
  });
  return { id, downloadDirectory, force: force === "true" };
}
