/** How the bench names what the origin is to serve: all of it stands in the URL or in the project's id, nothing is registered. */
import type { SourceFile } from "./source-bytes.ts";

/**
 * How the origin serves:
 * - `plain`: ranges, strong ETag, as fast as it can;
 * - `throttled`: the same, and each connection gets 25 MiB/s;
 * - `noranges`: a Range is ignored and answered with 200 and the whole;
 * - `weak`: ranges, but the ETag is a weak one;
 * - `distant`: as `plain`, but each answer begins {@link distantMilliseconds} after its request.
 */
export type OriginMode = "plain" | "throttled" | "noranges" | "weak" | "distant";

/**
 * Milliseconds until an answer begins, of the origin in its mode `distant` and of the endpoint in its bucket of that name: 10,
 * a part of what S3 and a download host take (AWS gives 100 to 200 ms for small objects, "Performance design patterns for
 * Amazon S3"; from the same region tens were seen).
 */
export const distantMilliseconds = 10;

/** A project at the origin, which plays the vendor too: outputs of one size. */
export interface OriginProject {
  /** How its outputs are served. */
  readonly mode: OriginMode;
  /** Number of outputs. */
  readonly outputs: number;
  /** Size of each output in bytes. */
  readonly bytes: number;
  /** Tells runs apart, so that none finds what another one stored: a whole number. */
  readonly run: number;
}

/** What a download URL asks for. */
export interface OriginDownload extends SourceFile {
  /** How it is served. */
  readonly mode: OriginMode;
}

const modes: readonly string[] = ["plain", "throttled", "noranges", "weak", "distant"] satisfies OriginMode[];

function isMode(text: string | undefined): text is OriginMode {
  return text !== undefined && modes.includes(text);
}

/** The project's id, of characters that a project id may have. */
export function projectIdOf({ mode, outputs, bytes, run }: OriginProject): string {
  return `bench-${mode}-${outputs}-${bytes}-${run}`;
}

/** The project that an id names; undefined when it names none. */
export function parseProjectId(id: string): OriginProject | undefined {
  const match = /^bench-([a-z]+)-(\d+)-(\d+)-(\d+)$/.exec(id);
  const [, mode, outputs, bytes, run] = match ?? [];
  if (!isMode(mode)) return undefined;
  return { mode, outputs: Number(outputs), bytes: Number(bytes), run: Number(run) };
}

/** Path of a download. */
export function downloadPath({ mode, bytes, index }: OriginDownload): string {
  return `/audio/${mode}/${bytes}/${index}.wav`;
}

/** What the path of a request asks for; undefined when it is no download's. */
export function parseDownloadPath(path: string): OriginDownload | undefined {
  const match = /^\/audio\/([a-z]+)\/(\d+)\/(\d+)\.wav$/.exec(path);
  const [, mode, bytes, index] = match ?? [];
  return isMode(mode) ? { mode, bytes: Number(bytes), index: Number(index) } : undefined;
}
