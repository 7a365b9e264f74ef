/** The download host: expiring signed URLs, ranges and preconditions, as Google Cloud Storage serves them. */
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { outputEtag, renderOutput } from "./audio/render-output.ts";
import type { RenderedAudio } from "./audio/rendered-audio.ts";
import { parseRange } from "./byte-range.ts";
import { fileNameOf } from "./project-plan.ts";
import type { Projects } from "./projects.ts";
import { checkSignature, type SigningKey, signUrl } from "./signed-url.ts";
import { type Download, type SimulatedProject, statusAt } from "./simulated-project.ts";
import { type StorageError, sendStorageError } from "./storage-error.ts";

/** What signing and serving share. */
export interface DownloadContext {
  readonly key: SigningKey;
  readonly projects: Projects;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Seconds that a download URL lives. */
  readonly lifetimeSeconds: number;
  /** Another number each time it is called. */
  readonly nextIssue: () => number;
}

/** Fresh URLs for every output of the project. The path is stable for an output; the query never repeats. */
export function signDownloads(context: DownloadContext, origin: string, project: SimulatedProject): Download[] {
  const issue = context.nextIssue();
  return Array.from({ length: project.plan.outputs }, (_, index) => {
    // Names repeat, within a project too: the directory tells the outputs apart.
    const path = `/downloads/${project.id}/${index}/${encodeURIComponent(fileNameOf(project.plan, index))}`;
    const { url, expiresAt } = signUrl(context.key, {
      origin,
      path,
      now: context.now(),
      lifetimeSeconds: context.lifetimeSeconds,
      issue,
    });
    return { url, expires_at: new Date(expiresAt).toISOString() };
  });
}

type ByOutput = { Params: { projectId: string; index: string } };

/** Adds the routes below /downloads. */
export function addDownloadRoutes(app: FastifyInstance, context: DownloadContext): void {
  app.route<ByOutput>({
    // HEAD comes here as well, and fails: V4 signs the method, and only GETs are signed.
    method: ["GET", "HEAD"],
    url: "/downloads/:projectId/:index/*",
    handler: async (request, reply) => {
      const refusal = refusalOf(request, context);
      if (refusal !== undefined) return sendStorageError(reply, refusal);
      const project = context.projects.find(request.params.projectId);
      const index = Number(request.params.index);
      const isThere = project !== undefined && !project.deleted && statusAt(project, context.now()) === "complete";
      const audio = isThere ? await renderOutput(project, index) : undefined;
      if (!isThere || audio === undefined) {
        return sendStorageError(reply, { code: "NoSuchKey", details: "No such object." });
      }
      return serve(request, reply, audio, outputEtag(project, index));
    },
  });
}

function refusalOf(request: FastifyRequest, { key, now }: DownloadContext): StorageError | undefined {
  // A signed URL is the whole authentication. The real service refuses a second one; its text was not seen.
  if (request.headers.authorization !== undefined) {
    return { code: "InvalidArgument", details: "A signed URL takes no Authorization header." };
  }
  const { method, url, headers } = request;
  return checkSignature(key, { method, url, host: headers.host ?? "" }, now());
}

function serve(request: FastifyRequest, reply: FastifyReply, audio: RenderedAudio, etag: string): FastifyReply {
  const { range, "if-range": ifRange, "if-match": ifMatch } = request.headers;
  if (ifMatch !== undefined && !matches(ifMatch, etag)) {
    return sendStorageError(reply, { code: "PreconditionFailed", details: "If-Match" });
  }
  const piece = ifRange === undefined || ifRange === etag ? parseRange(range, audio.bytes) : undefined;
  if (piece === "unsatisfiable") {
    reply.header("content-range", `bytes */${audio.bytes}`);
    return sendStorageError(reply, { code: "InvalidRange", details: `The file has ${audio.bytes} bytes.` });
  }
  const { start, end } = piece ?? { start: 0, end: audio.bytes };
  if (piece !== undefined) reply.code(206).header("content-range", `bytes ${start}-${end - 1}/${audio.bytes}`);
  reply.headers({ "accept-ranges": "bytes", etag, "content-length": end - start, "content-type": audio.contentType });
  return reply.send(Readable.from(audio.read(start, end), { objectMode: false }));
}

/** Strong comparison, RFC 9110, 13.1.1. */
function matches(ifMatch: string, etag: string): boolean {
  return ifMatch
    .split(",")
    .map((candidate) => candidate.trim())
    .some((candidate) => candidate === "*" || candidate === etag);
}
