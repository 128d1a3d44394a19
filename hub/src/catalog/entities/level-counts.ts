/**
 * Which levels pairs of records reach: random pairs, and pairs that blocking found.
 *
 * @module
 */

import { BlockIndex, type KeyCounts } from "./blocking.ts";
import { MISSING } from "./compare/comparison.ts";
import type { FieldComparison } from "./comparisons.ts";
import { type Frequencies, surpriseOf } from "./frequencies.ts";
import { isComparable, type Pairing } from "./model.ts";
import type { Prepared } from "./prepare.ts";

/** Random pairs for u. */
const RANDOM_PAIRS = 200_000;
/** Records whose candidates are looked at; of more records, that many are drawn. */
const MAX_TRAINING_RECORDS = 20_000;
/** Chance agreements expected among all pairs that agree as much as a sure match: one in a hundred such lists. */
const SURE_BITS = Math.log2(100);

/** Pairs that reach the same levels everywhere. */
export interface Pattern {
  /** By comparison; {@link MISSING} where a value is. */
  readonly levels: Int8Array;
  /** How many pairs. */
  pairs: number;
}

/** The pairs that blocking found. */
export interface CandidateLevels {
  readonly patterns: readonly Pattern[];
  /** Pairs whose equal values chance does not explain. */
  readonly sure: number;
}

/** How many pairs of records may be compared. */
export function countPairs(prepared: readonly Prepared[], pairing: Pairing): number {
  const all = (prepared.length * (prepared.length - 1)) / 2;
  if (pairing === "all") return all;
  const bySource = new Map<string, number>();
  for (const { record } of prepared) {
    bySource.set(record.source, (bySource.get(record.source) ?? 0) + 1);
  }
  return [...bySource.values()].reduce((left, count) => left - (count * (count - 1)) / 2, all);
}

/** The levels of random pairs; of all pairs where there are not more. */
export function levelsOfRandomPairs(
  comparisons: readonly FieldComparison[],
  prepared: readonly Prepared[],
  pairing: Pairing,
  random: () => number,
): readonly Pattern[] {
  const counts = new PatternCounts(comparisons);
  const count = (a: Prepared, b: Prepared) => {
    if (isComparable(pairing, a, b)) counts.add(a, b, 1);
  };
  const { length } = prepared;
  if ((length * (length - 1)) / 2 <= RANDOM_PAIRS) {
    for (const [i, a] of prepared.entries()) for (const b of prepared.slice(0, i)) count(a, b);
  } else {
    const pick = () => prepared[Math.floor(random() * length)] as Prepared;
    for (let i = 0; i < RANDOM_PAIRS; i++) count(pick(), pick());
  }
  return counts.patterns();
}

/** The levels of all candidates, or of those of records that are drawn, scaled up. */
export function levelsOfCandidates(
  comparisons: readonly FieldComparison[],
  frequencies: readonly Frequencies[],
  prepared: readonly Prepared[],
  keys: KeyCounts,
  pairing: Pairing,
  random: () => number,
): CandidateLevels {
  const index = new BlockIndex(keys);
  for (const [row, record] of prepared.entries()) index.add(row, record.keys);
  const drawn = drawRows(prepared.length, random);
  // Each pair is met from both of its records.
  const scale = prepared.length / drawn.length / 2;
  const sureBits = Math.log2(Math.max(1, countPairs(prepared, pairing))) + SURE_BITS;
  const counts = new PatternCounts(comparisons);
  let sure = 0;
  for (const row of drawn) {
    const a = prepared[row] as Prepared;
    index.candidates(a.keys, (other) => {
      const b = prepared[other] as Prepared;
      if (!isComparable(pairing, a, b)) return;
      const levels = counts.add(a, b, scale);
      if (surpriseOfEqual(comparisons, frequencies, a, levels) >= sureBits) sure += scale;
    });
  }
  return { patterns: counts.patterns(), sure };
}

/** Counts pairs by the levels that they reach. */
class PatternCounts {
  readonly #comparisons: readonly FieldComparison[];
  readonly #patterns = new Map<string, Pattern>();
  readonly #levels: Int8Array;

  constructor(comparisons: readonly FieldComparison[]) {
    this.#comparisons = comparisons;
    this.#levels = new Int8Array(comparisons.length);
  }

  /** Counts a pair and returns its levels, which are valid until the next one. */
  add(a: Prepared, b: Prepared, pairs: number): Int8Array {
    const levels = this.#levels;
    for (let i = 0; i < levels.length; i++) {
      const left = a.values[i];
      const right = b.values[i];
      const { comparison } = this.#comparisons[i] as FieldComparison;
      levels[i] =
        left === undefined || right === undefined ? MISSING : comparison.level(left, right);
    }
    const key = String.fromCharCode(...levels.map((level) => level + 1));
    const pattern = this.#patterns.get(key);
    if (pattern === undefined) this.#patterns.set(key, { levels: levels.slice(), pairs });
    else pattern.pairs += pairs;
    return levels;
  }

  patterns(): readonly Pattern[] {
    return [...this.#patterns.values()];
  }
}

/** How surprising it would be for a stranger to have all the values that are equal, in bits. */
function surpriseOfEqual(
  comparisons: readonly FieldComparison[],
  frequencies: readonly Frequencies[],
  { values }: Prepared,
  levels: Int8Array,
): number {
  let bits = 0;
  for (const [i, { comparison }] of comparisons.entries()) {
    if (levels[i] !== 0 || comparison.term === undefined) continue;
    bits += surpriseOf(frequencies[i] as Frequencies, comparison.term(values[i]));
  }
  return bits;
}

/** Rows to look at: all, or as many as training needs, each once (Fisher and Yates). */
function drawRows(count: number, random: () => number): Uint32Array {
  const rows = Uint32Array.from({ length: count }, (_, i) => i);
  if (count <= MAX_TRAINING_RECORDS) return rows;
  for (let i = 0; i < MAX_TRAINING_RECORDS; i++) {
    const other = i + Math.floor(random() * (count - i));
    [rows[i], rows[other]] = [rows[other] as number, rows[i] as number];
  }
  return rows.subarray(0, MAX_TRAINING_RECORDS);
}
