/**
 * A comparison: one kind of evidence that two records are the same, in levels from equal to different.
 *
 * @module
 */

/** A level that a comparison can reach. */
export interface Level {
  readonly name: string;
  /** How often two records of one thing reach this level rather than another one of agreement, before learning. */
  readonly startShare: number;
  /**
   * Weight in bits, `log2(m / u)`, before learning: for company records as measured on real Chinese ones (design note on
   * search, 3.4). Only the last level, disagreement, has a negative one.
   */
  readonly startBits: number;
  /** True if the value decides how telling the level is: a brand that only two records have says more than 东方. */
  readonly byFrequency?: boolean;
  /** Weights above this are cut: the fields that make it are not independent of the others. */
  readonly maxBits?: number;
  /** Weights below this are raised: true pairs differ more often than learning, which cannot see them, believes. */
  readonly minBits?: number;
}

/** Two values do not say anything about each other: one is missing. */
export const MISSING = -1;

/** A text by which records with a value are found. */
export interface BlockingKey {
  /** Keys of one kind are compared with each other only. */
  readonly kind: string;
  readonly text: string;
  /**
   * True if several shared keys say more than one: the characters of a brand. Of the others the best one of a comparison
   * counts, since a name that is equal also begins and ends alike.
   */
  readonly isPart?: boolean;
}

/**
 * One kind of evidence. `Value` is what the texts of a record become, once a record. Symmetric: `level(a, b)` is
 * `level(b, a)`, and so for `veto`.
 */
export interface Comparison<Value = unknown> {
  /** Name of the evidence, as in explanations. */
  readonly name: string;
  readonly levels: readonly Level[];
  /** Reads the texts of the fields; undefined where they hold nothing that can be compared. */
  prepare(texts: readonly string[]): Value | undefined;
  /** Index in `levels`. {@link MISSING} where the two values cannot be compared. */
  level(a: Value, b: Value): number;
  /** What the frequency of a value is counted by. Missing: no level depends on it. */
  term?(value: Value): string;
  keys(value: Value): Iterable<BlockingKey>;
  /** Why two records must not be linked without a person, whatever else agrees. */
  veto?(a: Value, b: Value): Veto | undefined;
  /** The value if two records that have it are one whatever they are called: a valid credit code. */
  identity?(value: Value): string | undefined;
}

/** Reasons for leaving a pair to a person. */
export type Veto = "code" | "branch" | "place" | "trade" | "number" | "asserted";
