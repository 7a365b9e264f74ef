import { type CompletedPart, UploadPartCommand } from "@aws-sdk/client-s3";
import { HttpRequest } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import type { CommandRequest } from "./command-request.ts";
import { countedCall } from "./counted-call.ts";
import { formatCrc32 } from "./digest.ts";
import type { NewObject, WriteTarget } from "./object-writer.ts";
import type { Part } from "./part-assembly.ts";
import { payloadHashHeader, unsignedPayload, withPayloadHash } from "./payload-hash.ts";

/** An upload that was started. */
export interface StartedUpload {
  /** Its id. */
  readonly uploadId: string;
  /** Where the SDK sent the request that started it: its parts go to the same host and path. */
  readonly place: Pick<CommandRequest, "protocol" | "hostname" | "port" | "path">;
}

/** Sends a part, once or more often. Throws what the SDK throws. */
export type SendPart = (part: Part) => Promise<CompletedPart>;

/**
 * A sender of an upload's parts. The SDK's signer and its HTTP handler send each, without the middleware between them, which
 * takes 1 to 2 ms of processor time a part and leaves as much garbage: a seventh of a copy (docs/performance.md). Whatever is
 * not a plain success leaves that part, and all later ones, to the SDK's own call with its repeats, its slowing down and its errors.
 */
export function createPartSender(target: WriteTarget, object: NewObject, upload: StartedUpload): SendPart {
  const sendPlainly = plainSender(target, object, upload);
  let isPlain = true;
  return async (part) => {
    const checksum = formatCrc32(part.crc32);
    const sent = { PartNumber: part.number, ChecksumCRC32: checksum };
    if (isPlain) {
      const etag = await sendPlainly(part, checksum).catch(() => undefined);
      if (etag !== undefined) return { ...sent, ETag: etag };
      isPlain = false;
      if (!object.signal.aborted) object.meter.retried(1);
    }
    const { ETag } = await sendByCommand(target, object, upload, part, checksum);
    return { ...sent, ETag };
  };
}

/** @returns a sender that gives the part's ETag, or undefined for any answer but a success */
function plainSender({ client }: WriteTarget, { signal }: NewObject, { uploadId, place }: StartedUpload) {
  const { credentials, region, sha256, requestHandler } = client.config;
  // S3 alone has its paths signed as they are sent (Signature Version 4, "Create a canonical request").
  const signer = new SignatureV4({ credentials, region, sha256, service: "s3", uriEscapePath: false });
  const { protocol, hostname, port, path } = place;
  const to = { protocol, hostname, path, ...(port !== undefined && { port }) };
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  return async ({ number, bytes }: Part, checksum: string): Promise<string | undefined> => {
    const headers = {
      host,
      "content-length": String(bytes.length),
      "x-amz-checksum-crc32": checksum,
      [payloadHashHeader]: unsignedPayload,
    };
    const request = { ...to, method: "PUT", query: { partNumber: String(number), uploadId }, headers };
    // A clock that is wrong was set right by the answer to the request before, if that was necessary.
    const signingDate = new Date(Date.now() + client.config.systemClockOffset);
    const signed = await signer.sign(request, { signingDate });
    const refused = new AbortController();
    const abortSignal = AbortSignal.any([signal, refused.signal]);
    const { response } = await requestHandler.handle(new HttpRequest({ ...signed, body: bytes }), { abortSignal });
    if (response.statusCode === 200) {
      // Read to its end, which frees the connection for the next part.
      for await (const _piece of response.body);
      return response.headers["etag"];
    }
    // An answer may come before all of the body is sent. The rest must not be: after the repeat the buffer gets other bytes.
    refused.abort();
    return undefined;
  };
}

function sendByCommand(
  { client, bucket }: WriteTarget,
  object: NewObject,
  { uploadId }: StartedUpload,
  { number, bytes }: Part,
  checksum: string,
) {
  const command = new UploadPartCommand({
    Bucket: bucket,
    Key: object.key,
    UploadId: uploadId,
    PartNumber: number,
    Body: bytes,
    ContentLength: bytes.length,
    ChecksumCRC32: checksum,
  });
  return countedCall(object, (options) => client.send(withPayloadHash(command, unsignedPayload), options));
}
