/**
 * What a simulated project is told to do: how long it takes, how it ends, and what it leaves to download.
 * This file is pure and imports nothing.
 */

/** An output's file format: `wav` is 24 kHz mono 16-bit PCM, `mp3` is 24 kHz mono at 64 kbit/s. */
export type AudioFormat = "wav" | "mp3";

/** The vendor's `error` object, as in `GET /v1/audio-projects/{id}`. */
export interface ProjectError {
  readonly code: string;
  readonly message: string;
}

/** The course of one simulated project. Every field has a default in {@link defaultPlan}. */
export interface ProjectPlan {
  /** The vendor's open set of project types. Default `VOICE_GENERATOR`. */
  readonly type: string;
  /** The text that the audio is rendered from. Default a short greeting. */
  readonly prompt: string;
  /** Shifts the pitch of the rendered voice. Default null: one fixed voice. */
  readonly voiceName: string | null;
  /** The project's name. Default null: unnamed. */
  readonly name: string | null;
  /** Seconds in `queued`, at least 0. Default 2. */
  readonly queuedSeconds: number;
  /** Seconds in `rendering` after that, at least 0. Default 4. */
  readonly renderingSeconds: number;
  /**
   * The status it arrives at and keeps. `draft`, `queued` and `rendering` never get further than themselves; a word
   * outside the vendor's six is an unknown status, reached after rendering. Default `complete`.
   */
  readonly endIn: string;
  /**
   * The error shown once the project has ended. Null, the default, shows a stock error for `error` and none for
   * `complete`. An error given for `complete` is shown too: the vendor's own example has one there.
   */
  readonly error: ProjectError | null;
  /** True: once complete, `enabled` is false, as after a deletion by somebody else. Default false. */
  readonly disabled: boolean;
  /** How many GETs of the complete project show no downloads; `Infinity` for ever. Default 0. */
  readonly withoutDownloads: number;
  /** How many outputs it renders, 1 to 100. Default 1. */
  readonly outputs: number;
  /** The outputs' formats, used in turn. Default `["wav"]`. */
  readonly formats: readonly AudioFormat[];
  /** Source names by output; the rest are called `output.wav` or `output.mp3`, for the vendor repeats its names. */
  readonly fileNames: readonly string[];
  /**
   * The exact length of every WAV output in bytes, cut or repeated to fit: 0 (an empty file) or 46 to 4,294,967,295
   * (the sizes in a RIFF header have 32 bits). Null, the default, keeps the rendered length. MP3 outputs ignore it.
   */
  readonly sizeBytes: number | null;
  /** What a GET after the DELETE answers: 404, or 200 with `enabled: false` and no downloads. Default `not-found`. */
  readonly deletedAnswer: "not-found" | "disabled";
}

/** The course of a project nobody planned: complete after six seconds with one WAV. */
export const defaultPlan: ProjectPlan = {
  type: "VOICE_GENERATOR",
  prompt: "Hello, how are you?",
  voiceName: null,
  name: null,
  queuedSeconds: 2,
  renderingSeconds: 4,
  endIn: "complete",
  error: null,
  disabled: false,
  withoutDownloads: 0,
  outputs: 1,
  formats: ["wav"],
  fileNames: [],
  sizeBytes: null,
  deletedAnswer: "not-found",
};

/** Thrown when a plan cannot be carried out; the message names the field, its bounds and the value. */
export class ImpossiblePlanError extends Error {
  override readonly name = "ImpossiblePlanError";
}

/**
 * Lays the given parts over one another, the last winning, on top of {@link defaultPlan}.
 * @throws ImpossiblePlanError when a field is outside its bounds
 */
export function makePlan(...parts: readonly Partial<ProjectPlan>[]): ProjectPlan {
  const plan: ProjectPlan = Object.assign({}, defaultPlan, ...parts);
  requireWithin("queuedSeconds", plan.queuedSeconds, 0, Number.MAX_VALUE);
  requireWithin("renderingSeconds", plan.renderingSeconds, 0, Number.MAX_VALUE);
  requireWithin("withoutDownloads", plan.withoutDownloads, 0, Number.POSITIVE_INFINITY);
  requireWithin("outputs", plan.outputs, 1, 100);
  requireWhole("outputs", plan.outputs);
  requireSize(plan.sizeBytes);
  if (plan.formats.length === 0) throw new ImpossiblePlanError("formats must name at least one format");
  plan.fileNames.forEach(requireFileName);
  return plan;
}

/** The source name of one output: the planned one, or the name that the vendor gives to every output. */
export function fileNameOf(plan: ProjectPlan, index: number): string {
  return plan.fileNames[index] ?? `output.${formatOf(plan, index)}`;
}

/** The format of one output: the planned formats are used in turn. */
export function formatOf(plan: ProjectPlan, index: number): AudioFormat {
  return plan.formats[index % plan.formats.length] ?? "wav";
}

// 44 bytes of header and one sample of two bytes; a RIFF size field holds 2^32 - 1.
const smallestWav = 46;
const largestWav = 2 ** 32 - 1;

function requireSize(sizeBytes: number | null): void {
  if (sizeBytes === null || sizeBytes === 0) return;
  requireWhole("sizeBytes", sizeBytes);
  requireWithin("sizeBytes", sizeBytes, smallestWav, largestWav);
}

function requireWithin(field: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new ImpossiblePlanError(`${field} must be between ${low} and ${high}, not ${value}`);
  }
}

function requireWhole(field: string, value: number): void {
  if (!Number.isInteger(value)) throw new ImpossiblePlanError(`${field} must be a whole number, not ${value}`);
}

// A URL cannot carry an empty, "." or ".." segment: every client resolves them away, escaped or not. A lone half of a
// surrogate pair has no UTF-8 form, so it cannot be escaped either.
function requireFileName(name: string): void {
  if (/^\.{0,2}$/.test(name) || !name.isWellFormed()) {
    throw new ImpossiblePlanError(`fileNames cannot hold ${JSON.stringify(name)}: no URL can carry it`);
  }
}
