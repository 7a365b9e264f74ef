/**
 * Gives each write a sequencer, as S3 does: a hexadecimal number of 18 digits that is greater for a later write, so that
 * texts sort as writes happened. Here it is the time of the write in units of 2^-32 s, or one more than the last.
 * Source: "Event message structure" in the S3 User Guide. What S3 makes its own of is not documented.
 */
export class Sequencer {
  #last = 0n;

  /** The sequencer of the next write. */
  next(): string {
    const now = (BigInt(Date.now()) << 32n) / 1000n;
    this.#last = now > this.#last ? now : this.#last + 1n;
    return this.#last.toString(16).toUpperCase().padStart(18, "0");
  }
}
