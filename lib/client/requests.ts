import type { Environment } from "../../functions/environment.ts";
import type { ProjectUpdate } from "./results.ts";

/** Options of `AudioProjects`. */
export interface AudioProjectsOptions {
  /** The vendor's API key. Default `MAGIC_HOUR_API_KEY`. It is sent to `baseUrl` alone and shown nowhere. */
  readonly apiKey?: string | undefined;
  /** Base URL of the vendor's API. Default `MAGIC_HOUR_BASE_URL`, else `https://api.magichour.ai`. */
  readonly baseUrl?: string | undefined;
  /**
   * Origins such as `http://127.0.0.1:4010` that need not be https nor have a public address: for simulators. Default those
   * in `GUARDED_HTTP_EXCEPTIONS`, comma-separated, else none.
   */
  readonly guardExceptions?: readonly string[] | undefined;
  /** Shortest interval between two polls: whole seconds, at least 1. Default 3, as the vendor's guide asks. */
  readonly pollIntervalSeconds?: number | undefined;
  /** Largest output that is downloaded, in bytes. Default 16 GiB. */
  readonly maxOutputBytes?: number | undefined;
  /** Where defaults come from, and what S3 is reached by (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, …). Default `process.env`. */
  readonly environment?: Environment | undefined;
}

/** Which project, and until when it is cared for. */
export interface ProjectRequest {
  /** The project's id: 1 to 64 of the characters A-Z a-z 0-9 _ -. */
  readonly id: string;
  /** Ends the call, which then rejects with the signal's reason. Default never. */
  readonly signal?: AbortSignal | undefined;
}

/** What `get` is asked. */
export interface GetRequest extends ProjectRequest {}

/** What `delete` is asked. */
export interface DeleteRequest extends ProjectRequest {
  /** Where its outputs were saved: a path, or `s3://bucket/prefix`. Default `audio-projects/<id>` below the working directory. */
  readonly downloadDirectory?: string | undefined;
  /** Delete without looking at any copy: what was not saved is lost for good. Default false. */
  readonly force?: boolean | undefined;
}

/** What `watch` is asked. */
export interface WatchRequest extends ProjectRequest {
  /** Seconds until a pending project is given up: whole, 1 to 31,449,600 (364 days). Default 86,400. */
  readonly deadlineSeconds?: number | undefined;
}

/** What `checkResult` is asked. */
export interface CheckResultRequest extends WatchRequest {
  /**
   * Seconds until a pending project is given up: whole, 1 to 31,449,600 (364 days). A copy that is under way then goes on to
   * its end; one that breaks off is not begun again. Default 86,400.
   */
  readonly deadlineSeconds?: number | undefined;
  /** Poll until the project settles. With `false` one look is taken; a project that is complete is still downloaded. Default true. */
  readonly waitForCompletion?: boolean | undefined;
  /** Save the outputs. Default true. */
  readonly downloadOutputs?: boolean | undefined;
  /**
   * Where they go: a path, made if it is not there, or `s3://bucket/prefix`. One directory holds one project. Default
   * `audio-projects/<id>` below the working directory.
   */
  readonly downloadDirectory?: string | undefined;
  /** Delete the remote project once everything is saved and verified. Default false. */
  readonly deleteAfterDownload?: boolean | undefined;
  /** Hears of every poll, and some ten times a second of every output that is being copied. What it throws ends the call. */
  readonly onUpdate?: ((update: ProjectUpdate) => void) | undefined;
}
