import { createHash, createHmac } from "node:crypto";

/** Keys that AWS knows a caller by. */
export interface AwsCredentials {
  /** Public half of the key. */
  readonly accessKeyId: string;
  /** Secret half: it signs and is never sent. */
  readonly secretAccessKey: string;
  /** Sent along with temporary keys, as a function's are. */
  readonly sessionToken?: string;
}

/** A POST to `/` without a query, as all calls of AWS's JSON protocols are. */
export interface AwsPost {
  /** Host, with its port unless that is the protocol's own. */
  readonly host: string;
  /** Further headers: names in lower case, all of them signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly body: string;
}

/** Which service of which region is asked, as signatures name both: `us-east-1` and `secretsmanager`. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

const algorithm = "AWS4-HMAC-SHA256";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/**
 * Signs a request with Signature Version 4 (IAM User Guide, "Create a signed AWS API request"). In own words, because the
 * SDK's signer brings 130 kB of other modules into a bundle.
 * @param date now, UTC; AWS takes a clock that is up to five minutes off
 * @returns all headers to send: those given, `host`, `x-amz-date`, the session's token and `authorization`
 */
export function signPost(
  { host, headers, body }: AwsPost,
  { region, service }: SigningScope,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  date: Date,
): Record<string, string> {
  const time = date.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const sent: Record<string, string> = {
    ...headers,
    host,
    "x-amz-date": time,
    ...(sessionToken && { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(sent).toSorted();
  const lines = names.map((name) => `${name}:${(sent[name] ?? "").trim().replace(/\s+/g, " ")}\n`);
  const signedHeaders = names.join(";");
  const canonical = ["POST", "/", "", lines.join(""), signedHeaders, sha256(body)].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, [algorithm, time, scope, sha256(canonical)].join("\n")).toString("hex");
  const credential = `${accessKeyId}/${scope}`;
  const parts = `Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return { ...sent, authorization: `${algorithm} ${parts}` };
}
