/**
 * X3: differencing. A published set that contains another, or several of one table, gives away the rest by subtraction:
 * the same cell a quarter later, or a margin less the cells that were published of it.
 *
 * @module
 */

import type { AttackResult } from "./attack.ts";
import type { PublishedSet } from "./published.ts";

/**
 * Subtracts from each set the sets inside it: each alone, and together those of one family.
 *
 * @param groups Enterprise of each record.
 */
export function differencing(
  sets: readonly PublishedSet[],
  groups: readonly number[],
  k: number,
): AttackResult {
  const holding: number[][] = groups.map(() => []);
  for (const [i, { records }] of sets.entries()) {
    for (const record of records) (holding[record] as number[]).push(i);
  }
  const isolated = new Set<number>();
  const published = new Set<number>();
  const shared = new Int32Array(sets.length);
  let differences = 0;
  for (const [whole, { records }] of sets.entries()) {
    const touched: number[] = [];
    for (const record of records) {
      published.add(record);
      for (const i of holding[record] as number[]) {
        if (shared[i] === 0) touched.push(i);
        shared[i] = (shared[i] as number) + 1;
      }
    }
    const inside = touched.filter((i) => {
      const size = (sets[i] as PublishedSet).records.length;
      return i !== whole && shared[i] === size && size < records.length;
    });
    const byFamily = Map.groupBy(inside, (i) => (sets[i] as PublishedSet).family);
    const tables = [...byFamily.values()].filter(({ length }) => length > 1);
    for (const parts of [...inside.map((i) => [i]), ...tables]) {
      const size = parts.reduce((sum, i) => sum + (shared[i] as number), 0);
      // More records than this are hardly of fewer than k enterprises.
      if (size === records.length || records.length - size > 4 * k) continue;
      const known = new Set(parts.flatMap((i) => (sets[i] as PublishedSet).records));
      const rest = records.filter((record) => !known.has(record));
      const enterprises = new Set(rest.map((record) => groups[record]));
      if (enterprises.size === 0 || enterprises.size >= k) continue;
      differences += 1;
      for (const record of rest) isolated.add(record);
    }
    for (const i of touched) shared[i] = 0;
  }
  return {
    id: "X3",
    name: "differencing",
    passed: differences === 0,
    bar: `no difference of 1 to ${k - 1} enterprises`,
    figures: { sets: sets.length, records: published.size, differences, isolated: isolated.size },
  };
}
