import type { SavedOutput } from "./results.ts";

/** An output that is not saved. */
export interface MissingOutput {
  /** Its place in the project's `downloads`, from 0. */
  readonly index: number;
  /** File name at the source. */
  readonly sourceName: string;
  /** Where it would be: an absolute path, or `s3://bucket/key`. */
  readonly where: string;
}

/**
 * Some outputs of a project are saved and verified, others are not. Why is its `cause`, an error of this library. Asked
 * again, the same call saves what is missing and reads what is there instead of downloading it.
 */
export class OutputsIncomplete extends Error {
  override readonly name = "OutputsIncomplete";
  /** The project's id. */
  readonly id: string;
  /** What is there, in the project's order; at least one. */
  readonly outputs: readonly SavedOutput[];
  /** What is not, in the project's order; at least one. */
  readonly missing: readonly MissingOutput[];

  constructor(id: string, outputs: readonly SavedOutput[], missing: readonly MissingOutput[], cause: Error) {
    const all = outputs.length + missing.length;
    const absent = missing.slice(0, mostNamed).map(({ where }) => where);
    const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : "";
    super(
      `${outputs.length} of the ${all} outputs of project ${id} are saved; missing: ${absent.join(", ")}${more}: ${cause.message}`,
      { cause },
    );
    this.id = id;
    this.outputs = outputs;
    this.missing = missing;
  }
}

/** Most outputs that the message names; `missing` has all. */
const mostNamed = 5;
