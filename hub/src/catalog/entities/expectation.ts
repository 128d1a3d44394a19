/**
 * The steps of learning m, u and lambda.
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

/** m and u of all comparisons, and the share of matches. */
export interface Parameters {
  readonly lambda: number;
  readonly m: readonly (readonly number[])[];
  readonly u: readonly (readonly number[])[];
}

/**
 * Largest share of matches that is believed. A handful of records that are all of one thing says nothing of those to come;
 * with this one, an equal name still links.
 */
export const MAX_LAMBDA = 0.1;

/**
 * One step of expectation maximisation: m from the pairs that blocking found, each as much as it is a match by the present
 * parameters, u from random pairs, each as much as it is none, and lambda from the matches expected among all pairs.
 */
export function improve(
  start: readonly Start[],
  compared: readonly Pattern[],
  random: readonly Pattern[],
  parameters: Parameters,
  allPairs: number,
): Parameters {
  const matches = start.map((first) => Float64Array.from(first.m, (p) => p * START_MATCHES));
  // Half a match where there is none: what was not seen is rare and not impossible.
  let expected = 0.5;
  for (const { levels, pairs } of compared) {
    const weight = pairs * matchProbability(levels, parameters);
    expected += weight;
    count(matches, levels, weight);
  }
  const strangers = start.map((first) => Float64Array.from(first.u, (p) => p * START_STRANGERS));
  for (const { levels, pairs } of random) {
    count(strangers, levels, pairs * (1 - matchProbability(levels, parameters)));
  }
  const lambda = Math.min(MAX_LAMBDA, expected / allPairs);
  return { lambda, m: matches.map(normalised), u: strangers.map(normalised) };
}

/** Largest difference of a probability. */
export function distance(a: Parameters, b: Parameters): number {
  let largest = 0;
  for (const [i, row] of a.m.entries()) {
    for (const [j, p] of row.entries()) {
      largest = Math.max(largest, Math.abs(p - (b.m[i]?.[j] ?? 0)));
    }
  }
  return largest;
}

function matchProbability(levels: Int8Array, { lambda, m, u }: Parameters): number {
  let odds = lambda / (1 - lambda);
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i] as number;
    if (level !== MISSING) odds *= (m[i]?.[level] as number) / (u[i]?.[level] as number);
  }
  return odds / (1 + odds);
}

function count(rows: readonly Float64Array[], levels: Int8Array, weight: number): void {
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i] as number;
    if (level !== MISSING) ((rows[i] as Float64Array)[level] as number) += weight;
  }
}

function normalised(row: Float64Array): readonly number[] {
  const sum = row.reduce((total, value) => total + value, 0);
  return Array.from(row, (value) => value / sum);
}
