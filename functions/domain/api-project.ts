import type { ApiAnswer } from "./api-answer.ts";
import { NotFound } from "./api-errors.ts";
import { problemAnswer } from "./api-problem.ts";
import { acceptedAnswer, type DescribedExecution } from "./api-transfer.ts";
import { VendorUnavailable } from "./errors.ts";
import { type Project, type ProjectSummary, summarize } from "./project.ts";
import { type Observation, type Verdict, verdictOf } from "./verdict.ts";

/** A project as the vendor sees it now, as answers show it: everything but the download URLs. */
export interface ProjectView extends ProjectSummary {
  /** The project's id. */
  readonly id: string;
  /** The vendor's raw word. */
  readonly status: string;
  /** Our reading. */
  readonly verdict: Verdict;
  /** How many outputs the vendor lists. */
  readonly outputCount: number;
}

function viewOf(project: Project): ProjectView {
  const { id, status, downloads } = project;
  return { id, status, verdict: verdictOf(project), ...summarize(project), outputCount: downloads.length };
}

/** The answer that shows what one look at a project found. 404 when the vendor has none of that id (any more). */
export function projectAnswer(observation: Observation): ApiAnswer {
  switch (observation.kind) {
    case "project":
      return { status: 200, content: viewOf(observation.project) };
    case "not-found":
      return problemAnswer(new NotFound("the vendor has no project of that id"));
    case "unavailable": {
      const { reason, retryAfterSeconds } = observation;
      return problemAnswer(new VendorUnavailable(`the project cannot be read: ${reason}`), retryAfterSeconds);
    }
  }
}

/** What became of a deletion: done, or left to a transfer, because verifying takes longer than a caller can wait. */
export type Deletion =
  | { readonly kind: "deleted" }
  | { readonly kind: "transfer"; readonly execution: DescribedExecution };

/** The answer to a deletion: 204, or 202 with the transfer that will do it. */
export function deletionAnswer(deletion: Deletion): ApiAnswer {
  return deletion.kind === "deleted" ? { status: 204 } : acceptedAnswer(deletion.execution);
}
