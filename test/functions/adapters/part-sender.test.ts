import { createHash, createHmac } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Readable } from "node:stream";
import { CreateMultipartUploadCommand, S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { HttpResponse } from "@smithy/core/protocols";
import type { HttpRequest } from "@smithy/types";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { atRequest, type CommandRequest } from "../../../functions/adapters/command-request.ts";
import { createCopyMeter } from "../../../functions/adapters/copy-meter.ts";
import { createPartSender } from "../../../functions/adapters/part-sender.ts";
import { createS3Client } from "../../../functions/adapters/s3-client.ts";

const credentials = { accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "token" };
const bytes = Buffer.from("the part");
const part = { number: 7, bytes, crc32: 1, release: () => undefined };

/** A client whose requests are answered here: the first ones with these statuses, all others with 200. */
function recorded(statuses: number[] = [], options: { readonly forcePathStyle?: boolean } = {}) {
  const requests: HttpRequest[] = [];
  const handle = async (request: HttpRequest) => {
    requests.push(request);
    const isStart = request.method === "POST";
    const statusCode = isStart ? 200 : (statuses.shift() ?? 200);
    const xml = isStart
      ? "<X><UploadId>u/1+2</UploadId></X>"
      : statusCode === 200
        ? ""
        : "<Error><Code>Odd</Code></Error>";
    return { response: new HttpResponse({ statusCode, headers: { etag: '"e"' }, body: Readable.from([xml]) }) };
  };
  const client = new S3Client({
    ...{ region: "eu-north-1", credentials, retryMode: "standard", maxAttempts: 1, ...options },
    requestChecksumCalculation: "WHEN_REQUIRED",
    requestHandler: { handle, metadata: { handlerProtocol: "http/1.1" } },
  });
  return { client, requests };
}

/** An object of one part. */
function usual(key: string) {
  const signal = new AbortController().signal;
  return { key, bytes: bytes.length, contentType: "audio/wav", metadata: {}, signal, meter: createCopyMeter() };
}

/** Sends one part as an upload does that was started by the SDK. */
async function sendOne(key: string, { client, requests }: ReturnType<typeof recorded>, signal = AbortSignal.any([])) {
  let place: CommandRequest | undefined;
  const start = new CreateMultipartUploadCommand({ Bucket: "bucket", Key: key });
  const { UploadId: uploadId = "" } = await client.send(atRequest(start, "place", (request) => (place = request)));
  if (!place) throw new Error("the SDK sent nothing");
  requests.length = 0;
  const object = { ...usual(key), signal };
  const target = { client, bucket: "bucket", head: async () => undefined };
  const send = createPartSender(target, object, { uploadId, place });
  return { send, meter: object.meter, uploadId };
}

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** The signature that a request must have, by the steps of "Create a signed AWS API request" (IAM User Guide). */
function signatureOf({ method, path, query = {}, headers }: HttpRequest): string {
  const authorization = headers["authorization"] ?? "";
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? "";
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const canonicalQuery = Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
    .sort()
    .join("&");
  const canonicalHeaders = names
    .split(";")
    .map((name) => `${name}:${headers[name]}\n`)
    .join("");
  const canonical = [method, path, canonicalQuery, canonicalHeaders, names, headers["x-amz-content-sha256"]].join("\n");
  const date = headers["x-amz-date"] ?? "";
  const scope = `${date.slice(0, 8)}/eu-north-1/s3/aws4_request`;
  const digest = createHash("sha256").update(canonical).digest("hex");
  const key = ["eu-north-1", "s3", "aws4_request"].reduce(hmac, hmac("AWS4secret", date.slice(0, 8)));
  return hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`).toString("hex");
}

test.each([{ forcePathStyle: true }, { forcePathStyle: false }])(
  "a part goes where the SDK would send it, signed over all that counts (%o)",
  async (style) => {
    const keys = fc.array(fc.string({ minLength: 1, unit: "grapheme" }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(keys, async (segments) => {
        const key = segments.join("/");
        const run = recorded([], style);
        const { send, uploadId } = await sendOne(key, run);
        expect(await send(part)).toEqual({ PartNumber: 7, ChecksumCRC32: "AAAAAQ==", ETag: '"e"' });
        const [request] = run.requests;
        if (!request) throw new Error("nothing was sent");
        expect(request.body).toBe(bytes);
        const usual = { Bucket: "bucket", Key: key, UploadId: uploadId, PartNumber: 7, Body: bytes };
        await run.client.send(new UploadPartCommand(usual));
        const { protocol, hostname, port, path, method } = run.requests[1] ?? {};
        expect(request).toMatchObject({ protocol, hostname, path, method });
        expect(request.port).toBe(port);
        expect(request.query).toEqual({ partNumber: "7", uploadId });
        const signed = /SignedHeaders=([^,]+), Signature=(\w+)/.exec(request.headers["authorization"] ?? "");
        expect(signed?.[1]?.split(";")).toEqual(
          expect.arrayContaining([
            "host",
            "x-amz-checksum-crc32",
            "x-amz-content-sha256",
            "x-amz-date",
            "x-amz-security-token",
          ]),
        );
        expect(signed?.[2]).toBe(signatureOf(request));
      }),
      { numRuns: 60 },
    );
  },
);

test.each([[503], [403], [404], [301]])(
  "an answer of %i leaves that part and all later ones to the SDK",
  async (status) => {
    const run = recorded([status]);
    const { send, meter } = await sendOne("k", run);
    expect(await send(part)).toMatchObject({ ETag: '"e"' });
    await send(part);
    // The SDK's own name of the operation, which the plain request has no need of.
    expect(run.requests.map(({ query }) => query?.["x-id"])).toEqual([undefined, "UploadPart", "UploadPart"]);
    expect(meter.counts.retries).toBe(1);
  },
);

test("of a part that was refused before all of it was sent, the rest is not sent: its buffer gets other bytes", async () => {
  const body = Buffer.alloc(8 * 1_024 ** 2, "a");
  const sockets: Socket[] = [];
  let [late, answered] = ["", 0];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
    const isFirst = sockets.length === 1;
    let left = -1;
    socket.on("data", (piece) => {
      const head = left < 0 ? piece.indexOf("\r\n\r\n") + 4 : 0;
      if (left < 0) left = body.length;
      left -= piece.length - head;
      if (piece.includes("b", head)) late ||= "bytes of the next use";
      if (isFirst && answered === 0) {
        answered = 1;
        socket.write("HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\n\r\n");
        socket.pause();
      }
      if (left === 0) socket.write('HTTP/1.1 200 OK\r\netag: "e"\r\ncontent-length: 0\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const place = { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`, AWS_REGION: "us-east-1" };
  const client = createS3Client({ ...place, AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" });
  onTestFinished(() => {
    client.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const object = { ...usual("k"), bytes: body.length };
  const target = { client, bucket: "bucket", head: async () => undefined };
  const to = { protocol: "http:", hostname: "127.0.0.1", port, path: "/bucket/k" };
  const send = createPartSender(target, object, { uploadId: "u", place: to });
  expect(await send({ ...part, bytes: body })).toMatchObject({ ETag: '"e"' });
  body.fill("b");
  const [first] = sockets;
  const ended = new Promise((resolve) => first?.once("close", resolve));
  first?.resume();
  await ended;
  expect([sockets.length, late]).toEqual([2, ""]);
});

test("what the SDK cannot cure either is its error", async () => {
  const run = recorded([403, 403]);
  const { send } = await sendOne("k", run);
  await expect(send(part)).rejects.toMatchObject({ name: "Odd", $metadata: { httpStatusCode: 403 } });
});
