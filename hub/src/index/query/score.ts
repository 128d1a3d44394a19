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

/** Number of the field of plain terms. */
const BODY = 3;

/** Counts in other fields. */
const ELSEWHERE = PLAIN - 1;

/** Lengths that are looked up, and how often a term may be in a body for that. */
const NORM_TABLE = 2048;
const FEW = 4;

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
  /** Weight over normalisation by field and length, for lengths that are looked up. */
  readonly #norms = new Float64Array(TEXT_FIELDS.length * NORM_TABLE);
  readonly #averages: readonly number[];
  /** What once in a body and nowhere else gives, by the body's length. */
  readonly #plain: Float64Array;
  /** What several times in a body and nowhere else give beyond that, by how often and length. */
  readonly #extras: Float64Array;

  constructor({ averageLengths }: CorpusStats) {
    this.#averages = averageLengths;
    for (let at = 0; at < this.#norms.length; at++) {
      this.#norms[at] = this.#norm(Math.floor(at / NORM_TABLE), at % NORM_TABLE);
    }
    const norms = this.#norms.subarray(BODY * NORM_TABLE);
    this.#plain = norms.map(saturated);
    this.#extras = new Float64Array(FEW * NORM_TABLE).map((_, at) => {
      const once = norms[at % NORM_TABLE] as number;
      return saturated(Math.floor(at / NORM_TABLE) * once) - saturated(once);
    });
  }

  /**
   * Saturated frequency of a term, 0 to k1 + 1, to be multiplied with its weight and idf.
   *
   * @param counts By field, as in postings.
   * @param lengths As {@link Segment.lengths}.
   */
  saturation(counts: number, lengths: Uint16Array, doc: number): number {
    return counts === PLAIN
      ? this.plain(lengths, doc)
      : saturated(this.#frequency(counts, lengths, doc));
  }

  /**
   * Score of a document by the terms that it has: their weight times {@link plain}, and what others have beyond it. Added
   * up in this order everywhere, so that equal documents get equal sums.
   */
  score(
    terms: readonly { readonly counts: number; readonly weight: number }[],
    lengths: Uint16Array,
    doc: number,
  ): number {
    let mass = 0;
    let extra = 0;
    for (const { counts, weight } of terms) {
      mass += weight;
      if (counts !== PLAIN) extra += weight * this.extra(counts, lengths, doc);
    }
    return mass * this.plain(lengths, doc) + extra;
  }

  /** Saturated frequency of a term that is once in the body and nowhere else. */
  plain(lengths: Uint16Array, doc: number): number {
    const length = lengths[BODY * (lengths.length >>> 2) + doc] as number;
    return length < NORM_TABLE
      ? (this.#plain[length] as number)
      : saturated(this.#norm(BODY, length));
  }

  /** What a term has beyond {@link plain}. */
  extra(counts: number, lengths: Uint16Array, doc: number): number {
    const times = counts >>> (8 * BODY);
    if (times < FEW && (counts & ELSEWHERE) === 0) {
      const length = lengths[BODY * (lengths.length >>> 2) + doc] as number;
      if (length < NORM_TABLE) return this.#extras[times * NORM_TABLE + length] as number;
    }
    return saturated(this.#frequency(counts, lengths, doc)) - this.plain(lengths, doc);
  }

  /** The part of one field in a term's frequency; 0 to 1. The parts of all fields sum to 1. */
  share(field: number, counts: number, lengths: Uint16Array, doc: number): number {
    return (
      this.#fieldFrequency(field, counts, lengths, doc) / this.#frequency(counts, lengths, doc)
    );
  }

  #frequency(counts: number, lengths: Uint16Array, doc: number): number {
    let sum = 0;
    const docs = lengths.length >>> 2;
    for (let field = 0, rest = counts; rest !== 0; field++, rest >>>= 8) {
      if ((rest & 255) === 0) continue;
      sum += (rest & 255) * this.#normOf(field, lengths[field * docs + doc] as number);
    }
    return sum;
  }

  #fieldFrequency(field: number, counts: number, lengths: Uint16Array, doc: number): number {
    const count = (counts >>> (field * 8)) & 255;
    if (count === 0) return 0;
    return count * this.#normOf(field, lengths[field * (lengths.length >>> 2) + doc] as number);
  }

  #normOf(field: number, length: number): number {
    return length < NORM_TABLE
      ? (this.#norms[field * NORM_TABLE + length] as number)
      : this.#norm(field, length);
  }

  #norm(field: number, length: number): number {
    const b = B[field] as number;
    return (WEIGHTS[field] as number) / (1 - b + (b * length) / (this.#averages[field] as number));
  }
}

function saturated(frequency: number): number {
  return (frequency * (K1 + 1)) / (frequency + K1);
}
