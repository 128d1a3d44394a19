/**
 * The model of Fellegi and Sunter ("A Theory for Record Linkage", JASA 64, 1969): what each level of each comparison is
 * worth, in bits.
 *
 * `weight = log2(lambda / (1 - lambda)) + sum of log2(m / u)`, where m is how often records of one thing reach the level,
 * u how often strangers do, and lambda the share of pairs that are one thing **among all pairs**, not among those that
 * were compared. What is missing is worth nothing. Where the frequency of a value matters, u is that of the value.
 *
 * @module
 */

import { sha256Text, toHex } from "@tributary/proto";
import type { KeyCounts } from "./blocking.ts";
import { MISSING, type Veto } from "./compare/comparison.ts";
import type { FieldComparison } from "./comparisons.ts";
import type { Prepared } from "./prepare.ts";

/** What was learned about one comparison. */
export interface ComparisonWeights {
  /** Probability of each level for records of one thing. */
  readonly m: readonly number[];
  /** The same for strangers. */
  readonly u: readonly number[];
  /** `log2(m / u)`. */
  readonly bits: readonly number[];
  /** How many records have a value, by its term; those that are not here: 1. */
  readonly terms: ReadonlyMap<string, number>;
  /** Records with a value. */
  readonly counted: number;
  /** Probability that two strangers have the same value. */
  readonly collision: number;
}

/** A trained model. Immutable: the same model gives a pair the same weight for ever. */
export interface Model {
  readonly comparisons: readonly FieldComparison[];
  readonly weights: readonly ComparisonWeights[];
  /** Share of matches among all pairs. */
  readonly lambda: number;
  /** `log2(lambda / (1 - lambda))`. */
  readonly priorBits: number;
  /** What blocking keys are worth. */
  readonly keys: KeyCounts;
  /** Which sources may have compared records, see {@link Pairing}. */
  readonly pairing: Pairing;
}

/** Which pairs of records can be one thing: all, or, to link two lists, only those of different sources. */
export type Pairing = "all" | "across";

/** A prepared record with what the model knows of its values. */
export interface Weighed extends Prepared {
  /** Bits that a value's frequency adds to agreement on it, by comparison. */
  readonly termBits: readonly number[];
}

/** True if the two records may be compared at all. */
export function isComparable(pairing: Pairing, a: Prepared, b: Prepared): boolean {
  return a.record.id !== b.record.id && (pairing === "all" || a.record.source !== b.record.source);
}

/** Looks up the frequencies of a record's values. */
export function weigh({ comparisons, weights }: Model, prepared: Prepared): Weighed {
  const termBits = comparisons.map(({ comparison }, i) => {
    const value = prepared.values[i];
    if (value === undefined || comparison.term === undefined) return 0;
    const { terms, counted, collision } = weights[i] as ComparisonWeights;
    // How many of the others have it; one, where none does.
    const others = Math.max(1, (terms.get(comparison.term(value)) ?? 1) - 1);
    return Math.log2(collision / (others / Math.max(1, counted)));
  });
  return { ...prepared, termBits };
}

/** What one comparison says of a pair. */
export interface Evidence {
  /** Name of the comparison. */
  readonly comparison: string;
  /** Name of the level. */
  readonly level: string;
  readonly bits: number;
}

/** Index of the level; {@link MISSING} where one of the values is. */
export function levelOf(model: Model, a: Prepared, b: Prepared, comparison: number): number {
  const left = a.values[comparison];
  const right = b.values[comparison];
  if (left === undefined || right === undefined) return MISSING;
  return (model.comparisons[comparison] as FieldComparison).comparison.level(left, right);
}

/** Bits of a level that was reached. */
function bitsOf(model: Model, a: Weighed, b: Weighed, comparison: number, level: number): number {
  if (level === MISSING) return 0;
  const { byFrequency, maxBits, minBits } =
    model.comparisons[comparison]?.comparison.levels[level] ?? {};
  const base = model.weights[comparison]?.bits[level] ?? 0;
  const term = byFrequency
    ? Math.min(a.termBits[comparison] as number, b.termBits[comparison] as number)
    : 0;
  const bits = Math.max(base + term, minBits ?? Number.NEGATIVE_INFINITY);
  return Math.min(bits, maxBits ?? Number.POSITIVE_INFINITY);
}

/** Evidence of a pair, in bits, without the prior. Symmetric to the last bit. */
export function evidenceBits(model: Model, a: Weighed, b: Weighed): number {
  let sum = 0;
  for (let i = 0; i < model.comparisons.length; i++) {
    sum += bitsOf(model, a, b, i, levelOf(model, a, b, i));
  }
  return sum;
}

/** The same, one by one, for explanations. */
export function evidenceOf(model: Model, a: Weighed, b: Weighed): readonly Evidence[] {
  return model.comparisons.flatMap(({ comparison }, i) => {
    const level = levelOf(model, a, b, i);
    const name = comparison.levels[level]?.name;
    return name === undefined
      ? []
      : [{ comparison: comparison.name, level: name, bits: bitsOf(model, a, b, i, level) }];
  });
}

/**
 * Why a pair must not be linked without a person; undefined if nothing forbids it. One valid credit code stands above all
 * that names can say, except that one is a branch: branches are listed under the code of the whole, and are not it.
 */
export function vetoOf(model: Model, a: Prepared, b: Prepared): Veto | undefined {
  let found: Veto | undefined;
  for (const [i, { comparison }] of model.comparisons.entries()) {
    const left = a.values[i];
    const right = b.values[i];
    if (left === undefined || right === undefined) continue;
    const veto = comparison.veto?.(left, right);
    if (veto === "code" || veto === "branch") return veto;
    found ??= veto;
  }
  return found === undefined || shareIdentity(model, a, b) ? undefined : found;
}

/** True if both have the same valid credit code. */
export function shareIdentity({ comparisons }: Model, a: Prepared, b: Prepared): boolean {
  return comparisons.some(({ comparison }, i) => {
    const left = a.values[i];
    const right = b.values[i];
    if (left === undefined || right === undefined) return false;
    const identity = comparison.identity?.(left);
    return identity !== undefined && identity === comparison.identity?.(right);
  });
}

/** A name for what a model learned: models with the same version weigh alike. 16 hexadecimal digits. */
export function modelVersion({ comparisons, weights, lambda, keys, pairing }: Model): string {
  const levels = comparisons.map(({ comparison, fields }, i) => [
    comparison.name,
    fields,
    weights[i]?.m,
    weights[i]?.u,
    [...(weights[i]?.terms ?? [])],
  ]);
  const learned = JSON.stringify([levels, lambda, keys.total, pairing]);
  return toHex(sha256Text(learned)).slice(0, 16);
}

/** Probability of a weight in bits. */
export function probabilityOf(bits: number): number {
  return 1 / (1 + 2 ** -bits);
}
