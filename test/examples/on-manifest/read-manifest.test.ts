import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createReadManifest } from "../../../examples/on-manifest/read-manifest.ts";
import { manifestKey } from "../../../functions/domain/object-key.ts";
import { type Call, refusal, runOutputStore } from "../../functions/adapters/running-output-store.ts";
import { BUCKET } from "../../lib/local/object-store/store-fixture.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { documentedEvent, eventOf, twoOutputs } from "./documented-event.ts";

const directory = "audio-projects/cm1";
const key = manifestKey(directory);

/** The example's function on an S3 in which a transfer wrote a manifest, by the code that transfers write it with. */
async function afterTransfer(to = directory, isDenied: (call: Call) => boolean = () => false) {
  const versionsRead: (string | null)[] = [];
  const { outputs, plain, putBefore } = await runOutputStore((call, _nth, { query }) => {
    if (call === "GetObject") versionsRead.push(query.get("versionId"));
    return isDenied(call) ? refusal("AccessDenied", 403) : undefined;
  });
  await outputs.writeManifest(to, twoOutputs());
  const written = await outputs.head(manifestKey(to));
  const lines: object[] = [];
  const warnings: object[] = [];
  const sink = { info: (line: object) => lines.push(line), warn: (line: object) => warnings.push(line) };
  return {
    readManifest: createReadManifest(plain, sink),
    event: eventOf({ key: manifestKey(to), size: written?.bytes ?? 0, versionId: written?.versionId }),
    lines,
    warnings,
    versionsRead,
    putBefore,
    remove: () => plain.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key })),
  };
}

/** What is logged of the two outputs. */
const twoLines = [
  { key: `${directory}/0-output.wav`, bytes: 44, contentType: "audio/wav", sha256: "0".repeat(64) },
  { key: `${directory}/1-output.mp3`, bytes: 45, contentType: "audio/mpeg", sha256: "1".repeat(64) },
].map((facts) => ({ message: "output saved", projectId: "cm1", ...facts }));

test("a manifest gives the project's id and its outputs, and one log line an output", async () => {
  const { readManifest, event, lines, warnings } = await afterTransfer();
  expect(await readManifest(event)).toEqual({ projectId: "cm1", outputs: twoOutputs().outputs });
  expect(lines).toEqual(twoLines);
  expect(warnings).toEqual([]);
});

test("the same event again gives the same", async () => {
  const { readManifest, event, lines } = await afterTransfer();
  expect(await readManifest(event)).toEqual(await readManifest(event));
  expect(lines).toEqual([...twoLines, ...twoLines]);
});

test("the version that the event names is read, and no other in its place", async () => {
  const { readManifest, event, lines, versionsRead, putBefore } = await afterTransfer();
  const version = event.detail.object["version-id"];
  await readManifest(event);
  expect(version).toMatch(/./);
  expect(versionsRead).toEqual([version]);
  // This S3 keeps the newest version alone: the one that the event names is gone now.
  await putBefore(JSON.stringify({ ...twoOutputs(), project: { ...twoOutputs().project, id: "other" } }), key);
  lines.length = 0;
  const { message } = await rejectionOf(readManifest(event));
  expect(message).toContain(`s3://${BUCKET}/${key} (version ${version}) cannot be read: NoSuchVersion`);
  expect(lines).toEqual([]);
});

test("in a bucket without versions what stands there is read", async () => {
  const { readManifest, event, versionsRead } = await afterTransfer();
  const { size } = event.detail.object;
  expect(await readManifest(eventOf({ key, size }))).toMatchObject({ projectId: "cm1" });
  expect(versionsRead).toEqual([null]);
});

test("a key is taken as it is: EventBridge events do not encode it", async () => {
  const { readManifest, event } = await afterTransfer("lang=de/a+b,c@1!%2B");
  expect(event.detail.object.key).toBe("lang=de/a+b,c@1!%2B/manifest.json");
  expect(await readManifest(event)).toMatchObject({ projectId: "cm1" });
});

test.each([
  ["a web app's", '{"name":"app","icons":[]}'],
  ["one of no JSON", "<html>"],
  ["an empty one", ""],
  ["one of a version to come", JSON.stringify({ ...twoOutputs(), schemaVersion: 2 })],
  ["one without outputs", JSON.stringify({ ...twoOutputs(), outputs: [] })],
])("a manifest.json of somebody else's is logged and ignored: %s", async (_name, text) => {
  const { readManifest, lines, warnings, putBefore } = await afterTransfer();
  const foreign = "website/manifest.json";
  const { VersionId: versionId } = await putBefore(Buffer.from(text), foreign);
  expect(await readManifest(eventOf({ key: foreign, size: text.length, versionId }))).toBeUndefined();
  expect(warnings).toEqual([
    { message: "ignored: not a manifest of a transfer", bucket: BUCKET, key: foreign, versionId, bytes: text.length },
  ]);
  expect(lines).toEqual([]);
});

test("a file too large to be a manifest is ignored without reading it", async () => {
  const { readManifest, warnings, versionsRead } = await afterTransfer();
  expect(await readManifest(eventOf({ key, size: 16 * 1_024 ** 2 + 1 }))).toBeUndefined();
  expect(warnings).toHaveLength(1);
  expect(versionsRead).toEqual([]);
  expect(await readManifest(eventOf({ key, size: 16 * 1_024 ** 2 }))).toMatchObject({ projectId: "cm1" });
});

test("a manifest that is gone is an error, so that the event is kept", async () => {
  const { readManifest, remove } = await afterTransfer();
  await remove();
  const { message } = await rejectionOf(readManifest(eventOf({ key })));
  expect(message).toContain(`s3://${BUCKET}/${key} cannot be read: NoSuchKey`);
});

test("a manifest that may not be read is an error, with S3's own as its cause", async () => {
  const { readManifest, event } = await afterTransfer(directory, (call) => call === "GetObject");
  expect(await rejectionOf(readManifest(event))).toMatchObject({ cause: { name: "AccessDenied" } });
});

test("the README's event has the type that the function takes", () => {
  const { bucket, object } = documentedEvent.detail;
  expect([bucket.name, object.key, object.size, object["version-id"]]).toEqual([
    expect.stringMatching(/./),
    expect.stringMatching(/\/manifest\.json$/),
    expect.any(Number),
    expect.stringMatching(/./),
  ]);
});
