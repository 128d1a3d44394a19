/**
 * What queries know about meaning: vectors of the documents by segment, all of one provider, and how a question comes by
 * a vector of it.
 *
 * It is replaced as a whole. A segment without vectors is newer than the last look at the index: its documents have no
 * meaning yet and are found by their words.
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
  readonly dimensions: number;
  /** With which query threads embed questions; undefined when the vector comes with the question. */
  readonly model: SharedArrayBuffer | undefined;
  /** What the vectors of all documents share, their mean; undefined when the provider is centred. */
  readonly mean: Float32Array | undefined;
  /** By number of the segment in the series. */
  readonly vectors: readonly { readonly id: number; readonly buffer: SharedArrayBuffer }[];
}

/** The vector of a question that was embedded before it was posted. */
export interface QuestionVector {
  readonly providerId: string;
  readonly vector: Float32Array;
}

/** The meaning of a generation's documents. */
export interface Meaning {
  readonly providerId: string;
  /** Of length 1, or all zeros when nothing of the text is known. */
  vectorOf(text: string): Float32Array;
  /** Undefined for a segment that has none yet. */
  vectorsOf(segment: Segment): SegmentVectors | undefined;
  /** The cosine that a vector has with the documents on average, where that says nothing; 0 for a centred provider. */
  commonCosine(vector: Float32Array): number;
}

/** The meaning for one question whose vector came with it. */
export function withQuestion(meaning: Meaning, asked: QuestionVector | undefined): Meaning {
  // Another one was embedded while the providers were switched: the question is answered by its words.
  if (asked?.providerId !== meaning.providerId) return meaning;
  return { ...meaning, vectorOf: () => asked.vector };
}

/** Opens one state after the other, each model once. */
export class SemanticOpener {
  #model: LsaModel | undefined;

  /** The meaning of `generation`, or undefined if the state is that of another index. */
  open(data: SemanticData, generation: Generation, analyzer: Analyzer): Meaning | undefined {
    if (data.series !== generation.series) return undefined;
    const { providerId, dimensions, mean } = data;
    const buffers = new Map(data.vectors.map(({ id, buffer }) => [id, buffer]));
    const vectors = new Map<Segment, SegmentVectors>();
    for (const { id, segment } of generation.segments) {
      const buffer = buffers.get(id);
      if (buffer === undefined) continue;
      vectors.set(segment, new SegmentVectors(buffer, segment.docs, dimensions));
    }
    return {
      providerId,
      vectorOf: this.#questions(data, analyzer),
      vectorsOf: (segment) => vectors.get(segment),
      commonCosine: (vector) =>
        mean?.reduce((sum, value, i) => sum + value * (vector[i] as number), 0) ?? 0,
    };
  }

  #questions({ providerId, dimensions, model }: SemanticData, analyzer: Analyzer) {
    if (model === undefined) return () => new Float32Array(dimensions);
    if (this.#model?.id !== providerId) this.#model = new LsaModel(model, analyzer);
    const opened = this.#model;
    return (text: string) => opened.vectorOf(text);
  }
}
