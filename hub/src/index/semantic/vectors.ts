/**
 * Vectors of the documents of a segment: a byte a dimension and one scale a document, in shared memory.
 *
 * @module
 */

/** Vectors by document number. */
export class SegmentVectors {
  readonly buffer: SharedArrayBuffer;
  readonly dimensions: number;
  readonly #scales: Float32Array;
  readonly #values: Int8Array;

  /** @param buffer Of {@link SegmentVectors.create}. */
  constructor(buffer: SharedArrayBuffer, docs: number, dimensions: number) {
    this.buffer = buffer;
    this.dimensions = dimensions;
    this.#scales = new Float32Array(buffer, 0, docs);
    this.#values = new Int8Array(buffer, docs * 4, docs * dimensions);
  }

  /** Vectors of zeros. */
  static create(docs: number, dimensions: number): SegmentVectors {
    return new SegmentVectors(new SharedArrayBuffer(docs * (4 + dimensions)), docs, dimensions);
  }

  set(doc: number, vector: Float32Array): void {
    let largest = 0;
    for (const value of vector) largest = Math.max(largest, Math.abs(value));
    if (largest === 0) return;
    const base = doc * this.dimensions;
    for (let i = 0; i < vector.length; i++) {
      this.#values[base + i] = Math.round(((vector[i] as number) * 127) / largest);
    }
    this.#scales[doc] = largest / 127;
  }

  /** Cosine with a vector of length 1, up to rounding; 0 for a document of which nothing is known. */
  cosine(doc: number, vector: Float32Array): number {
    const values = this.#values;
    const { dimensions } = this;
    const base = doc * dimensions;
    let sum = 0;
    for (let i = 0; i < dimensions; i++) {
      sum += (vector[i] as number) * (values[base + i] as number);
    }
    return sum * (this.#scales[doc] as number);
  }

  /** The vector of a document, of about length 1. */
  get(doc: number): Float32Array {
    const scale = this.#scales[doc] as number;
    const base = doc * this.dimensions;
    return Float32Array.from(
      this.#values.subarray(base, base + this.dimensions),
      (value) => value * scale,
    );
  }
}
