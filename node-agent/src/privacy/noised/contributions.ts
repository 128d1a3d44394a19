/**
 * What each unit may contribute, so that one more or less changes the answer by no more than the noise covers.
 *
 * @module
 */

import type { StatisticName } from "../budget/ledger-entry.ts";
import type { CheckedQuery } from "./cell-query.ts";

/** One outcome, as the query sees it. Nothing of it leaves but noised totals. */
export interface Contribution {
  /** The enterprise group; stays inside the center. */
  readonly group: string;
  /** Calendar year in which the work was completed. */
  readonly year: number;
  readonly cell: string;
  /** Rounded and clipped to 0 to `gradeMax` of the query. */
  readonly grade: number;
  readonly isSatisfied: boolean;
}

/** Exact totals of a cell. */
export type CellTotals = Readonly<Record<StatisticName, number>>;

/**
 * The outcomes that count, `outcomes` being the oldest first: those of the year, in cells of the list, one for each group
 * and cell, and at most `cellsPerUnit` cells for each group.
 *
 * What counts of a group depends on that group's outcomes only.
 */
export function boundContributions(
  query: CheckedQuery,
  outcomes: Iterable<Contribution>,
): readonly Contribution[] {
  const listed = new Set(query.cells);
  const cellsOf = new Map<string, Set<string>>();
  const counted: Contribution[] = [];
  for (const outcome of outcomes) {
    const { group, cell, year } = outcome;
    if (year !== query.year || !listed.has(cell)) continue;
    const cells = cellsOf.get(group) ?? new Set();
    if (cells.has(cell) || cells.size >= query.cellsPerUnit) continue;
    cellsOf.set(group, cells.add(cell));
    counted.push({ ...outcome, grade: clip(outcome.grade, query.gradeMax) });
  }
  return counted;
}

/** Totals of every cell of the list, in the order of the list. */
export function totalsOf(
  cells: readonly string[],
  counted: readonly Contribution[],
): ReadonlyMap<string, CellTotals> {
  const totals = new Map(cells.map((cell) => [cell, { n: 0, sum: 0, satisfied: 0 }]));
  for (const { cell, grade, isSatisfied } of counted) {
    const total = totals.get(cell);
    if (total === undefined) throw new RangeError(`cell ${cell} is not in the list`);
    total.n += 1;
    total.sum += grade;
    total.satisfied += isSatisfied ? 1 : 0;
  }
  return totals;
}

/** A grade that is no number counts as 0: whether one is there must not show. */
function clip(grade: number, gradeMax: number): number {
  return Math.min(Math.max(Math.round(grade) || 0, 0), gradeMax);
}
