/**
 * Documents of a segment that may match a question, with the weight of the terms that they have, and their scores.
 *
 * @module
 */

/** The first `size` are those that were found, ascending. */
export type Candidates = Readonly<Pick<CandidateList, "docs" | "masses" | "scores" | "size">>;

/** Documents that {@link CandidateList.clear} keeps room for: 20 MiB. */
const KEPT = 2 ** 20;

/** Candidates while they are found. The columns may be longer than the list. */
export class CandidateList {
  docs = new Uint32Array(256);
  masses = new Float64Array(256);
  scores = new Float64Array(256);
  size = 0;

  /** Empties it and keeps its memory, up to a limit, since memory that was never written to is slow at first. */
  clear(): void {
    this.size = 0;
    if (this.docs.length <= KEPT) return;
    this.docs = new Uint32Array(256);
    this.masses = new Float64Array(256);
    this.scores = new Float64Array(256);
  }

  /** Makes room for `size` more. */
  reserve(size: number): void {
    const needed = this.size + size;
    if (needed <= this.docs.length) return;
    const capacity = Math.max(needed, this.docs.length * 2);
    this.docs = grown(this.docs, new Uint32Array(capacity));
    this.masses = grown(this.masses, new Float64Array(capacity));
    this.scores = grown(this.scores, new Float64Array(capacity));
  }
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
