import { afterEach, describe, expect, it, vi } from "vitest";
import { TransferFailed, VendorUnavailable } from "../../../functions/domain/errors.ts";
import { parseProject, summarize } from "../../../functions/domain/project.ts";
import { signedUrl } from "./domain-fixture.ts";

/** The example answer of the vendor's documentation (2026-08-22): complete and yet with an error, no time zone. */
const documented = {
  id: "cuid-example",
  name: "Example Name",
  status: "complete",
  type: "VOICE_GENERATOR",
  created_at: "1970-01-01T00:00:00",
  enabled: true,
  credits_charged: 450,
  downloads: [
    { url: "https://videos.magichour.ai/id/output.wav?auth-value=1234567890", expires_at: "2024-10-19T05:16:19.027Z" },
  ],
  error: { code: "no_source_face", message: "Please use an image with a detectable face" },
};

const parse = (over: object) => parseProject({ ...documented, ...over }, "cuid-example");

/** The error with which an answer is refused. */
function refusal(json: unknown, id = "cuid-example"): Error {
  try {
    parseProject(json, id);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the answer was accepted");
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("parseProject", () => {
  it("reads the vendor's own example", () => {
    expect(parse({})).toEqual({
      id: "cuid-example",
      name: "Example Name",
      status: "complete",
      type: "VOICE_GENERATOR",
      createdAt: "1970-01-01T00:00:00.000Z",
      enabled: true,
      creditsCharged: 450,
      downloads: [
        {
          url: "https://videos.magichour.ai/id/output.wav?auth-value=1234567890",
          expiresAt: "2024-10-19T05:16:19.027Z",
        },
      ],
      error: { code: "no_source_face", message: "Please use an image with a detectable face" },
    });
  });

  it("needs no more than id and status", () => {
    expect(parseProject({ id: "a", status: "queued" }, "a")).toEqual({
      id: "a",
      name: null,
      status: "queued",
      type: null,
      createdAt: null,
      enabled: true,
      creditsCharged: null,
      downloads: [],
      error: null,
    });
  });

  it("keeps an unknown status and an unknown type as they are, and ignores unknown fields", () => {
    expect(parse({ status: "paused", type: "HUM_TO_SONG", progress: 0.5 })).toMatchObject({
      status: "paused",
      type: "HUM_TO_SONG",
    });
    expect(parse({ progress: 0.5 })).not.toHaveProperty("progress");
  });

  it.each([[null], [undefined], [[]]])("reads downloads %j as none", (downloads) => {
    expect(parse({ downloads }).downloads).toEqual([]);
  });

  it("keeps every download URL byte for byte", () => {
    const url = "https://H.example:443/a%2Fb.wav?X-Goog-Signature=a%2fB+c&x='é'";
    expect(parse({ downloads: [{ url }, { url, expires_at: 5 }] }).downloads).toEqual([{ url }, { url }]);
  });

  it.each([
    ["1970-01-01T00:00:00", "1970-01-01T00:00:00.000Z"],
    ["2026-08-22T10:11:12.345678", "2026-08-22T10:11:12.345Z"],
    ["2026-08-22 10:11:12", "2026-08-22T10:11:12.000Z"],
    ["2026-08-22T10:11", "2026-08-22T10:11:00.000Z"],
    ["2026-08-22", "2026-08-22T00:00:00.000Z"],
    ["2026-08-22T10:11:12Z", "2026-08-22T10:11:12.000Z"],
    ["2026-08-22T10:11:12z", "2026-08-22T10:11:12.000Z"],
    ["2026-08-22T10:11:12+02:00", "2026-08-22T08:11:12.000Z"],
    ["2026-08-22T10:11:12-0530", "2026-08-22T15:41:12.000Z"],
  ])("reads the date %s as %s, also where local time is not UTC", (created_at, createdAt) => {
    expect(parse({ created_at }).createdAt).toBe(createdAt);
    vi.stubEnv("TZ", "Asia/Kathmandu");
    expect(new Date(0).getTimezoneOffset(), "local time is UTC: this test proves nothing").toBe(-330);
    expect(parse({ created_at }).createdAt).toBe(createdAt);
  });

  it.each([
    "",
    "soon",
    "soon 1",
    "1",
    "yesterday at 5",
    "2026-13-01T00:00:00",
    "2026-08-22T25:00:00",
    1_787_392_800,
    null,
    {},
  ])("reads %j as no date", (created_at) => {
    expect(parse({ created_at }).createdAt).toBeNull();
  });

  it.each([
    ["name", { name: 5 }, { name: null }],
    ["type", { type: {} }, { type: null }],
    ["credits", { credits_charged: "5" }, { creditsCharged: null }],
    ["error", { error: "failed" }, { error: null }],
    ["error's fields", { error: { code: 5 } }, { error: { code: null, message: null } }],
    ["null fields", { name: null, type: null, error: null }, { name: null, type: null, error: null }],
  ])("is lenient about %s", (_what, over, project) => {
    expect(parse(over)).toMatchObject(project);
  });

  it("cuts a name at 1,000 characters and a type at 100", () => {
    const project = parse({ name: "n".repeat(1_001), type: "T".repeat(101) });
    expect([project.name?.length, project.type?.length]).toEqual([1_000, 100]);
  });

  it("removes secrets from the vendor's error", () => {
    const { error } = parse({ error: { code: "mhk_live_SECRET", message: `could not read ${signedUrl}` } });
    expect(error).toEqual({
      code: "[redacted]",
      message: "could not read https://audio.magichour.ai/p/output.wav?[redacted]",
    });
  });
});

describe("an answer that is no project", () => {
  it.each([
    ["null", null, "it is not an object"],
    ["a string", signedUrl, "it is not an object"],
    ["a number", 5, "it is not an object"],
    ["an error body", { message: "Not found" }, '"id" is missing'],
    ["an array", [], '"id" is missing'],
    ["no status", { id: "cuid-example" }, '"status" is missing'],
    ["a status that is no string", { ...documented, status: 3 }, "status: must be a string"],
    ["an endless status", { ...documented, status: "s".repeat(101) }, "status: is longer than 100 characters"],
    ["an id that is no string", { ...documented, id: 5 }, "id: must be a string"],
    ["enabled that is no boolean", { ...documented, enabled: "false" }, "enabled: must be a boolean"],
    ["enabled null", { ...documented, enabled: null }, "enabled: must be a boolean"],
    ["downloads that are no array", { ...documented, downloads: { url: signedUrl } }, "downloads: must be an array"],
    [
      "a download that is a string",
      { ...documented, downloads: [signedUrl] },
      "downloads: an entry is not an object with a url",
    ],
    [
      "a download that is null",
      { ...documented, downloads: [null] },
      "downloads: an entry is not an object with a url",
    ],
    [
      "a download without URL",
      { ...documented, downloads: [{ expires_at: "x" }] },
      "downloads: an entry is not an object with a url",
    ],
    [
      "a download whose URL is null",
      { ...documented, downloads: [{ url: null }] },
      "downloads: an entry is not an object with a url",
    ],
    [
      "one bad download of two",
      { ...documented, downloads: [{ url: signedUrl }, {}] },
      "downloads: an entry is not an object with a url",
    ],
  ])("with %s may pass, and nothing of it is repeated", (_what, json, why) => {
    const error = refusal(json);
    expect(error).toBeInstanceOf(VendorUnavailable);
    expect(error.message).toBe(`the answer is not an audio project: ${why}`);
  });

  it("takes a status of 100 characters", () => {
    expect(parse({ status: "s".repeat(100) }).status).toHaveLength(100);
  });
});

describe("an answer about another project", () => {
  it.each(["other", "CUID-EXAMPLE", "cuid-example ", ""])("with id %j is refused for good", (id) => {
    const error = refusal({ ...documented, id });
    expect(error).toBeInstanceOf(TransferFailed);
    expect(error.message).toBe(`asked for project cuid-example, the answer is for project ${id}`);
  });

  it("is named without secrets and without end", () => {
    expect(refusal({ ...documented, id: signedUrl }).message).not.toContain("SECRET");
    expect(refusal({ ...documented, id: "x".repeat(10_000) }).message.length).toBeLessThan(400);
  });
});

describe("summarize", () => {
  it("keeps what a transfer reports and nothing else", () => {
    expect(Object.keys(summarize(parse({}))).sort()).toEqual([
      "createdAt",
      "creditsCharged",
      "enabled",
      "error",
      "name",
      "type",
    ]);
  });
});

it("a secret pasted into a name, a type or a status does not reach the state", () => {
  const secret = "https://storage.example/a.wav?X-Goog-Signature=abc123";
  const project = parse({ name: `take two ${secret}`, type: secret, status: secret });
  expect(JSON.stringify(project)).not.toContain("abc123");
  expect(project.name).toBe("take two https://storage.example/a.wav?[redacted]");
});
