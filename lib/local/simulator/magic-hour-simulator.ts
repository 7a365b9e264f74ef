/**
 * The Magic Hour simulator: the vendor's audio API and its download host on one local port, with real audio that
 * takes its time. It is built from the published contract and was never compared with the live service.
 */
import { randomBytes } from "node:crypto";
import { addApiRoutes } from "./api-routes.ts";
import { renderOutput } from "./audio/render-output.ts";
import type { RenderedAudio } from "./audio/rendered-audio.ts";
import { addDownloadRoutes, type DownloadContext, signDownloads } from "./download-routes.ts";
import type { ProjectPlan } from "./project-plan.ts";
import { Projects } from "./projects.ts";
import { type ApiTraffic, type RateLimit, RequestMeter } from "./rate-limit.ts";
import { type ArrivedRequest, interceptRequests, type RequestHook } from "./request-hook.ts";
import { isEnabled, type SimulatedProject, statusAt } from "./simulated-project.ts";
import { simulatorApp } from "./simulator-app.ts";
import type { WebhookAttempt } from "./webhook-delivery.ts";
import { type WebhookOptions, WebhookSender } from "./webhook-sender.ts";

/** How to run the simulator; everything has a default. */
export interface MagicHourSimulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** The only key that is let in, without white space. Default a random one that starts with `mhk_sim_`. */
  readonly apiKey?: string;
  /** Lies under the plan of every project, created by POST or by `createProject`. Default nothing. */
  readonly plan?: Partial<ProjectPlan>;
  /** Seconds that a download URL lives, 1 to 604,800 (V4's own bound). Default 86,400, as seen on a real one. */
  readonly downloadLifetimeSeconds?: number;
  /** The clock, in milliseconds since the epoch, not running backwards. Default `Date.now`. */
  readonly now?: () => number;
  /** Sees every request first and may answer, reset or stall it. Default: none does. */
  readonly onRequest?: RequestHook;
  /** How many requests to its API it lets in; downloads are not limited. Default all. */
  readonly rateLimit?: RateLimit;
  /** Whom it tells of what happens to projects, by the vendor's webhooks. Default nobody. */
  readonly webhooks?: WebhookOptions;
}

/** A project as the simulator sees it. */
interface ProjectView {
  readonly id: string;
  readonly plan: ProjectPlan;
  /** The status by the clock, also after a deletion. */
  readonly status: string;
  /** True after a DELETE, and for a `disabled` plan that is complete. */
  readonly deleted: boolean;
  /** Requests that arrived for the project, also those that were refused or met a simulated fault. */
  readonly gets: number;
  readonly deletes: number;
  readonly downloads: number;
}

/** A running simulator. */
export interface MagicHourSimulator {
  /** Where it listens, `http://127.0.0.1:<port>`: the API's base and the origin of its download URLs. */
  readonly url: string;
  readonly apiKey: string;
  /** Creates a project without a request and gives its id. @throws ImpossiblePlanError */
  createProject(plan?: Partial<ProjectPlan>): string;
  /** Changes what a project does from now on. @throws UnknownProjectError, ImpossiblePlanError */
  changeProject(id: string, changes: Partial<ProjectPlan>): void;
  /** Looks at a project. @throws UnknownProjectError */
  project(id: string): ProjectView;
  /** Requests to the API so far, that had the key. */
  traffic(): ApiTraffic;
  /** The audio of one output, whatever the project's status. @throws UnknownProjectError, RangeError */
  output(id: string, index?: number): Promise<RenderedAudio>;
  /**
   * Sends each webhook that is due by the simulator's clock, once, and waits for the answers: for a clock that somebody
   * moves. Otherwise a timer does. An answer other than 2xx has it sent again later.
   */
  sendDueWebhooks(): Promise<readonly WebhookAttempt[]>;
  /** Stops listening and sending, and drops every connection, stalled ones too. */
  close(): Promise<void>;
}

/**
 * Starts the simulator.
 * @throws RangeError when `apiKey`, `downloadLifetimeSeconds`, `rateLimit` or the secret of `webhooks` is out of bounds,
 *   TypeError when their URL is none; ImpossiblePlanError when `plan` is; the system's error when the port is taken
 */
export async function startMagicHourSimulator(options: MagicHourSimulatorOptions = {}): Promise<MagicHourSimulator> {
  const { now = Date.now } = options;
  const apiKey = usableKey(options.apiKey ?? `mhk_sim_${randomBytes(24).toString("hex")}`);
  const projects = new Projects(options.plan ?? {}, now, (project) => webhooks?.watch(project));
  let issued = 0;
  const downloads: DownloadContext = {
    key: {
      accessId: `GOOG1E${randomBytes(10).toString("hex").toUpperCase()}`,
      secret: randomBytes(32).toString("hex"),
    },
    projects,
    now,
    lifetimeSeconds: boundedLifetime(options.downloadLifetimeSeconds ?? 86_400),
    nextIssue: () => (issued += 1),
  };
  const sign = (project: SimulatedProject) => signDownloads(downloads, url, project);
  const webhooks = options.webhooks && new WebhookSender({ ...options.webhooks, now, signDownloads: sign });
  const meter = new RequestMeter(options.rateLimit, now);
  const app = simulatorApp();
  interceptRequests(app, (request) => count(projects, request), options.onRequest);
  // Two scopes of one server, because only the API stands behind the bearer check.
  app.register((scope, _options, done) => {
    addDownloadRoutes(scope, downloads);
    done();
  });
  app.register((scope, _options, done) => {
    const { retryAfterSeconds } = options.rateLimit ?? {};
    addApiRoutes(scope, { apiKey, projects, now, signDownloads: sign, meter, retryAfterSeconds });
    done();
  });
  const url = reachable(await app.listen({ port: options.port ?? 0, host: options.host ?? "127.0.0.1" }));
  return {
    url,
    apiKey,
    createProject: (plan = {}) => projects.create(plan).id,
    changeProject: (id, changes) => projects.change(id, changes),
    project: (id) => view(projects, id, now()),
    traffic: () => meter.traffic,
    output: (id, index = 0) => output(projects, id, index),
    sendDueWebhooks: async () => (await webhooks?.sendDue()) ?? [],
    close: async () => void (await Promise.all([app.close(), webhooks?.close()])),
  };
}

/** Not every system connects to "all addresses"; each does to the loopback. Fastify itself sees to 0.0.0.0. */
function reachable(address: string): string {
  return address.replace("//[::]:", "//[::1]:");
}

// A request without a key compares as an empty one, and a header cannot carry white space inside a key.
function usableKey(apiKey: string): string {
  if (/^\S+$/.test(apiKey)) return apiKey;
  throw new RangeError("apiKey must have at least one character and no white space");
}

function boundedLifetime(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 604_800) return seconds;
  throw new RangeError(`downloadLifetimeSeconds must be a whole number from 1 to 604800, not ${seconds}`);
}

function count(projects: Projects, { method, path, projectId = "" }: ArrivedRequest): void {
  const seen = projects.find(projectId)?.seen;
  if (seen === undefined) return;
  if (path.startsWith("/downloads/")) seen.downloads += 1;
  else if (method === "GET") seen.gets += 1;
  else if (method === "DELETE") seen.deletes += 1;
}

function view(projects: Projects, id: string, now: number): ProjectView {
  const project = projects.get(id);
  return {
    id,
    plan: project.plan,
    status: statusAt(project, now),
    deleted: !isEnabled(project, now),
    ...project.seen,
  };
}

async function output(projects: Projects, id: string, index: number): Promise<RenderedAudio> {
  const audio = await renderOutput(projects.get(id), index);
  if (audio === undefined) throw new RangeError(`project ${id} has no output ${index}`);
  return audio;
}
