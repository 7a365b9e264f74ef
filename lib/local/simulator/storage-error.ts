/** Refusals of the download host: Google Cloud Storage's XML, see https://cloud.google.com/storage/docs/xml-api/reference-status. */
import type { FastifyReply } from "fastify";

/** One refusal. */
export interface StorageError {
  readonly code: keyof typeof answers;
  readonly details: string;
}

const answers = {
  AccessDenied: [403, "Access denied."],
  ExpiredToken: [400, "Invalid argument."],
  InvalidArgument: [400, "Invalid argument."],
  InvalidRange: [416, "The requested range cannot be satisfied."],
  MalformedSecurityHeader: [400, "Your request has a malformed header."],
  NoSuchKey: [404, "The specified key does not exist."],
  PreconditionFailed: [412, "At least one of the pre-conditions you specified did not hold."],
  SignatureDoesNotMatch: [403, "Access denied."],
} as const;

/** Answers with the refusal's status and XML body. */
export function sendStorageError(reply: FastifyReply, { code, details }: StorageError): FastifyReply {
  const [status, message] = answers[code];
  const fields = `<Code>${code}</Code><Message>${message}</Message><Details>${escapeXml(details)}</Details>`;
  return reply
    .code(status)
    .type("application/xml; charset=UTF-8")
    .send(`<?xml version='1.0' encoding='UTF-8'?><Error>${fields}</Error>`);
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
