/**
 * BM25F (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004):
 *
 * `score = sum_t w_t idf(t) f (k1 + 1) / (f + k1)`, `f = sum_c w_c f_c / (1 - b_c + b_c len_c / avg_c)`,
 * `idf = ln(1 + (N - n + .5) / (n + .5))`, with w_t the weight of the term's channel.
 *
 * Averages are over the documents that have the field. Numbers of documents count deleted ones until they are merged
 * away, as in Lucene.
 *
 * @module
 */

import { TEXT_FIELDS } from "../fields.ts";
import { PLAIN } from "../segment/postings.ts";

const K1 = 0.9;

/** What a saturated frequency is below, however often a term occurs. */
export const MAX_SATURATION = K1 + 1;

/** Weights and length normalisation by text field. */
const WEIGHTS = [3, 2.5, 1.5, 1] as const;
const B = [0.3, 0.75, 0.75, 0.75] as const;

/** Numbers about all documents of an index. */
export interface CorpusStats {
  readonly docs: number;
  /** Mean length by field of the documents that have it; 1 when there are none. */
  readonly averageLengths: readonly number[];
}

/** Rarity of a term in `df` of `docs` documents; above 0. */
export function idfOf(docs: number, df: number): number {
  return Math.log(1 + (docs - df + 0.5) / (df + 0.5));
}

/** Scores terms of documents of one corpus. */
export class FieldScorer {
  /** Weight over normalisation by field, for lengths that are looked up. */
  readonly #norms: readonly Float64Array[];
  readonly #averages: readonly number[];
  /** What once in a body and nowhere else gives, by the body's length. */
  readonly #plain: Float64Array;

  constructor({ averageLengths }: CorpusStats) {
    this.#averages = averageLengths;
    this.#norms = TEXT_FIELDS.map((_, field) => {
      const norms = new Float64Array(NORM_TABLE);
      for (let length = 0; length < NORM_TABLE; length++) norms[length] = this.#norm(field, length);
      return norms;
    });
    this.#plain = (this.#norms[3] as Float64Array).map(saturated);
  }

  /**
   * Saturated frequency of a term, 0 to k1 + 1, to be multiplied with its weight and idf.
   *
   * @param counts By field, as in postings.
   * @param lengths Four a document.
   */
  saturation(counts: number, lengths: Uint16Array, doc: number): number {
    if (counts === PLAIN) {
      const length = lengths[doc * 4 + 3] as number;
      if (length < NORM_TABLE) return this.#plain[length] as number;
    }
    return saturated(this.#frequency(counts, lengths, doc));
  }

  /** The part of one field in a term's frequency; 0 to 1. The parts of all fields sum to 1. */
  share(field: number, counts: number, lengths: Uint16Array, doc: number): number {
    return (
      this.#fieldFrequency(field, counts, lengths, doc) / this.#frequency(counts, lengths, doc)
    );
  }

  #frequency(counts: number, lengths: Uint16Array, doc: number): number {
    let sum = 0;
    for (let field = 0; field < 4; field++) {
      sum += this.#fieldFrequency(field, counts, lengths, doc);
    }
    return sum;
  }

  #fieldFrequency(field: number, counts: number, lengths: Uint16Array, doc: number): number {
    const count = (counts >>> (field * 8)) & 255;
    if (count === 0) return 0;
    const norms = this.#norms[field] as Float64Array;
    return count * this.#weightOver(norms, field, lengths[doc * 4 + field] as number);
  }

  #weightOver(norms: Float64Array, field: number, length: number): number {
    return length < NORM_TABLE ? (norms[length] as number) : this.#norm(field, length);
  }

  #norm(field: number, length: number): number {
    const b = B[field] as number;
    return (WEIGHTS[field] as number) / (1 - b + (b * length) / (this.#averages[field] as number));
  }
}

function saturated(frequency: number): number {
  return (frequency * (K1 + 1)) / (frequency + K1);
}

/** Lengths that are looked up. */
const NORM_TABLE = 2048;
