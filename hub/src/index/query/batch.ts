/**
 * Documents of a segment on their way through a query, some hundred at a time, so that each step is a tight loop over
 * one column instead of a walk through all columns for one document.
 *
 * @module
 */

/** Most documents of a batch. */
export const BATCH_SIZE = 1024;

/** Reused. Documents ascend. */
export class Batch {
  readonly docs = new Uint32Array(BATCH_SIZE);
  readonly scores = new Float64Array(BATCH_SIZE);
  size = 0;

  /** Adds a document; false when there is no room for another. */
  push(doc: number, score: number): boolean {
    this.docs[this.size] = doc;
    this.scores[this.size] = score;
    this.size += 1;
    return this.size < BATCH_SIZE;
  }
}

/** Counts of documents in the batch that is looked at. One query runs at a time in a thread. */
export const COUNTS = new Uint32Array(BATCH_SIZE);
