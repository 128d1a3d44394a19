/**
 * How right a clustering is.
 *
 * @module
 */

/** Figures of one clustering, shares from 0 to 1. */
export interface EntityFigures {
  /** Precision of pairs in one entity. */
  readonly p: number;
  readonly r: number;
  readonly f1: number;
  /** F1 of B-cubed (Bagga and Baldwin 1998): precision and recall a record, then their means. */
  readonly bcubed: number;
}

/** A record in a clustering. */
export interface Placed {
  readonly id: string;
  readonly source: string;
}

/**
 * Compares a clustering with the truth.
 *
 * @param isAcross Count only pairs of different sources.
 */
export function entityFigures(
  records: readonly Placed[],
  truth: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
  isAcross: boolean,
): EntityFigures {
  const trueOf = ({ id }: Placed) => truth.get(id) ?? `alone ${id}`;
  const foundOf = ({ id }: Placed) => found.get(id) ?? `alone ${id}`;
  const groups = (keyOf: (record: Placed) => string) => [...Map.groupBy(records, keyOf).values()];
  const both = groups((record) => `${trueOf(record)}\n${foundOf(record)}`);
  const right = pairsOf(both, isAcross);
  const p = ratio(right, pairsOf(groups(foundOf), isAcross));
  const r = ratio(right, pairsOf(groups(trueOf), isAcross));
  const sizes = (keyOf: (record: Placed) => string) =>
    new Map([...Map.groupBy(records, keyOf)].map(([key, group]) => [key, group.length]));
  const foundSizes = sizes(foundOf);
  const trueSizes = sizes(trueOf);
  let precision = 0;
  let recall = 0;
  for (const group of both) {
    const [one] = group as [Placed];
    precision += group.length ** 2 / (foundSizes.get(foundOf(one)) ?? 1);
    recall += group.length ** 2 / (trueSizes.get(trueOf(one)) ?? 1);
  }
  const bcubed = f1Of(precision / records.length, recall / records.length);
  return { p, r, f1: f1Of(p, r), bcubed };
}

function pairsOf(groups: readonly (readonly Placed[])[], isAcross: boolean): number {
  const pairs = (count: number) => (count * (count - 1)) / 2;
  let sum = 0;
  for (const group of groups) {
    sum += pairs(group.length);
    if (!isAcross) continue;
    for (const side of Map.groupBy(group, ({ source }) => source).values())
      sum -= pairs(side.length);
  }
  return sum;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function f1Of(p: number, r: number): number {
  return p + r === 0 ? 0 : (2 * p * r) / (p + r);
}
