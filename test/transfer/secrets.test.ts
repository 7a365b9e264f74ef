/** No key, no signature and no download URL in anything that is kept: history, events, log, causes, objects, metadata. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Behaviour, htmlPage, redirect, resetAt, resetBeforeHeaders, status } from "../support/behaviour.ts";
import {
  audioBytes,
  first,
  type OriginProject,
  type OriginProjectOptions,
  originSecret,
  startOriginProject,
} from "../support/origin-project.ts";
import { s3Error, storeFaults } from "../support/store-faults.ts";
import type { TransferEnd } from "../support/transfer-harness.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";

const body = audioBytes(100_000);
const apiKey = "mhk_live_00ffkey00ff";

/** A signed URL, its secret and the key, in the forms in which a chatty server might repeat them. */
const url = `https://user:${originSecret}@audio.example.com/o/output.wav?X-Goog-Date=1&X-Goog-Signature=${originSecret}`;
const shortUrl = `https://audio.example.com/o?X-Goog-Signature=${originSecret}`;
const chatter = `Authorization: Bearer ${apiKey} was refused for ${url}, see also X-Goog-Signature=${originSecret} ${apiKey}`;

/** What else of a download URL may stand nowhere: a parameter with its value, and the path, which is escaped. */
const urlParts = ["X-Goog-(?:Signature|Date)=[^[]", "/o%2F1/"];

/** All that a transfer left behind, as one text. */
async function everythingKept({ harness }: OriginProject, end: TransferEnd): Promise<string> {
  const files = await readdir(harness.directory, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile() && !file.name.endsWith(".wav"))
    .map((file) => readFile(join(file.parentPath, file.name), "utf8"));
  return [end.everythingWritten, JSON.stringify(end), ...(await Promise.all(texts))].join("\n");
}

interface Scenario {
  readonly behaviour?: Behaviour;
  /** Behaves so at the first request only. */
  readonly once?: boolean;
  readonly options?: OriginProjectOptions;
  /** The id that the vendor's answers are for. Default the running project's. */
  readonly answersFor?: string;
  /** How it ends, so that a scenario that never happens is noticed. */
  readonly ends: string;
  /** What must be in the text, so that looking for secrets in it means something. */
  readonly says?: RegExp;
}

const vendor = (onRequest: NonNullable<OriginProjectOptions["simulator"]>["onRequest"]): OriginProjectOptions => ({
  simulator: { ...(onRequest && { onRequest }) },
});

const scenarios: Record<string, Scenario> = {
  success: { ends: "SUCCEEDED", says: /manifest stands/ },
  "a refused key": {
    options: vendor(everyAnswer("GET", refusal(401, "no", chatter))),
    ends: "Unauthorized",
    says: /refused for/,
  },
  "an account without credits": {
    options: vendor(everyAnswer("GET", refusal(402, chatter, "no"))),
    ends: "Unauthorized",
  },
  "a vendor that refuses": { options: vendor(everyAnswer("GET", refusal(422, "no", chatter))), ends: "TransferFailed" },
  "a redirect of the API": {
    options: vendor(everyAnswer("GET", { status: 302, headers: { location: url }, body: chatter })),
    ends: "TransferFailed",
  },
  "another project's answer": {
    options: vendor(everyAnswer("GET", { status: 200, body: { id: url, status: "complete", enabled: true } })),
    ends: "TransferFailed",
    says: /the answer is for project/,
  },
  "a project that failed": {
    options: vendor(
      everyAnswer("GET", {
        status: 200,
        body: { id: "cproject", status: "error", error: { code: url, message: chatter } },
      }),
    ),
    answersFor: "cproject",
    ends: "ProjectFailed",
    says: /ended in status error/,
  },
  "a status that repeats the URL": {
    options: vendor(
      everyAnswer("GET", { status: 200, body: { id: "cproject", status: shortUrl, name: url, type: url } }),
    ),
    answersFor: "cproject",
    ends: "DeadlineExceeded",
    says: /with an unknown status/,
  },
  "a DELETE that is refused": {
    options: vendor(everyAnswer("DELETE", refusal(403, "no", chatter))),
    ends: "Unauthorized",
  },
  "a DELETE that fails": { options: vendor(firstAnswers("DELETE", [refusal(500, "no", chatter)])), ends: "SUCCEEDED" },
  "a URL that is refused": { behaviour: status(403), ends: "TransferFailed", says: /also after 3 fresh ones/ },
  "a URL that redirects": { behaviour: redirect(url), ends: "TransferFailed", says: /answered with a redirect/ },
  "a page in HTML": { behaviour: htmlPage(), ends: "TransferFailed" },
  "a page that repeats the URL": {
    behaviour: { content: { body: Buffer.from(chatter), contentType: "audio/wav" } },
    ends: "TransferFailed",
  },
  "a type that repeats the URL": {
    behaviour: { content: { contentType: `text/html; x="${url}"` } },
    ends: "TransferFailed",
  },
  "a coding that repeats the URL": { behaviour: { headers: { "content-encoding": url } }, ends: "TransferFailed" },
  "a connection that is reset": { behaviour: resetBeforeHeaders, ends: "TransferFailed", says: /ECONNRESET/ },
  "a body that breaks off": { behaviour: { ...resetAt(50_000), content: { etag: null } }, ends: "TransferFailed" },
  "a body that breaks off once": { behaviour: resetAt(50_000), once: true, ends: "SUCCEEDED" },
  "a URL into a private network": {
    options: { downloads: () => [`https://10.0.0.1/o/output.wav?X-Goog-Signature=${originSecret}`] },
    ends: "TransferFailed",
    says: /not a public address/,
  },
  "a URL with userinfo": {
    options: { downloads: () => [url] },
    ends: "TransferFailed",
    says: /carries user information/,
  },
  "no URL": {
    options: { downloads: () => [url.replace("https://", "//")] },
    ends: "TransferFailed",
    says: /is not a URL/,
  },
  "a store that repeats it": {
    options: { store: storeFaults("PutObject", [s3Error(403, "AccessDenied", chatter)]) },
    ends: "TransferFailed",
    says: /AccessDenied/,
  },
};

test.each(Object.entries(scenarios))(
  "%s",
  async (_, { behaviour = {}, once = false, options, answersFor, ends, says }) => {
    const script = once ? first(behaviour) : behaviour;
    const simulator = { ...options?.simulator, apiKey };
    await using project = await startOriginProject({ body }, script, { ...options, simulator });
    const id = answersFor ?? project.id;
    const end = await project.harness.transfer({ id, deleteAfterDownload: true, deadlineSeconds: 30 });
    expect(end.error ?? end.status).toBe(ends);
    const kept = await everythingKept(project, end);
    expect(kept.includes(id)).toBe(true);
    expect(says?.test(kept) ?? true, `says ${says}`).toBe(true);
    // Not the text itself, which would be printed whole: what stands around each place.
    const places = new RegExp(`.{0,80}(?:${[apiKey, originSecret, ...urlParts].join("|")}).{0,20}`, "g");
    expect(kept.match(places) ?? []).toEqual([]);
  },
);
