import * as v from "valibot";
import { TransferFailed, VendorUnavailable } from "./errors.ts";
import { redact } from "./redaction.ts";

/** One entry of `downloads`. The URL is a secret: it may not reach a log, an error or workflow state. */
export interface Download {
  /** Signed, expiring URL, exactly as the vendor sent it. */
  readonly url: string;
  /** When it expires, UTC, ISO 8601 with Z; absent when the vendor says nothing readable. For people: a copy goes by answers. */
  readonly expiresAt?: string;
}

/** What a transfer reports of its project: everything but the download URLs. */
export interface ProjectSummary {
  /** The name given to it, if any. */
  readonly name: string | null;
  /** VOICE_GENERATOR and others: an open set. */
  readonly type: string | null;
  /** UTC, ISO 8601 with Z. The vendor's own example has no time zone and is read as UTC; null when unreadable. */
  readonly createdAt: string | null;
  /** False means deleted. */
  readonly enabled: boolean;
  /** Credits charged for it; null when the vendor leaves it out. */
  readonly creditsCharged: number | null;
  /** The vendor's error. It may stand beside `complete`: only `status` decides. */
  readonly error: {
    /** The vendor's name for it. */
    readonly code: string | null;
    /** The vendor's words. */
    readonly message: string | null;
  } | null;
}

/** A remote audio project, read from the vendor's JSON (`GET /v1/audio-projects/{id}`, OpenAPI file of 2026-08-22). */
export interface Project extends ProjectSummary {
  /** The project's id, equal to the id that was asked for. */
  readonly id: string;
  /** The vendor's raw word; six are documented, others are possible. */
  readonly status: string;
  /** Where its outputs are, filled after success. */
  readonly downloads: readonly Download[];
}

const textOrNull = v.fallback(v.nullable(v.string()), null);

const downloadFault = "downloads: an entry is not an object with a url";
const downloadSchema = v.object({ url: v.string(downloadFault), expires_at: textOrNull }, downloadFault);

/** Lenient where the contract is soft, strict where a wrong reading could lose audio: id, status, enabled, downloads. */
const projectSchema = v.object(
  {
    id: v.string("id: must be a string"),
    status: v.pipe(v.string("status: must be a string"), v.maxLength(100, "status: is longer than 100 characters")),
    enabled: v.optional(v.boolean("enabled: must be a boolean"), true),
    downloads: v.optional(v.nullable(v.array(downloadSchema, "downloads: must be an array")), []),
    name: textOrNull,
    type: textOrNull,
    created_at: textOrNull,
    credits_charged: v.fallback(v.nullable(v.number()), null),
    error: v.fallback(v.nullable(v.object({ code: textOrNull, message: textOrNull })), null),
  },
  // Valibot's own message would repeat what the vendor sent, which may be secret and has no bound.
  ({ expected }) => (expected === "Object" ? "it is not an object" : `${expected} is missing`),
);

/** A date of ISO 8601, perhaps with a time, perhaps with a zone. Date.parse alone would also take "soon 1" for a date. */
const isoDate = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** Reads the vendor's date-time; without a time zone it is UTC. Null when it is no date. */
function utc(text: string | null): string | null {
  const match = isoDate.exec(text ?? "");
  if (!match) return null;
  const time = Date.parse(match[1] ? match[0] : `${match[0]}Z`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/**
 * Reads a project from the vendor's answer.
 * @throws {VendorUnavailable} when the answer is not a project: passing, so polled again inside the deadline.
 * @throws {TransferFailed} when it is another project than the one asked for: never to be taken for ours.
 */
export function parseProject(json: unknown, requestedId: string): Project {
  const parsed = v.safeParse(projectSchema, json);
  if (!parsed.success) {
    throw new VendorUnavailable(`the answer is not an audio project: ${parsed.issues[0].message}`);
  }
  const raw = parsed.output;
  if (raw.id !== requestedId) {
    throw new TransferFailed(`asked for project ${requestedId}, the answer is for project ${redact(raw.id)}`);
  }
  return {
    id: raw.id,
    // These three reach workflow state, and a person may have pasted a signed URL into a name.
    name: raw.name && redact(raw.name, 1_000),
    status: redact(raw.status, 100),
    type: raw.type && redact(raw.type, 100),
    createdAt: utc(raw.created_at),
    enabled: raw.enabled,
    creditsCharged: raw.credits_charged,
    downloads: (raw.downloads ?? []).map(({ url, expires_at }) => {
      const expiresAt = utc(expires_at);
      return { url, ...(expiresAt !== null && { expiresAt }) };
    }),
    error: raw.error && {
      code: raw.error.code && redact(raw.error.code),
      message: raw.error.message && redact(raw.error.message),
    },
  };
}

/** The part of a project that may stand in workflow state, outputs and manifests: no URL is in it. */
export function summarize(project: Project): ProjectSummary {
  const { name, type, createdAt, creditsCharged, enabled, error } = project;
  return { name, type, createdAt, creditsCharged, enabled, error };
}
