/** What loading a bundle took, once. */
export interface Load {
  /** Milliseconds from asking for the bundle until it was there. */
  readonly initMilliseconds: number;
  /** Resident set of the process then. */
  readonly rssBytes: number;
  /** Milliseconds from asking for the bundle until its first answer, loopback included; null where it was not called. */
  readonly answerMilliseconds: number | null;
}
