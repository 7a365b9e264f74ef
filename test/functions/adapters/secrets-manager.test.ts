import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { callSecretsManager, secretsManagerPlace } from "../../../functions/adapters/secrets-manager.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { httpAnswer, startRawListener } from "../../support/raw-listener.ts";
import { selfSigned } from "../../support/self-signed.ts";
import { unusedPort } from "../../support/unused-port.ts";
import { type AwsAnswer, awsFault, localEnvironment, runAwsJson } from "./running-aws-json.ts";

const members = { SecretId: "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-abcdef" };

/** Asks Secrets Manager at a URL, for two seconds. */
const ask = (url: string, timeout = 2_000) =>
  callSecretsManager(
    secretsManagerPlace({ ...localEnvironment, AWS_ENDPOINT_URL_SECRETS_MANAGER: url }),
    "GetSecretValue",
    members,
    timeout,
  );

/** What Secrets Manager's answer makes the call throw. */
async function faultAfter(answer: AwsAnswer) {
  const { url, requests } = await runAwsJson(() => answer);
  const error = await rejectionOf(ask(url));
  expect(requests).toHaveLength(1);
  expect(everythingIn(error)).not.toContain("SECRET");
  return error;
}

/** What bytes on the wire make the call throw. */
async function faultAfterBytes(bytes: string, end = true) {
  const raw = await startRawListener((socket) => (end ? socket.end(bytes) : socket.write(bytes)));
  onTestFinished(() => raw.close());
  const error = await rejectionOf(ask(`http://127.0.0.1:${raw.port}`, end ? 2_000 : 200));
  expect(everythingIn(error)).not.toContain("mhk_live");
  return error;
}

describe("the place", () => {
  test.each([
    ["us-east-1", "https://secretsmanager.us-east-1.amazonaws.com/"],
    ["us-gov-west-1", "https://secretsmanager.us-gov-west-1.amazonaws.com/"],
    ["cn-north-1", "https://secretsmanager.cn-north-1.amazonaws.com.cn/"],
    ["eusc-de-east-1", "https://secretsmanager.eusc-de-east-1.amazonaws.eu/"],
  ])("of %s is %s", (region, url) => {
    expect(secretsManagerPlace({ ...localEnvironment, AWS_REGION: region }).url.href).toBe(url);
  });

  test("is the endpoint's root where one is given", () => {
    const environment = { ...localEnvironment, AWS_ENDPOINT_URL_SECRETS_MANAGER: "https://vpce-1.example.com/x?y" };
    expect(secretsManagerPlace(environment).url.href).toBe("https://vpce-1.example.com/");
  });

  test.each(["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])("needs %s", (name) => {
    const environment = { ...localEnvironment, [name]: undefined };
    expect(() => secretsManagerPlace(environment)).toThrow(
      expect.objectContaining({
        name: "EnvironmentIncomplete",
        mayPass: false,
        message: expect.stringContaining(name),
      }),
    );
  });
});

test("the request is one signed POST, over a connection of its own", async () => {
  const raw = await startRawListener((socket) => socket.end(httpAnswer('{"SecretString":"mhk_live_1"}')));
  onTestFinished(() => raw.close());
  const endpoint = `http://127.0.0.1:${raw.port}`;
  const environment = { ...localEnvironment, AWS_SESSION_TOKEN: "token", AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint };
  const answer = await callSecretsManager(secretsManagerPlace(environment), "GetSecretValue", members, 2_000);
  expect(answer).toEqual({ SecretString: "mhk_live_1" });
  const [head = "", body] = raw.received.split("\r\n\r\n");
  const [line, ...headers] = head.split("\r\n");
  expect([line, body]).toEqual(["POST / HTTP/1.1", JSON.stringify(members)]);
  expect(headers).toEqual(
    expect.arrayContaining([
      "content-type: application/x-amz-json-1.1",
      "x-amz-target: secretsmanager.GetSecretValue",
      `host: 127.0.0.1:${raw.port}`,
      "x-amz-security-token: token",
      "Connection: close",
      expect.stringMatching(
        /^authorization: AWS4-HMAC-SHA256 Credential=dummy\/\d{8}\/us-east-1\/secretsmanager\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
      ),
    ]),
  );
});

describe("a refusal has the service's name", () => {
  test.each<[string, AwsAnswer, string, boolean]>([
    ["plain", awsFault("AccessDeniedException"), "AccessDeniedException", false],
    ["with its namespace", awsFault("com.amazonaws.secretsmanager#DecryptionFailure"), "DecryptionFailure", false],
    ["with a place behind", awsFault("InvalidSignatureException:http://x/"), "InvalidSignatureException", false],
    ["throttled", awsFault("ThrottlingException"), "ThrottlingException", true],
    ["too many", awsFault("TooManyRequestsException"), "TooManyRequestsException", true],
    ["of the server", awsFault("InternalServiceError", 500), "InternalServiceError", true],
    ["429 by whatever name", awsFault("Other", 429), "Other", true],
    ["without a name", { status: 403, body: { message: "whsec_SECRET" } }, "UnknownAnswer", false],
    ["of the server, without a name", { status: 503, body: {} }, "UnknownAnswer", true],
    ["with a name that is none", { status: 400, body: { __type: 7 } }, "UnknownAnswer", false],
  ])("%s", async (_what, answer, name, mayPass) => {
    expect(await faultAfter(answer)).toMatchObject({ name, mayPass });
  });

  test("and its message, made safe", async () => {
    const { message } = await faultAfter(awsFault("AccessDeniedException"));
    expect(message).toBe("AccessDeniedException of [redacted] at https://example.com/?[redacted]");
  });
});

describe("no answer", () => {
  test("may come later", async () => {
    expect(await faultAfter("reset")).toMatchObject({ name: "ECONNRESET", mayPass: true });
    const port = await unusedPort();
    const refused = await rejectionOf(ask(`http://127.0.0.1:${port}`));
    expect(refused).toMatchObject({
      name: "ECONNREFUSED",
      message: `ECONNREFUSED at 127.0.0.1:${port}`,
      mayPass: true,
    });
  });

  test("in time, or only its beginning, is a time-out", async () => {
    const { url } = await runAwsJson(() => "stall");
    expect(await rejectionOf(ask(url, 200))).toMatchObject({ name: "TimeoutError", mayPass: true });
    const begun = 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"SecretString":"mhk_live_1';
    expect(await faultAfterBytes(begun, false)).toMatchObject({ name: "TimeoutError", mayPass: true });
    expect(await faultAfterBytes(begun)).toMatchObject({ name: "ECONNRESET", mayPass: true });
  });

  test.each([
    ["is no JSON", "mhk_live_1"],
    ["is no object", '"mhk_live_1"'],
  ])("that %s is not quoted", async (_what, text) => {
    expect(await faultAfterBytes(httpAnswer(text))).toMatchObject({ name: "UnknownAnswer", mayPass: true });
  });
});

test("a server whose certificate nobody vouches for gets no request, whatever the environment allows", async () => {
  let requests = 0;
  const server = createServer(selfSigned, (_request, response) => {
    requests += 1;
    response.end('{"SecretString":"forged"}');
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const error = await rejectionOf(ask(`https://127.0.0.1:${(server.address() as AddressInfo).port}`));
  expect([error.name, requests]).toEqual(["DEPTH_ZERO_SELF_SIGNED_CERT", 0]);
});
