import { expect, test } from "vitest";
import {
  type Behaviour,
  chunked,
  closeDelimited,
  empty,
  gzipped,
  honest,
  htmlPage,
  longerThanAnnounced,
  resetBeforeHeaders,
  status,
} from "../support/behaviour.ts";
import { audioBytes, first, startOriginProject } from "../support/origin-project.ts";
import { expectExact, expectKept } from "../support/transfer-expectations.ts";

const mebibyte = 1_024 ** 2;

/** One PUT. */
const body = audioBytes(300_000);

/** Two parts: of 8 MiB and of 1 MiB. */
const large = audioBytes(9 * mebibyte);

test.each<[string, Behaviour]>([
  ["to the end of the connection", closeDelimited],
  ["in chunks", chunked],
])("a body without a length, %s, is refused for good", async (_, behaviour) => {
  await using project = await startOriginProject({ body }, behaviour);
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause: /its length was not announced/ });
  expect([end.retries, project.origin.requests.length]).toEqual([0, 1]);
});

test("bytes after the announced ones are no part of the body", async () => {
  await using project = await startOriginProject({ body }, longerThanAnnounced(9));
  await expectExact(project.harness, await project.transfer(), [body]);
});

test.each<[string, Behaviour, RegExp]>([
  ["HTML under its own type", htmlPage(), /text\/html.*is not a type of audio/],
  ["HTML under a type of audio", htmlPage("audio/wav"), /first bytes are those of a text/],
  ["XML", { content: { body: Buffer.from("<Error/>"), contentType: "application/xml" } }, /application\/xml/],
  ["JSON", { content: { body: Buffer.from('{"message":"x"}'), contentType: "audio/mpeg" } }, /first bytes/],
])("an error page with 200 (%s) is never stored", async (_, page, cause) => {
  await using project = await startOriginProject({ body }, page);
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause });
  expect(end.retries).toBe(8);
});

test("an error page that passes is not in the way of the audio", async () => {
  await using project = await startOriginProject({ body }, first(htmlPage(), htmlPage("audio/wav")));
  await expectExact(project.harness, await project.transfer(), [body]);
});

test("a body in gzip is refused for good, not decoded", async () => {
  await using project = await startOriginProject({ body }, gzipped);
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause: /Content-Encoding "gzip", which is not decoded/ });
  expect(end.retries).toBe(0);
});

test.each<[string, Behaviour]>([
  ["a reset before the headers", resetBeforeHeaders],
  ["429", status(429)],
  ["500", status(500)],
  ["503", status(503)],
  ["204", status(204)],
])("a download that meets %s is begun again by the workflow's Retry", async (_, behaviour) => {
  await using project = await startOriginProject({ body }, first(behaviour, behaviour));
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  expect(end.retries).toBe(2);
});

test("an output of no bytes is refused for good", async () => {
  await using project = await startOriginProject({ body }, empty);
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause: /the output is empty \(0 bytes\)/ });
  expect(end.retries).toBe(0);
});

test("an output above the cap fails before its first byte, one at the cap is copied", async () => {
  await using over = await startOriginProject({ body: large }, honest, { maxOutputBytes: large.length - 1 });
  const end = await over.transfer();
  await expectKept(over.harness, end, { id: over.id, cause: /9437184 bytes are more than the configured 9437183/ });
  expect([end.retries, over.origin.requests.length]).toEqual([0, 1]);
  await using at = await startOriginProject({ body }, honest, { maxOutputBytes: body.length });
  await expectExact(at.harness, await at.transfer(), [body]);
});
