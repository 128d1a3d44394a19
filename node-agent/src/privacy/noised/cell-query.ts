/**
 * The one query with noise: how many units, how good, how satisfied, in each cell of a public list.
 *
 * @module
 */

import { sha256Text, TributaryError } from "@tributary/proto";
import { STATISTICS, type StatisticName } from "../budget/ledger-entry.ts";
import {
  compare,
  formatRational,
  multiply,
  parseRational,
  type Rational,
  rational,
} from "../noise/rational.ts";
import { sigmaSquaredFor } from "../noise/zcdp.ts";

/** What is protected: all records of one enterprise group at one center in one calendar year. */
export const UNIT = "group-year";

/** A question that may be asked once. */
export interface CellQuery {
  /** Calendar year of the records that are read; its budget pays. */
  readonly year: number;
  /** Epoch of the release that the answer is for: 2026Q1. */
  readonly epoch: string;
  /** Codes of the cells: 1 to 500, known to everybody whatever the data are. */
  readonly cells: readonly string[];
  /** In how many cells a unit may count: 1 to 3, {@link DEFAULT_CELLS_PER_UNIT} if left out. */
  readonly cellsPerUnit?: number;
  /** Upper bound of a grade, whose lower one is 0: 1 to 1000, {@link DEFAULT_GRADE_MAX} if left out. */
  readonly gradeMax?: number;
  /** What the answer may cost, as zCDP. */
  readonly rho: Rational;
}

/** A query with nothing left out. */
export type CheckedQuery = Required<CellQuery>;

/** How one statistic is noised. */
export interface Statistic {
  readonly rho: Rational;
  /** Squared L2 sensitivity. */
  readonly delta2Squared: Rational;
  readonly sigmaSquared: Rational;
}

export const DEFAULT_CELLS_PER_UNIT = 1;
export const DEFAULT_GRADE_MAX = 10;

const MAX_CELLS = 500;
const MAX_CELLS_PER_UNIT = 3;
const MAX_GRADE = 1000;
const CELL = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;
const EPOCH = /^\d{4}Q[1-4]$/;

/** Where the budget of a query goes: the sum has the largest sensitivity, and ranking rests on it. */
const SHARES: Readonly<Record<StatisticName, Rational>> = {
  n: parseRational("1/5"),
  sum: parseRational("3/5"),
  satisfied: parseRational("1/5"),
};

/** @throws {TributaryError} `ERR_ARGUMENT_INVALID` if something is outside its range. */
export function checkQuery(query: CellQuery): CheckedQuery {
  const checked = {
    ...query,
    cellsPerUnit: query.cellsPerUnit ?? DEFAULT_CELLS_PER_UNIT,
    gradeMax: query.gradeMax ?? DEFAULT_GRADE_MAX,
  };
  const { cells, cellsPerUnit, gradeMax, rho } = checked;
  const wrong =
    (!isWithin(query.year, 1900, 9999) && "year") ||
    (!EPOCH.test(query.epoch) && "epoch") ||
    ((!isWithin(cells.length, 1, MAX_CELLS) || !cells.every((cell) => CELL.test(cell))) &&
      "cells") ||
    (new Set(cells).size !== cells.length && "cells") ||
    (!isWithin(cellsPerUnit, 1, MAX_CELLS_PER_UNIT) && "cellsPerUnit") ||
    (!isWithin(gradeMax, 1, MAX_GRADE) && "gradeMax") ||
    (compare(rho, rational(0n)) <= 0n && "rho");
  if (wrong !== false) {
    throw new TributaryError("ERR_ARGUMENT_INVALID", `${wrong} of the query is outside its range`, {
      messageZh: `查询的 ${wrong} 超出允许范围`,
    });
  }
  return checked;
}

/** SHA-256 of the query in its one spelling; 32 bytes. The order of the cells does not matter. */
export function queryIdOf({ year, epoch, cells, cellsPerUnit, gradeMax, rho }: CheckedQuery) {
  const spelling = [year, epoch, cells.toSorted(), cellsPerUnit, gradeMax, formatRational(rho)];
  return sha256Text(`tributary-cell-query/1\0${JSON.stringify(spelling)}`);
}

/** How each statistic of a query is noised. One unit more or less changes `cellsPerUnit` cells. */
export function statisticsOf({
  cellsPerUnit,
  gradeMax,
  rho,
}: CheckedQuery): Readonly<Record<StatisticName, Statistic>> {
  const entries = STATISTICS.map((name) => {
    const perCell = name === "sum" ? BigInt(gradeMax) ** 2n : 1n;
    const delta2Squared = rational(BigInt(cellsPerUnit) * perCell);
    const cost = multiply(rho, SHARES[name]);
    const sigmaSquared = sigmaSquaredFor(delta2Squared, cost);
    return [name, { rho: cost, delta2Squared, sigmaSquared }] as const;
  });
  return Object.fromEntries(entries) as Record<StatisticName, Statistic>;
}

function isWithin(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}
