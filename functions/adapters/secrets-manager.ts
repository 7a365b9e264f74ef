import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { redact } from "../domain/redaction.ts";
import { type AwsEnvironment, clientPlace } from "./aws-environment.ts";
import { type AwsCredentials, signPost } from "./aws-signature.ts";
import { faultCodeOf } from "./network-fault.ts";

/** The members of an operation of Secrets Manager, or of its answer. */
export type Members = Readonly<Record<string, unknown>>;

/** Why Secrets Manager did not do what it was asked. Holds no secret: of an answer only its error is ever quoted. */
export class SecretsManagerFault extends Error {
  /** The service's own name of it, such as AccessDeniedException; otherwise a code of the network, or TimeoutError. */
  override readonly name: string;
  /** Whether asking again may help: throttling, 5xx, no answer. */
  readonly mayPass: boolean;

  constructor(name: string, message: string, mayPass: boolean) {
    super(message);
    this.name = name;
    this.mayPass = mayPass;
  }
}

/** Where Secrets Manager is, and who asks it. */
export interface SecretsManagerPlace {
  /** Its region, `us-east-1`. */
  readonly region: string;
  /** Where calls are posted to. */
  readonly url: URL;
  /** Whose permissions count. */
  readonly credentials: AwsCredentials;
}

/** Secrets Manager, from the environment. @throws {SecretsManagerFault} when it lacks the region or the credentials */
export function secretsManagerPlace(environment: AwsEnvironment): SecretsManagerPlace {
  const { region, endpoint, credentials } = clientPlace(environment, environment.AWS_ENDPOINT_URL_SECRETS_MANAGER);
  if (region && credentials) {
    const url = new URL("/", endpoint ?? `https://secretsmanager.${region}.${domainOf(region)}`);
    return { region, url, credentials };
  }
  const variables = "AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  throw new SecretsManagerFault("EnvironmentIncomplete", `${variables} must be set, as Lambda sets them`, false);
}

/**
 * One call of Secrets Manager (AWS JSON 1.1), once. Not by the SDK's client, which would be 440 of 520 kB of a poll's
 * bundle, and most of the time until its first answer (docs/performance.md).
 * @param operation its name, such as `GetSecretValue`
 * @param timeout milliseconds until the answer must be there, the connection and its body included
 * @throws {SecretsManagerFault}
 */
export async function callSecretsManager(
  { region, url, credentials }: SecretsManagerPlace,
  operation: string,
  members: Members,
  timeout: number,
): Promise<Members> {
  const body = JSON.stringify(members);
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `secretsmanager.${operation}` };
  const scope = { region, service: "secretsmanager" };
  const signed = signPost({ host: url.host, headers, body }, scope, credentials, new Date());
  const signal = AbortSignal.timeout(timeout);
  const { status, text } = await post(url, signed, body, signal).catch((error: unknown) => {
    const code = faultCodeOf(signal.aborted ? signal.reason : error);
    throw new SecretsManagerFault(code, `${code} at ${url.host}`, true);
  });
  const answered = membersOf(text);
  if (status === 200 && answered) return answered;
  throw refusal(status, answered);
}

/** Domain of a region's services, by the region's partition (AWS SDK's `partitions.js`; isolated ones need an endpoint). */
function domainOf(region: string): string {
  if (region.startsWith("cn-")) return "amazonaws.com.cn";
  return region.startsWith("eusc-") ? "amazonaws.eu" : "amazonaws.com";
}

/** Sends a request over a connection of its own: one kept while Lambda freezes is found dead by the next request. */
async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const common = { method: "POST", headers, agent: false, signal } as const;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would otherwise loosen it for everybody.
  const sent: ClientRequest =
    url.protocol === "http:" ? httpRequest(url, common) : httpsRequest(url, { ...common, rejectUnauthorized: true });
  sent.on("response", resolve).on("error", reject).end(body);
  const response = await promise;
  let text = "";
  for await (const piece of response.setEncoding("utf8")) text += piece;
  return { status: response.statusCode, text };
}

/** A JSON object's members; undefined for any other text. Without the parser's error, which would quote the text. */
function membersOf(text: string): Members | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** The error of an answer: `__type`, perhaps with a namespace before `#`, and `message`, in either spelling. */
function refusal(status: number | undefined, answered: Members = {}): SecretsManagerFault {
  const { __type: type, message = answered["Message"] } = answered;
  const name = typeof type === "string" && /(?:^|#)(\w+)(?::|$)/.exec(type)?.[1];
  const isServerFault = status === 429 || (status ?? 0) >= 500;
  if (!name) {
    const isPassing = isServerFault || status === 200;
    return new SecretsManagerFault("UnknownAnswer", `HTTP ${status} without an error that is known`, isPassing);
  }
  const mayPass = isServerFault || /Throttl|TooManyRequests|LimitExceeded/.test(name);
  return new SecretsManagerFault(name, typeof message === "string" ? redact(message) : `HTTP ${status}`, mayPass);
}
