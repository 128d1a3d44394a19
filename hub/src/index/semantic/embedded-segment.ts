/**
 * The vectors of a segment as far as they are computed.
 *
 * @module
 */

import { SegmentVectors } from "./vectors.ts";

export class EmbeddedSegment {
  readonly vectors: SegmentVectors;
  readonly #docs: number;
  readonly #sum: Float64Array;
  #embedded = 0;
  #next = 0;

  constructor(docs: number, dimensions: number) {
    this.vectors = SegmentVectors.create(docs, dimensions);
    this.#docs = docs;
    this.#sum = new Float64Array(dimensions);
  }

  /** The document whose turn it is. */
  get next(): number {
    return this.#next;
  }

  get isComplete(): boolean {
    return this.#next === this.#docs;
  }

  /** The sum of the vectors, and their number. */
  get total(): { readonly sum: Float64Array; readonly embedded: number } {
    return { sum: this.#sum, embedded: this.#embedded };
  }

  /** Takes the vector of {@link next}; undefined for a document that needs none. */
  add(vector: Float32Array | undefined): void {
    if (vector !== undefined) {
      this.vectors.set(this.#next, vector);
      for (const [i, value] of vector.entries()) this.#sum[i] = (this.#sum[i] as number) + value;
      this.#embedded += 1;
    }
    this.#next += 1;
  }
}

/** The mean of all vectors of the segments; undefined when there are none. */
export function meanOf(segments: readonly EmbeddedSegment[]): Float32Array | undefined {
  const totals = segments.map(({ total }) => total);
  const embedded = totals.reduce((count, total) => count + total.embedded, 0);
  const [first] = totals;
  if (first === undefined || embedded === 0) return undefined;
  return Float32Array.from(
    first.sum,
    (_, i) => totals.reduce((sum, total) => sum + (total.sum[i] as number), 0) / embedded,
  );
}
