import { expect, onTestFinished, test } from "vitest";
import { redirect, resetAt, status } from "../support/behaviour.ts";
import { startMisbehavingOrigin } from "../support/misbehaving-origin.ts";
import { audioBytes, first, originSecret, signedUrl, startOriginProject } from "../support/origin-project.ts";
import { expectExact, expectKept } from "../support/transfer-expectations.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

const body = audioBytes(300_000);

test.each([400, 403, 404])("a signed URL that answers %i is replaced by a fresh one", async (code) => {
  await using project = await startOriginProject({ body }, first(status(code), status(code), status(code)));
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  expect(end.retries).toBe(0);
  // The poll had the first URL, the copy the second; the sixth is the look before the deletion.
  expect(project.origin.requests.map(({ path }) => path)).toEqual([2, 3, 4, 5, 6].map((nth) => signedUrl("", nth)));
});

test("and believed after three fresh ones", async () => {
  await using project = await startOriginProject({ body }, status(403));
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause: /answered 403, also after 3 fresh ones/ });
  expect([end.retries, project.origin.requests.length]).toEqual([0, 4]);
  // A poll, a look by the copy and three for fresh URLs.
  expect(project.harness.simulator.project(project.id).gets).toBe(5);
});

test("a URL that expired while the body broke off is replaced, and the body resumed", async () => {
  await using project = await startOriginProject({ body }, first(resetAt(150_000), status(400)));
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  expect(end.retries).toBe(0);
  expect(project.origin.requests[2]).toMatchObject({
    path: signedUrl("", 3),
    headers: { range: expect.stringMatching(/^bytes=\d+-$/) },
  });
});

test("the simulator's own URLs expire between poll and download", async () => {
  const onRequest = ({ path, projectId = "" }: { path: string; projectId?: string }) => {
    const isFirst = path.startsWith("/downloads/") && harness.simulator.project(projectId).downloads === 1;
    if (isFirst) harness.skip(61);
    return undefined;
  };
  await using harness = await TransferHarness.start({ simulator: { onRequest, downloadLifetimeSeconds: 60 } });
  const id = harness.simulator.createProject();
  const rendered = Buffer.concat([...(await harness.simulator.output(id)).read()]);
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  await expectExact(harness, end, [rendered]);
  expect(end.retries).toBe(0);
  expect(harness.simulator.project(id).downloads).toBe(2 + 1);
});

/** Runs a server that would serve the output, were it asked. */
async function runElsewhere() {
  const elsewhere = await startMisbehavingOrigin({ body });
  onTestFinished(() => elsewhere.close());
  return elsewhere;
}

test.each([302, 308])("a download URL that redirects (%i) is not followed", async (code) => {
  const elsewhere = await runElsewhere();
  const options = { guardExceptions: [elsewhere.url] };
  await using project = await startOriginProject({ body }, redirect(signedUrl(elsewhere.url, 1), code), options);
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause: /answered with a redirect \(30\d\)/ });
  expect([end.retries, project.origin.requests.length, elsewhere.connections]).toEqual([0, 1, 0]);
});

const secret = `?X-Goog-Signature=${originSecret}`;

test.each<[string, string, RegExp]>([
  ["plain http", `http://localhost:{port}/${secret}`, /is http, not https/],
  ["another scheme", `ftp://127.0.0.1:{port}/${secret}`, /is ftp, not https/],
  ["a file", `file:///etc/hostname${secret}`, /is file, not https/],
  ["loopback", `https://127.0.0.1:{port}/${secret}`, /127\.0\.0\.1 is not a public address/],
  ["loopback in hexadecimal", `https://0x7f000001:{port}/${secret}`, /127\.0\.0\.1 is not a public address/],
  ["loopback by name", `https://localhost:{port}/${secret}`, /localhost resolves to an address that is not public/],
  ["IPv6 loopback", `https://[::1]:{port}/${secret}`, /::1\]? is not a public address/],
  ["a mapped address", `https://[::ffff:127.0.0.1]:{port}/${secret}`, /is not a public address/],
  ["a private network", `https://10.0.0.1/${secret}`, /10\.0\.0\.1 is not a public address/],
  ["the metadata service", `https://169.254.169.254/latest/meta-data/${secret}`, /169\.254\.169\.254 is not a public/],
  ["no address at all", `https://0.0.0.0:{port}/${secret}`, /0\.0\.0\.0 is not a public address/],
  ["userinfo", `https://user:${originSecret}@example.com/`, /carries user information/],
  ["no URL", `/relative/output.wav${secret}`, /the download URL of output 0 is not a URL/],
])("a download URL that leads to %s is refused before a connection is opened", async (_, url, cause) => {
  const elsewhere = await runElsewhere();
  const target = url.replace("{port}", new URL(elsewhere.url).port);
  await using project = await startOriginProject({ body }, {}, { downloads: () => [target] });
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause });
  expect([end.retries, elsewhere.connections, project.origin.connections]).toEqual([0, 0, 0]);
  expect(end.everythingWritten).not.toContain(originSecret);
});

test("a URL that leads to such an address only when it is fetched afresh is refused as well", async () => {
  const elsewhere = await runElsewhere();
  const inside = elsewhere.url.replace("http:", "https:");
  const downloads = (origin: string, nthGet: number) => [signedUrl(nthGet < 3 ? origin : inside, nthGet)];
  await using project = await startOriginProject({ body }, status(403), { downloads });
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause: /127\.0\.0\.1 is not a public address/ });
  expect([elsewhere.connections, project.origin.requests.length]).toEqual([0, 1]);
});
