/**
 * How often each value occurs.
 *
 * @module
 */

import type { FieldComparison } from "./comparisons.ts";
import type { Prepared } from "./prepare.ts";

/** Frequencies of the values of one comparison. */
export interface Frequencies {
  /** Records by term, for terms of two records or more. */
  readonly terms: ReadonlyMap<string, number>;
  /** Records with a value. */
  readonly counted: number;
  /** Probability that two random records with a value have the same one; above 0. */
  readonly collision: number;
}

/** Counts the terms of one comparison. */
export function frequenciesOf(
  { comparison }: FieldComparison,
  prepared: readonly Prepared[],
  at: number,
): Frequencies {
  const all = new Map<string, number>();
  let counted = 0;
  for (const { values } of prepared) {
    const value = values[at];
    if (value === undefined || comparison.term === undefined) continue;
    const term = comparison.term(value);
    all.set(term, (all.get(term) ?? 0) + 1);
    counted += 1;
  }
  let agreeing = 0;
  for (const count of all.values()) agreeing += count * (count - 1);
  const collision = Math.max(agreeing, 1) / Math.max(1, counted * (counted - 1));
  const terms = new Map([...all].filter(([, count]) => count > 1));
  return { terms, counted, collision };
}

/** How surprising it is that a stranger has this value, in bits. */
export function surpriseOf({ terms, counted }: Frequencies, term: string): number {
  return Math.log2(Math.max(1, counted) / (terms.get(term) ?? 1));
}
