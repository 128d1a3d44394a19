/**
 * The steps of learning m and u.
 *
 * @module
 */

import { type Level, MISSING } from "./compare/comparison.ts";
import type { Pattern } from "./level-counts.ts";

/** Pairs of strangers that the start values of u count as. */
const START_STRANGERS = 1000;
/** Pairs of matches that the start values of m count as. */
const START_MATCHES = 20;

/** Probabilities of the levels of one comparison. */
export interface Start {
  readonly m: readonly number[];
  readonly u: readonly number[];
}

/** Start values from shares and bits of the levels: both lists add up to 1, and `log2(m / u)` is `startBits`. */
export function startOf(levels: readonly Level[]): Start {
  const agreeing = levels.slice(0, -1);
  const last = levels.at(-1)?.startBits ?? 0;
  const shares = agreeing.reduce((sum, { startShare }) => sum + startShare, 0);
  // Strangers who agree, for each match that does.
  const chance =
    agreeing.reduce((sum, level) => sum + level.startShare * 2 ** -level.startBits, 0) / shares;
  // m of the last level, from m = 2^last * u and u = 1 - chance * (1 - m).
  const differing = (2 ** last * (1 - chance)) / (1 - 2 ** last * chance);
  const m = agreeing.map(({ startShare }) => (startShare / shares) * (1 - differing));
  const u = agreeing.map(({ startBits }, i) => (m[i] as number) * 2 ** -startBits);
  return { m: [...m, differing], u: [...u, 1 - chance * (1 - differing)] };
}

/** One step of expectation maximisation: m from the probabilities that the present m and u give the compared pairs. */
export function maximise(
  start: readonly Start[],
  patterns: readonly Pattern[],
  lambda: number,
  m: readonly (readonly number[])[],
  u: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const matches = start.map((first) => Float64Array.from(first.m, (p) => p * START_MATCHES));
  for (const { levels, pairs } of patterns) {
    let odds = lambda / (1 - lambda);
    for (const [i, level] of levels.entries()) {
      if (level !== MISSING) odds *= (m[i]?.[level] as number) / (u[i]?.[level] as number);
    }
    const probability = odds / (1 + odds);
    for (const [i, level] of levels.entries()) {
      if (level !== MISSING) ((matches[i] as Float64Array)[level] as number) += probability * pairs;
    }
  }
  return matches.map((row) => normalised(row));
}

/** u from what random pairs reached, less the matches that are among them. */
export function strangersOf(
  start: readonly Start[],
  seen: readonly Float64Array[],
  lambda: number,
  m: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  return seen.map((counts, i) => {
    const pairs = counts.reduce((sum, count) => sum + count, 0);
    const left = counts.map((count, level) =>
      Math.max(0, count - lambda * pairs * (m[i]?.[level] as number)),
    );
    return normalised(
      left.map((count, level) => count + START_STRANGERS * (start[i]?.u[level] as number)),
    );
  });
}

function normalised(row: Float64Array): readonly number[] {
  const sum = row.reduce((total, value) => total + value, 0);
  return Array.from(row, (value) => value / sum);
}
