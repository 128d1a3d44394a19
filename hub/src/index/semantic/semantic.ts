/**
 * What queries know about meaning: one model, and vectors of that model by segment.
 *
 * It is replaced as a whole. A segment without vectors is newer than the model's last look at the index: its documents
 * have no meaning yet and are found by their words.
 *
 * @module
 */

import type { Analyzer } from "../analysis/analyzer.ts";
import type { Generation } from "../generation.ts";
import type { Segment } from "../segment/segment.ts";
import { LsaModel } from "./lsa-model.ts";
import { SegmentVectors } from "./vectors.ts";

/** As it is posted to threads: shared memory and numbers only. */
export interface SemanticData {
  /** Of the generations whose segments have vectors here; see `GenerationData`. */
  readonly series: string;
  readonly providerId: string;
  readonly model: SharedArrayBuffer;
  /** By number of the segment in the series. */
  readonly vectors: readonly { readonly id: number; readonly buffer: SharedArrayBuffer }[];
}

/** The meaning of a generation's documents. */
export interface Meaning {
  readonly providerId: string;
  /** Of length 1, or all zeros when nothing of the text is known. */
  vectorOf(text: string): Float32Array;
  /** Undefined for a segment that has none yet. */
  vectorsOf(segment: Segment): SegmentVectors | undefined;
}

/** Opens one state after the other, each model once. */
export class SemanticOpener {
  #model: LsaModel | undefined;

  /** The meaning of `generation`, or undefined if the state is that of another index. */
  open(data: SemanticData, generation: Generation, analyzer: Analyzer): Meaning | undefined {
    if (data.series !== generation.series) return undefined;
    if (this.#model?.id !== data.providerId) this.#model = new LsaModel(data.model, analyzer);
    const model = this.#model;
    const buffers = new Map(data.vectors.map(({ id, buffer }) => [id, buffer]));
    const vectors = new Map<Segment, SegmentVectors>();
    for (const { id, segment } of generation.segments) {
      const buffer = buffers.get(id);
      if (buffer === undefined) continue;
      vectors.set(segment, new SegmentVectors(buffer, segment.docs, model.dimensions));
    }
    return {
      providerId: model.id,
      vectorOf: (text) => model.vectorOf(text),
      vectorsOf: (segment) => vectors.get(segment),
    };
  }
}
