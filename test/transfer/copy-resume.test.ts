/** A body that breaks off: resumed where that is safe, begun anew where it is not, never stitched together. */
import { expect, test } from "vitest";
import {
  type Behaviour,
  changedTo,
  changedTotal,
  contentRange,
  cutAt,
  drip,
  gzipped,
  ignoringRange,
  preconditionFailed,
  resetAt,
} from "../support/behaviour.ts";
import { audioBytes, first, startOriginProject } from "../support/origin-project.ts";
import { expectExact, expectKept } from "../support/transfer-expectations.ts";

const mebibyte = 1_024 ** 2;

/** One PUT. */
const body = audioBytes(300_000);

/** Two parts: of 8 MiB and of 1 MiB. */
const large = audioBytes(9 * mebibyte);

/** What another version of the output is: of the same size, so that only its bytes tell. */
const otherBody = audioBytes(body.length, 1);

const weak = { etag: 'W/"v1"' };

test.each<[string, Behaviour]>([
  // Slowly, because a client drops bytes that it has not read when the connection ends.
  ["is shorter than announced", { ...cutAt(100_000), ...drip(20_000, 10) }],
  ["is reset in the middle", { ...resetAt(100_000), ...drip(20_000, 10) }],
])("a body that %s is resumed at the byte where it broke off", async (_, behaviour) => {
  await using project = await startOriginProject({ body }, first(behaviour));
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  expect(end.retries).toBe(0);
  // The third is the look at the source before the deletion.
  const [, resumed, , ...more] = project.origin.requests;
  expect(resumed?.headers).toMatchObject({ range: expect.stringMatching(/^bytes=[1-9]\d*-$/), "if-match": /./ });
  expect(more).toEqual([]);
});

test("a body of two parts that breaks off in both is exact", async () => {
  const behaviours = [resetAt(3 * mebibyte), cutAt(5 * mebibyte + 1), resetAt(mebibyte / 2)];
  await using project = await startOriginProject({ body: large }, first(...behaviours));
  const end = await project.transfer();
  await expectExact(project.harness, end, [large]);
  expect(end.retries).toBe(0);
});

test.each([body, large])("a body that never gets past its middle is never stored as complete", async (content) => {
  const script = ({ headers }: { headers: { range?: string | undefined } }) => (headers.range ? cutAt(0) : cutAt(50));
  await using project = await startOriginProject({ body: content }, script);
  const end = await project.transfer();
  await expectKept(project.harness, end, {
    id: project.id,
    cause: /0-output\.wav: broke off at byte \d+ of \d+ \([\w ]+\), 4 times in a row/,
  });
  expect(end.retries).toBe(8);
});

test.each<[string, { readonly etag: string | null }, Buffer]>([
  ["no ETag", { etag: null }, body],
  ["a weak ETag", weak, body],
  ["a weak ETag, in two parts", weak, large],
])("a reset body with %s starts over at byte 0, and the new version is stored whole", async (_, tag, content) => {
  const newer = audioBytes(content.length, 1);
  const changed = { content: { body: newer } };
  const script = first(resetAt(content.length - 100_000), changed, changed);
  await using project = await startOriginProject({ body: content, ...tag }, script);
  const end = await project.transfer();
  await expectExact(project.harness, end, [newer]);
  expect(end.retries).toBe(1);
  expect(project.origin.requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined, undefined]);
});

test.each<[string, Behaviour]>([
  ["the ETag has changed", changedTo({ body: otherBody, etag: '"v2"' })],
  ["the ETag has changed to a weak one", changedTo({ body: otherBody, ...weak })],
  ["the precondition fails", preconditionFailed],
  ["the Range is ignored (200)", ignoringRange],
  ["the Content-Range begins elsewhere", contentRange("bytes 1-299999/300000")],
  ["the Content-Range ends early", contentRange("bytes 100000-299998/300000")],
  ["the Content-Range is garbage", contentRange("bytes all")],
  ["the Content-Range is missing", { headers: { "content-range": null } }],
  ["the total has changed", changedTotal(300_001)],
  ["the rest comes in gzip", gzipped],
  ["the rest claims to be in gzip", { headers: { "content-encoding": "gzip" } }],
])("a resume is refused where %s, and the copy starts over", async (_, behaviour) => {
  await using project = await startOriginProject(
    { body, etag: '"v1"' },
    first(cutAt(100_000), behaviour, { content: { body: otherBody } }, { content: { body: otherBody } }),
  );
  const end = await project.transfer();
  await expectExact(project.harness, end, [otherBody]);
  expect(end.retries).toBe(1);
  expect(project.origin.requests).toHaveLength(3 + 1);
});

test("a source that breaks off again and again is given up to the workflow, which begins anew", async () => {
  // Bytes come each time, so it is the number of resumes that ends it: the first answer and 50 of them.
  const crumbs = { ...cutAt(2_000), ...drip(1_000, 1) };
  await using project = await startOriginProject({ body }, first(...Array(51).fill(crumbs)));
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  expect(end.retries).toBe(1);
});

test("200 is no rest, even of the right length and with a Content-Range", async () => {
  const script = ({ headers }: { headers: { range?: string | undefined } }, nth: number) => {
    if (nth === 1) return cutAt(100_000);
    if (nth > 2) return { content: { body: otherBody } };
    const at = Number(/\d+/.exec(headers.range ?? "")?.[0]);
    const range = contentRange(`bytes ${at}-299999/300000`);
    return { ...ignoringRange, ...range, content: { body: otherBody.subarray(at) } };
  };
  await using project = await startOriginProject({ body, etag: '"v1"' }, script);
  const end = await project.transfer();
  await expectExact(project.harness, end, [otherBody]);
  expect(end.retries).toBe(1);
});

test("a rest whose length does not fit its Content-Range is not taken, and the copy starts over", async () => {
  const short = { ...cutAt(50_000), headers: { "content-length": "50000" } };
  await using project = await startOriginProject({ body }, first(cutAt(100_000), short));
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  expect([end.retries, project.origin.requests.length]).toEqual([1, 3 + 1]);
});

test.each<[string, Behaviour, RegExp]>([
  ["another Content-Range", contentRange("bytes 1-299999/300000"), /206 with another Content-Range/],
  ["the whole", ignoringRange, /the answer was 200/],
])("a server that answers every resume with %s fails the transfer", async (_, behaviour, cause) => {
  const script = ({ headers }: { headers: { range?: string | undefined } }) => (headers.range ? behaviour : cutAt(99));
  await using project = await startOriginProject({ body }, script);
  await expectKept(project.harness, await project.transfer(), { id: project.id, cause });
});
