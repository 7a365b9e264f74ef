/** What S3 is told of a body's hash, as it goes over the wire, and that the signature covers just that. */
import { createHash, createHmac } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { withPayloadHash } from "../../../functions/adapters/payload-hash.ts";
import type { Fault, FaultRequest } from "../../../lib/local/object-store/object-store.ts";
import { BUCKET } from "../../lib/local/object-store/store-fixture.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { writeBody } from "./given-bytes.ts";
import { type Call, digestOf, key, large, runOutputStore, small } from "./running-output-store.ts";

const hex = (text: string) => createHash("sha256").update(text).digest("hex");

const hmac = (secret: string | Buffer, text: string) => createHmac("sha256", secret).update(text).digest();

const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** The signature of a request as it arrived, computed as S3 does (Signature Version 4), and the names of what it covers. */
function signatureOf({ method, bucket, key: object, query, headers }: FaultRequest) {
  const authorization = headers["authorization"] ?? "";
  const [, scope = "", names = "", given = ""] =
    /Credential=dummy\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(authorization) ?? [];
  const canonical = [
    method,
    `/${[bucket, ...object.split("/")].map(encoded).join("/")}`,
    [...query]
      .map((pair) => pair.map(encoded).join("="))
      .sort()
      .join("&"),
    ...names.split(";").map((name) => `${name}:${String(headers[name]).trim()}`),
    "",
    names,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hex(canonical)].join("\n");
  const signingKey = scope.split("/").reduce<string | Buffer>((secret, step) => hmac(secret, step), "AWS4dummy");
  return { names: names.split(";"), given, expected: hmac(signingKey, toSign).toString("hex") };
}

/** Writes a body and gives all requests of one kind, as they arrived. */
async function requestsOf(call: Call, body: Uint8Array, faultOf: (nth: number) => Fault | undefined = () => undefined) {
  const seen: FaultRequest[] = [];
  const { target } = await runOutputStore((arrived, nth, request) => {
    if (arrived !== call) return undefined;
    seen.push(request);
    return faultOf(nth);
  });
  expect(await writeBody(target, body)).toMatchObject(digestOf(body));
  return seen;
}

test.each<[string, Call, Uint8Array, string]>([
  ["parts go without a hash", "UploadPart", large, "UNSIGNED-PAYLOAD"],
  ["a single PUT goes with the real one", "PutObject", small, digestOf(small).sha256],
])("%s, signed together with the checksum", async (_name, call, body, hash) => {
  for (const fault of [undefined, "reset"] as const) {
    const requests = await requestsOf(call, body, (nth) => (nth === 1 ? fault : undefined));
    // One for each part, and the one that was reset again.
    expect(requests).toHaveLength((call === "UploadPart" ? 2 : 1) + (fault ? 1 : 0));
    for (const request of requests) {
      expect(request.headers["x-amz-content-sha256"]).toBe(hash);
      const { names, given, expected } = signatureOf(request);
      expect(names).toEqual(expect.arrayContaining(["x-amz-checksum-crc32", "x-amz-content-sha256"]));
      expect(given).toBe(expected);
    }
  }
});

test("a body that has another hash is refused", async () => {
  const { target, bytesOnDisk } = await runOutputStore();
  const command = new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: small });
  const refused = rejectionOf(target.client.send(withPayloadHash(command, digestOf(large).sha256)));
  expect(await refused).toMatchObject({ name: "XAmzContentSHA256Mismatch" });
  expect(await bytesOnDisk()).toBeUndefined();
});
