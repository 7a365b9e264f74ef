/** One run of the copy property: its scenario, how far each script got, and what was seen. */
import type { Behaviour } from "../behaviour.ts";
import type { RecordedRequest } from "../misbehaving-origin.ts";
import { behaviourOf } from "./origin-steps.ts";
import type { CopyOperation, Scenario, SourceVersion, StoreStep, VendorStep } from "./scenario.ts";
import { bytesOf, etagOf } from "./source-bytes.ts";

/** A run under way. */
export interface CopyRun {
  /** The project's id, of this run alone. */
  readonly id: string;
  readonly scenario: Scenario;
  /** All that happened, in order, for the report of a failing case. */
  readonly journal: string[];
  /** Versions that each source has had so far; the last is the present one. */
  readonly versions: readonly SourceVersion[][];
  /** Objects that other writers put there, by key: they must stay as they are. */
  readonly foreign: Map<string, Buffer>;
  /** Uploads that other writers opened: they must stay open. */
  readonly foreignUploads: Set<string>;
  /** Uploads that may stay open: their abortion was refused, or their id never reached the copy. */
  readonly excusedUploads: Set<string>;
  /** Exchanges with S3 that are still under way there. */
  readonly pending: Set<Promise<unknown>>;
  /** Whether the time of the attempt at work ends soon; never where two are at work. */
  isShort: boolean;
  /** GETs of the project so far: each signs anew. */
  vendorGets: number;
  /** How the next GET of the project by the copy is answered. */
  nextVendorStep(): VendorStep;
  /** How a GET of an output is answered. */
  answer(index: number, signedAt: number, request: RecordedRequest): Behaviour;
  /** What becomes of a call of S3, which is counted. */
  storeStep(operation: CopyOperation): StoreStep | undefined;
}

/** Begins a run. */
export function beginRun(id: string, scenario: Scenario): CopyRun {
  const journal: string[] = [];
  const versions = scenario.outputs.map((): SourceVersion[] => [0]);
  const answered = scenario.outputs.map(() => 0);
  const calls = new Map<CopyOperation, number>();
  let expiredUntil = 0;
  let vendorSteps = 0;
  return {
    id,
    scenario,
    journal,
    versions,
    foreign: new Map(),
    foreignUploads: new Set(),
    excusedUploads: new Set(),
    pending: new Set(),
    isShort: false,
    vendorGets: 0,
    nextVendorStep() {
      const step = scenario.vendor[vendorSteps] ?? "honest";
      vendorSteps += 1;
      journal.push(`vendor: GET ${vendorSteps}: ${step}`);
      return step;
    },
    answer(index, signedAt, request) {
      const output = scenario.outputs[index];
      const had = versions[index];
      if (!output || !had) return { status: 404 };
      const nth = answered[index] ?? 0;
      answered[index] = nth + 1;
      const step = output.answers[nth] ?? { does: "honest" };
      if (step.version !== undefined) had.push(step.version);
      if (step.does === "expire URL") expiredUntil = this.vendorGets;
      const version = had.at(-1) ?? 0;
      const isExpired = signedAt <= expiredUntil;
      const asked = [request.headers.range, request.headers["if-match"]].filter(Boolean).join(" if ");
      const what = isExpired ? "403, the URL has expired" : JSON.stringify(step);
      journal.push(`origin: GET ${nth + 1} of ${index} ${asked}: ${what} (version ${version})`);
      if (isExpired) return { status: 403 };
      const body = bytesOf(index, output, version);
      const { content, ...deeds } = behaviourOf(step, { request, body, isShort: this.isShort });
      const usual = { body, contentType: output.contentType, etag: etagOf(output, version) };
      return { ...deeds, ...(scenario.pace && { drip: scenario.pace }), content: { ...usual, ...content } };
    },
    storeStep(operation) {
      const nth = (calls.get(operation) ?? 0) + 1;
      calls.set(operation, nth);
      return scenario.store.find((step) => step.on === operation && step.nth <= nth && nth < step.nth + step.times);
    },
  };
}
