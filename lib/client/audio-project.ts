import type { ProjectSummary } from "../../functions/domain/project.ts";

/** Where one output of a project can be fetched. */
export interface AudioDownload {
  /** Signed URL, exactly as the vendor sent it. A secret for as long as it lives: whoever has it can fetch the output. */
  readonly url: string;
  /** When it expires, UTC, ISO 8601 with Z; null when the vendor says nothing readable. */
  readonly expiresAt: string | null;
}

/** A remote audio project as the vendor shows it now (`GET /v1/audio-projects/{id}`, OpenAPI file of 2026-08-22). */
export interface AudioProject extends ProjectSummary {
  /** The project's id. */
  readonly id: string;
  /** The vendor's raw word: `draft`, `queued`, `rendering`, `complete`, `error`, `canceled`, and others are possible. */
  readonly status: string;
  /** Its outputs, filled after success. */
  readonly downloads: readonly AudioDownload[];
}
