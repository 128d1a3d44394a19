/**
 * When a weight is enough.
 *
 * @module
 */

/** Thresholds, in bits of weight. */
export interface Thresholds {
  /** From here on a pair is linked without a person. */
  readonly autoBits: number;
  /** From here on a person is asked. */
  readonly reviewBits: number;
  /** How much more a link must weigh than one to something else. */
  readonly marginBits: number;
}

/** Link at a probability of .98 and 2 bits before any rival, ask from .30 on; design note on search, 3.4. */
export const THRESHOLDS: Thresholds = {
  autoBits: Math.log2(0.98 / 0.02),
  reviewBits: Math.log2(0.3 / 0.7),
  marginBits: 2,
};

/** What happens to a pair: linked, shown to a person, left alone. */
export type Decision = "auto" | "review" | "new";
