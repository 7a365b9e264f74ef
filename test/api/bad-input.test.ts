/** Requests that are not usable: each refusal has a status, a name, the field and its bound. Nothing is started. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import { type Call, ServedApi } from "./served-api.ts";

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start({ environment: { NOTIFY_HOSTS: "hooks.example.com" } });
});
afterAll(() => api[Symbol.asyncDispose]());

/** Sends a start and expects a problem. */
async function expectRefused(call: Call, status: number, error: string, detail: RegExp): Promise<void> {
  const answer = await api.call("POST /transfers", call);
  expect(answer).toMatchObject({ status, json: { type: "about:blank", status, error } });
  expect((answer.json as { detail: string }).detail).toMatch(detail);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(api.harness.cloud.workflows.list(localStateMachineArn).items).toEqual([]);
}

const id = "cm8x2k1q90000l408h5vj3m2a";
const longest = "the body must be at most 262144 bytes";

test.each<[string, unknown, RegExp]>([
  ["no id", {}, /^id: must be a string of 1 to 64 characters$/],
  ["an empty id", { id: "" }, /^id: must be a string of 1 to 64 characters/],
  ["an id that is too long", { id: "a".repeat(65) }, /^id: must be a string of 1 to 64 characters$/],
  ["an id that would mean something in a URL", { id: "../v2/x" }, /^id: may hold only the characters A-Z a-z 0-9 _ -$/],
  ["an unknown field", { id, notfy: [] }, /^"notfy": unknown field \(known fields: id, .*notify, metadata\)$/],
  ["a flag that is none", { id, deleteAfterDownload: "yes" }, /^deleteAfterDownload: must be true or false$/],
  ["a deadline that is too long", { id, deadlineSeconds: 31_449_601 }, /^deadlineSeconds: .* from 1 to 31449600$/],
  ["a deadline of zero", { id, deadlineSeconds: 0 }, /^deadlineSeconds: must be a whole number from 1 to 31449600$/],
  [
    "a directory that leads out",
    { id, downloadDirectory: "a/../b" },
    /^downloadDirectory: no segment .* "\." or "\.\."/,
  ],
  [
    "a directory that is too long",
    { id, downloadDirectory: "a".repeat(513) },
    /^downloadDirectory: .* of 1 to 512 char/,
  ],
  ["too many endpoints", { id, notify: Array(11).fill("https://hooks.example.com/") }, /^notify: .* at most 10 URLs$/],
  ["an endpoint that is no URL", { id, notify: ["hooks.example.com"] }, /^notify\[0\]: must be a URL that begins with/],
  [
    "an endpoint that is not allowed",
    { id, notify: ["https://evil.example/"] },
    /^notify\[0\]: is refused: .*hooks\.example/,
  ],
  ["metadata that is a list", { id, metadata: [1] }, /^metadata: must be an object$/],
  [
    "metadata that is too large",
    { id, metadata: { a: "x".repeat(4_090) } },
    /^metadata: must be at most 4096 bytes as JSON$/,
  ],
  [
    "metadata nested very deeply",
    `{"id":"${id}","metadata":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`,
    /^metadata: must be at most 4096/,
  ],
  [
    "a deletion without a copy",
    { id, deleteAfterDownload: true, downloadOutputs: false },
    /^deleteAfterDownload: needs downloadOutputs/,
  ],
  [
    "two fields at once",
    { id: 7, deadlineSeconds: -1 },
    /^id: must be a string.*; deadlineSeconds: must be a whole number/,
  ],
  ["a list", [], /^the input must be a JSON object such as/],
  ["a text that is no JSON", '{"id": "cm1"', /^the body is not JSON$/],
  ["a body that is no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), /^the body is not UTF-8$/],
  ["no body", undefined, /^the body is empty: it must be the input, such as/],
])("%s: 400", async (_, body, detail) => {
  await expectRefused({ body }, 400, "InvalidInput", detail);
});

test.each<[string, string, RegExp]>([
  [
    "with a blank",
    "order 7412",
    /^Idempotency-Key: must be 1 to 80 of the characters A-Z a-z 0-9 _ -, and given once$/,
  ],
  ["that is too long", "a".repeat(81), /^Idempotency-Key: must be 1 to 80/],
  ["that is empty", "", /^Idempotency-Key: must be 1 to 80/],
  ["of the cleanup's", "cleanup-0-1795384834-0123456789abcdef0123", /^Idempotency-Key: may not begin with cleanup-/],
])("a key %s: 400", async (_, key, detail) => {
  await expectRefused({ body: { id }, headers: { "idempotency-key": key } }, 400, "InvalidInput", detail);
});

test("a body of 262,145 bytes: 413, also without a length in front", async () => {
  const body = JSON.stringify({ id, metadata: { a: "" } }).padEnd(262_145);
  await expectRefused({ body }, 413, "BodyTooLarge", new RegExp(`^${longest}$`));
  await expectRefused({ body: Buffer.alloc(262_145, 0xff) }, 413, "BodyTooLarge", new RegExp(`^${longest}$`));
  await expectRefused({ body: body.slice(0, 262_144).replace(id, "") }, 400, "InvalidInput", /^id: must be/);
});

test("a body above 10 MiB is not handed on at all: 413, as API Gateway says it", async () => {
  const answer = await api.call("POST /transfers", { body: Buffer.alloc(10 * 1_024 ** 2 + 1, 0x20) });
  expect(answer).toMatchObject({ status: 413, json: { message: "Request Entity Too Large" } });
});

test.each(["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonp", "json"])(
  "a body said to be %s: 415",
  async (type) => {
    const call = { body: JSON.stringify({ id }), headers: { "content-type": type } };
    await expectRefused(call, 415, "UnsupportedMediaType", /^Content-Type: must be application\/json$/);
  },
);

test.each(["Application/JSON; charset=utf-8", "application/vnd.example+json"])(
  "a body said to be %s is read",
  async (type) => {
    const call = { body: JSON.stringify({ id: "" }), headers: { "content-type": type } };
    await expectRefused(call, 400, "InvalidInput", /^id: must be a string/);
  },
);

test.each<[`${"GET" | "POST" | "DELETE"} /${string}`, RegExp]>([
  ["POST /transfers?dry-run=true", /^"dry-run": unknown query parameter; known are none$/],
  [
    "GET /transfers/order-7412?a=1&b&a=2",
    /^"a": unknown query parameter; "b": unknown query parameter; known are none$/,
  ],
  ["DELETE /transfers/order-7412?force=true", /^"force": unknown query parameter; known are none$/],
  [`GET /audio-projects/${id}?force=true`, /^"force": unknown query parameter; known are none$/],
  [`DELETE /audio-projects/${id}?Force=true`, /^"Force": unknown query parameter; known are downloadDirectory, force$/],
  [`DELETE /audio-projects/${id}?force=yes`, /^force: must be true or false$/],
  [`DELETE /audio-projects/${id}?force=`, /^force: must be true or false$/],
  [`DELETE /audio-projects/${id}?force=false&force=true`, /^force: must be given once$/],
  [`DELETE /audio-projects/${id}?downloadDirectory=a/../b`, /^downloadDirectory: no segment between slashes/],
  [`DELETE /audio-projects/${"a".repeat(65)}?force=true`, /^id: must be a string of 1 to 64 characters$/],
  ["GET /audio-projects/a.b", /^id: may hold only the characters A-Z a-z 0-9 _ -$/],
  ["GET /audio-projects/a%2Fb", /^id: may hold only the characters A-Z a-z 0-9 _ -$/],
])("%s: 400", async (route, detail) => {
  const answer = await api.call(route, route.startsWith("POST") ? { body: { id } } : {});
  expect(answer).toMatchObject({ status: 400, json: { status: 400, error: "InvalidInput" } });
  expect((answer.json as { detail: string }).detail).toMatch(detail);
});

test("a refusal repeats no value, and no log line does", async () => {
  const secret = "https://audio.magichour.ai/a.wav?X-Goog-Signature=0123456789abcdef";
  await expectRefused({ body: { id: secret } }, 400, "InvalidInput", /^id: /);
  await expectRefused({ body: `{"id": "${secret}` }, 400, "InvalidInput", /^the body is not JSON$/);
  const answer = await api.call("POST /transfers", { body: { id, [secret]: 1 } });
  expect(JSON.stringify(answer.json)).not.toContain("0123456789abcdef");
  expect(JSON.stringify(api.harness.log)).not.toContain("0123456789abcdef");
});
