import { checksumElement } from "./checksums.ts";
import type { OpenUpload, PartRecord } from "./open-uploads.ts";
import { S3Error } from "./s3-error.ts";
import { innerXml, textOf } from "./xml.ts";

/** The smallest part that is not the last: 5 MiB, as S3 has it. */
const SMALLEST_PART = 5 * 1024 ** 2;

/** One `<Part>` of a CompleteMultipartUpload. */
export interface ListedPart {
  readonly partNumber: number;
  /** The ETag without quotes. */
  readonly etag: string;
  /** The inner XML, in which the part's checksum may stand. */
  readonly xml: string;
}

/** Reads the body of a CompleteMultipartUpload. Throws S3Error `MalformedXML`, also for a list of no parts. */
export function readPartList(xml: string): readonly ListedPart[] {
  const parts = innerXml(xml, "Part").map((part) => ({
    partNumber: Number(textOf(part, "PartNumber") ?? Number.NaN),
    etag: (textOf(part, "ETag") ?? "").replaceAll('"', ""),
    xml: part,
  }));
  if (parts.length > 0 && parts.every(({ partNumber, etag }) => Number.isInteger(partNumber) && etag !== ""))
    return parts;
  throw new S3Error("MalformedXML", "The body must list at least one Part, each with PartNumber and ETag.");
}

/**
 * The parts of the upload that the list names, in order. Throws S3Error `InvalidPartOrder`, `InvalidPart` (not
 * received, or of another ETag or checksum), `EntityTooSmall` (below 5 MiB and not the last), and `InvalidRequest`
 * when a composite checksum lacks the checksum of a part.
 */
export function chooseParts(upload: OpenUpload, listed: readonly ListedPart[]): readonly PartRecord[] {
  listed.forEach(({ partNumber }, index) => {
    if (index > 0 && partNumber <= (listed[index - 1]?.partNumber ?? 0)) {
      throw new S3Error("InvalidPartOrder", "The list of parts was not in ascending order.");
    }
  });
  const parts = listed.map((part) => choosePart(upload, part));
  for (const part of parts.slice(0, -1)) {
    if (part.bytes < SMALLEST_PART) {
      throw new S3Error(
        "EntityTooSmall",
        `Part ${part.partNumber} holds ${part.bytes} bytes; ${SMALLEST_PART} are the least.`,
      );
    }
  }
  return parts;
}

function choosePart(upload: OpenUpload, listed: ListedPart): PartRecord {
  const part = upload.parts.get(listed.partNumber);
  if (part?.etag !== `"${listed.etag}"`) {
    throw new S3Error("InvalidPart", `Part ${listed.partNumber} was not received, or its ETag is another.`);
  }
  const checksum = textOf(listed.xml, checksumElement(part.checksum.algorithm));
  if (checksum !== undefined && checksum !== part.checksum.value) {
    throw new S3Error("InvalidPart", `The checksum of part ${listed.partNumber} is another.`);
  }
  if (checksum === undefined && upload.checksum.type === "COMPOSITE") {
    throw new S3Error(
      "InvalidRequest",
      `A composite checksum needs the checksum of each part; part ${listed.partNumber} has none.`,
    );
  }
  return part;
}
