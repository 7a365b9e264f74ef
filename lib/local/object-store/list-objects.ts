import type { Answer } from "./answer.ts";
import { xmlAnswer } from "./answer.ts";
import type { ObjectRecord } from "./object-record.ts";
import { compareKeys, firstPage, keyWriter } from "./pages.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import type { StoreState } from "./store-state.ts";
import { element, textElement } from "./xml.ts";

/** A line of the list: an object, or the common prefix of several keys up to the delimiter. */
type Entry = { readonly name: string; readonly record: ObjectRecord | undefined };

/** ListObjectsV2, with prefix, delimiter, start-after and pages. The continuation token is the last name, encoded. */
export async function listObjectsV2({ bucket, query }: S3Request, { objects }: StoreState): Promise<Answer> {
  const token = query.get("continuation-token");
  const entries = listEntries(objects.records(bucket), query).filter(
    ({ name }) => token === null || compareKeys(name, readToken(token)) > 0,
  );
  const page = firstPage(entries, query, "max-keys");
  const write = keyWriter(query);
  const sent = (name: string): string | undefined => query.get(name) ?? undefined;
  const written = (name: string): string | undefined => (query.has(name) ? write(query.get(name) ?? "") : undefined);
  const next = page.truncated ? page.items.at(-1)?.name : undefined;
  return xmlAnswer("ListBucketResult", [
    textElement("Name", bucket),
    textElement("Prefix", write(query.get("prefix") ?? "")),
    textElement("Delimiter", written("delimiter")),
    textElement("StartAfter", written("start-after")),
    textElement("EncodingType", sent("encoding-type")),
    textElement("MaxKeys", page.limit),
    textElement("KeyCount", page.items.length),
    textElement("IsTruncated", page.truncated),
    textElement("ContinuationToken", sent("continuation-token")),
    textElement("NextContinuationToken", next === undefined ? undefined : Buffer.from(next).toString("base64url")),
    ...page.items.map((entry) => entryXml(entry, write)),
  ]);
}

function listEntries(records: Iterable<ObjectRecord>, query: URLSearchParams): readonly Entry[] {
  const prefix = query.get("prefix") ?? "";
  const startAfter = query.get("start-after") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const entries = new Map<string, Entry>();
  for (const record of records) {
    if (!record.key.startsWith(prefix) || (startAfter !== "" && compareKeys(record.key, startAfter) <= 0)) continue;
    const end = delimiter === "" ? -1 : record.key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? record.key : record.key.slice(0, end + delimiter.length);
    entries.set(name, { name, record: end < 0 ? record : undefined });
  }
  return [...entries.values()].sort((a, b) => compareKeys(a.name, b.name));
}

function entryXml({ name, record }: Entry, write: (key: string) => string): string {
  if (record === undefined) return element("CommonPrefixes", textElement("Prefix", write(name)));
  return element(
    "Contents",
    textElement("Key", write(name)),
    textElement("LastModified", record.lastModified),
    textElement("ETag", record.etag),
    textElement("ChecksumAlgorithm", record.checksum.algorithm),
    textElement("ChecksumType", record.checksum.type),
    textElement("Size", record.bytes),
    textElement("StorageClass", "STANDARD"),
  );
}

function readToken(token: string): string {
  const name = Buffer.from(token, "base64url").toString("utf8");
  if (Buffer.from(name).toString("base64url") === token) return name;
  throw new S3Error("InvalidArgument", "The continuation token provided is incorrect.");
}
