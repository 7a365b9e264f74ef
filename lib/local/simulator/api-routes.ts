/** The vendor's API: create, look at and delete projects. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";
import { sendApiError } from "./api-error.ts";
import { type CreateRequest, readClonerRequest, readGeneratorRequest } from "./create-request.ts";
import type { Projects } from "./projects.ts";
import type { RequestMeter } from "./rate-limit.ts";
import {
  creditsFor,
  type Download,
  isEnabled,
  projectBody,
  type SimulatedProject,
  statusAt,
} from "./simulated-project.ts";

/** What the routes work on. */
export interface ApiContext {
  readonly apiKey: string;
  readonly projects: Projects;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Lets requests in, those with the key. */
  readonly meter: RequestMeter;
  /** Of a refusal by the meter. Default none. */
  readonly retryAfterSeconds?: number | undefined;
  /** Fresh signed URLs for every output of a project. */
  readonly signDownloads: (project: SimulatedProject) => readonly Download[];
}

type ById = { Params: { id: string } };
type WithBody = { Body: string | undefined };

/** Adds the routes below /v1, all of them behind the bearer check. */
export function addApiRoutes(app: FastifyInstance, context: ApiContext): void {
  const { projects } = context;
  app.addHook("onRequest", async (request, reply) => {
    if (!hasKey(request.headers.authorization, context.apiKey)) return sendApiError(reply, "unauthorized");
    if (context.meter.admit()) return undefined;
    const { retryAfterSeconds } = context;
    if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds);
    return sendApiError(reply, "too_many_requests");
  });
  app.post<WithBody>("/v1/ai-voice-generator", (request, reply) =>
    create(projects, readGeneratorRequest(request.body ?? ""), reply),
  );
  app.post<WithBody>("/v1/ai-voice-cloner", (request, reply) =>
    create(projects, readClonerRequest(request.body ?? ""), reply),
  );
  app.get<ById>("/v1/audio-projects/:id", (request, reply) => {
    const project = projects.find(request.params.id);
    if (project === undefined || isHidden(project)) return sendApiError(reply, "not_found");
    return reply.send(projectBody(project, context.now(), downloadsOf(project, context)));
  });
  app.delete<ById>("/v1/audio-projects/:id", (request, reply) => {
    const project = projects.find(request.params.id);
    if (project === undefined || !isEnabled(project, context.now())) return sendApiError(reply, "not_found");
    project.deleted = true;
    project.rendered.clear();
    return reply.code(204).send();
  });
}

function create(projects: Projects, request: CreateRequest, reply: FastifyReply): FastifyReply {
  if ("refusal" in request) return sendApiError(reply, "invalid_request", request.refusal);
  const { id, plan } = projects.create(request.plan);
  return reply.send({ id, credits_charged: creditsFor(plan.prompt) });
}

function isHidden(project: SimulatedProject): boolean {
  return project.deleted && project.plan.deletedAnswer === "not-found";
}

function downloadsOf(project: SimulatedProject, { now, signDownloads }: ApiContext): readonly Download[] {
  if (project.deleted || statusAt(project, now()) !== "complete") return [];
  project.completeAnswers += 1;
  return project.completeAnswers > project.plan.withoutDownloads ? signDownloads(project) : [];
}

/** Compared as digests: equal in length, so that the comparison takes the same time for every key. */
function hasKey(authorization: string | undefined, apiKey: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(sha256(given), sha256(apiKey));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
