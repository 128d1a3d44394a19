/**
 * X2: intersection over releases. Where the same record is published again and again in different company, the rows that
 * are there every time are few.
 *
 * For each target the attacker takes from each cover the rows of all cells that can hold it and keeps what is in all of
 * them (Ganta et al. 2008). A cover that leaves nothing did not hold the target and is left out.
 *
 * @module
 */

import { type AttackResult, DistinctCounter } from "./attack.ts";
import type { Cell, Cover } from "./published.ts";

/**
 * Runs the attack on each target.
 *
 * @param groups Enterprise of each record.
 */
export function intersectionAttack(
  targets: readonly number[],
  covers: readonly Cover[],
  groups: readonly number[],
  k: number,
): AttackResult {
  const distinct = new DistinctCounter(groups.length);
  let belowK = 0;
  let exact = 0;
  for (const target of targets) {
    const seen = covers.map((cover) => cover(target)).filter((cells) => cells.length > 0);
    const rows = seen.length > 1 ? rowsInAll(seen) : undefined;
    const names = new Set<string>();
    let holdsTarget = false;
    distinct.reset();
    for (const cell of seen.at(-1) ?? []) {
      for (const [i, record] of cell.records.entries()) {
        const row = cell.rows[i] as string;
        if (rows !== undefined && !rows.has(row)) continue;
        if (names.size < 2) names.add(row);
        distinct.add(groups[record] as number);
        holdsTarget ||= record === target;
      }
    }
    // Where the target's own row was lost, the attacker is wrong, whatever he is left with.
    if (!holdsTarget) continue;
    if (distinct.count < k) belowK += 1;
    if (names.size === 1) exact += 1;
  }
  return {
    id: "X2",
    name: "intersection over releases",
    passed: belowK === 0 && exact === 0,
    bar: `0 with fewer than ${k} candidates, 0 exact`,
    figures: { records: targets.length, covers: covers.length, below_k: belowK, exact },
  };
}

/** Rows that are in every cover, but for covers that would leave none. */
function rowsInAll(seen: readonly (readonly Cell[])[]): Set<string> {
  let left: Set<string> | undefined;
  for (const cells of seen) {
    const rows = new Set(cells.flatMap((cell) => cell.rows));
    const both = left === undefined ? rows : left.intersection(rows);
    if (both.size > 0) left = both;
  }
  return left ?? new Set();
}
