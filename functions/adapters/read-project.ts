import { CopyInterrupted, VendorUnavailable } from "../domain/errors.ts";
import { type PlannedOutput, planOutputs } from "../domain/output.ts";
import type { Project } from "../domain/project.ts";
import { verdictOf } from "../domain/verdict.ts";
import type { MagicHour } from "./magic-hour.ts";

/** A project as a copy or a deletion finds it: there, or no longer there and how the vendor says so. */
export type FoundProject =
  | { readonly kind: "there"; readonly project: Project }
  | { readonly kind: "gone"; readonly how: "404" | "enabled: false" };

/** Reads a project. @throws {VendorUnavailable} when the vendor gives no usable answer, and as `getProject` */
export async function findProject(id: string, magicHour: MagicHour): Promise<FoundProject> {
  const observation = await magicHour.getProject(id);
  switch (observation.kind) {
    case "unavailable":
      throw new VendorUnavailable(`GET of project ${id}: ${observation.reason}`);
    case "not-found":
      return { kind: "gone", how: "404" };
    case "project": {
      const { project } = observation;
      return verdictOf(project) === "gone" ? { kind: "gone", how: "enabled: false" } : { kind: "there", project };
    }
  }
}

/**
 * The same output's URL from a new GET, freshly signed.
 * @throws {CopyInterrupted} when the project no longer lists it at its place: everything is planned again
 */
export async function freshUrl(output: PlannedOutput, id: string, magicHour: MagicHour): Promise<string> {
  const found = await findProject(id, magicHour);
  const listed = found.kind === "there" ? planOutputs(found.project, "") : [];
  const fresh = listed.find(({ index }) => index === output.index);
  if (fresh?.sourceId === output.sourceId) return fresh.url;
  throw new CopyInterrupted(`${output.key}: project ${id} no longer lists this output at its place`);
}
