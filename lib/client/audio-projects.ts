import { ProjectGone, VendorUnavailable } from "../../functions/domain/errors.ts";
import { summarize } from "../../functions/domain/project.ts";
import type { Observation } from "../../functions/domain/verdict.ts";
import { oneLookSeconds } from "../../functions/domain/verdict.ts";
import type { AudioProject } from "./audio-project.ts";
import { checkProject } from "./check-project.ts";
import { checkRequest } from "./checked-request.ts";
import { type OpenPorts, openPorts } from "./client-ports.ts";
import { openDestination } from "./destination.ts";
import { unlessAborted } from "./interruptible.ts";
import { pollProject } from "./polls.ts";
import type { AudioProjectsOptions, CheckResultRequest, DeleteRequest, GetRequest, WatchRequest } from "./requests.ts";
import type { CheckResult, ProjectUpdate } from "./results.ts";
import { terminalErrorOf } from "./terminal-errors.ts";

/** Who watches saves nothing. */
const unsaved = { downloadOutputs: false };

/**
 * The vendor's audio projects, in process: polled, saved and verified by the very code that the functions in the cloud run.
 * Its methods may be called side by side. No error and no update holds the key or a signed URL.
 */
export class AudioProjects implements AsyncDisposable {
  readonly #ports: OpenPorts;
  readonly #closing = new AbortController();

  /**
   * @throws {Unauthorized} when there is no API key
   * @throws {InvalidInput} when an option is out of its bounds
   */
  constructor(options: AudioProjectsOptions = {}) {
    this.#ports = openPorts(options);
  }

  /**
   * The project as it is now, with its download URLs: keep them secret. One that is deleted may come with `enabled: false`.
   * @throws {ProjectGone} when the vendor has no project of that id (any more)
   * @throws {VendorUnavailable} when the vendor gives no usable answer
   * @throws {InvalidInput | Unauthorized | TransferFailed} for good
   */
  async get(request: GetRequest): Promise<AudioProject> {
    const { signal, ...fields } = request;
    const { id } = checkRequest(fields).transfer;
    return audioProjectOf(id, await unlessAborted(this.#ending(signal), () => this.#ports.magicHour.getProject(id)));
  }

  /**
   * Deletes the project, which cannot be undone: only if all of its outputs are verified in `downloadDirectory`, byte for
   * byte, and are still the vendor's; with `force`, without a look. Gone already is success. What may pass is tried again for
   * five minutes.
   * @throws {TransferFailed} when it is not deleted because something is not verified, saying what
   * @throws {VendorUnavailable | StoreUnavailable | CopyInterrupted} when it could not be done or its outcome is unknown
   * @throws {InvalidInput | Unauthorized} for good
   */
  async delete(request: DeleteRequest): Promise<void> {
    const { signal: given, force = false, ...fields } = request;
    const { transfer, place } = checkRequest(fields);
    const signal = this.#ending(given);
    const patience = { deadlineAt: this.#ports.now() + oneLookSeconds * 1_000, signal };
    const { deleteSaved, deleteUnseen } = await import("./delete-project.ts");
    if (force) return deleteUnseen(transfer.id, this.#ports, patience);
    await deleteSaved(transfer, await openDestination(place, this.#ports, signal), this.#ports, patience);
  }

  /**
   * Waits until the project settles, saves its outputs, verified and under names of their own, and deletes it if asked. Can
   * be called any number of times: what is saved already is read and not downloaded, and a project that was deleted after it
   * was saved is answered for by its manifest.
   * @throws {ProjectFailed | ProjectCanceled | ProjectGone | DeadlineExceeded} how the project ended, if not complete
   * @throws {OutputsIncomplete} when some outputs are saved and others cannot be; none was lost or overwritten
   * @throws {TransferFailed} when outputs are refused, or other files are in their way
   * @throws {VendorUnavailable | StoreUnavailable | CopyInterrupted} when what may pass did not, for as long as the workflow
   *   in the cloud would try, or until the deadline
   * @throws {InvalidInput | Unauthorized} for good
   */
  async checkResult(request: CheckResultRequest): Promise<CheckResult> {
    const { signal, onUpdate, ...fields } = request;
    const checked = checkRequest(fields);
    // What the listener throws ends the call: nobody else would hear of it.
    const broken = new AbortController();
    const report = (update: ProjectUpdate) => {
      try {
        if (!broken.signal.aborted) onUpdate?.(update);
      } catch (error) {
        broken.abort(error);
      }
    };
    const ending = this.#ending(signal, broken.signal);
    const result = await checkProject(checked, this.#ports, { signal: ending, onUpdate: report });
    broken.signal.throwIfAborted();
    return result;
  }

  /**
   * The project's status, now and at each change, until it settles: also as failed, canceled or gone. Leaving the loop ends
   * the polls.
   * @throws {DeadlineExceeded} when it is pending at the deadline
   * @throws {InvalidInput | Unauthorized | TransferFailed} for good
   */
  async *watch(request: WatchRequest): AsyncGenerator<ProjectUpdate, void, undefined> {
    const { signal, ...fields } = request;
    const { transfer } = checkRequest({ ...fields, ...unsaved });
    const polls = pollProject(transfer, this.#ports, { startedAt: this.#ports.now(), signal: this.#ending(signal) });
    let last: ProjectUpdate | undefined;
    for await (const { decision, update } of polls) {
      const { failure } = decision;
      if (failure && decision.verdict === "pending") throw terminalErrorOf(failure);
      if (update.status !== last?.status || update.verdict !== last.verdict) yield update;
      last = update;
    }
  }

  /** Ends what is going on, which rejects with an `AbortError`, and closes all connections. */
  async close(): Promise<void> {
    this.#closing.abort(new DOMException("the client was closed", "AbortError"));
    await this.#ports.close();
  }

  /** For `await using`: see {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #ending(...signals: (AbortSignal | undefined)[]): AbortSignal {
    return AbortSignal.any([this.#closing.signal, ...signals.filter((signal) => signal !== undefined)]);
  }
}

function audioProjectOf(id: string, observation: Observation): AudioProject {
  switch (observation.kind) {
    case "unavailable":
      throw new VendorUnavailable(`GET of project ${id}: ${observation.reason}`);
    case "not-found":
      throw new ProjectGone(`project ${id} is gone: the vendor answered 404`);
    case "project": {
      const { project } = observation;
      const downloads = project.downloads.map(({ url, expiresAt = null }) => ({ url, expiresAt }));
      return { id, status: project.status, ...summarize(project), downloads };
    }
  }
}
