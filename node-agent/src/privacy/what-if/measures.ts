/**
 * What generalisation costs, and whether it keeps its promise.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import type { EquivalenceClass, WhatIfTable } from "./what-if-table.ts";

/** How much was lost. */
export interface Measures {
  readonly classes: number;
  /** Records of the smallest class. */
  readonly smallest: number;
  /**
   * Normalised certainty penalty (Xu et al. 2006): the share of an attribute's values that a label covers, 0 for one
   * value, as the mean over records and attributes; 0 is exact, 1 is all lost.
   */
  readonly ncp: number;
  /** Normalised average class size (LeFevre et al. 2006): records / (classes * k); 1 is best. */
  readonly cAvg: number;
  /** Discernibility (Bayardo and Agrawal 2005): the sum of squared class sizes. */
  readonly discernibility: number;
}

/** Measures `classes` of a table that were made for `k`. */
export function measure(
  table: WhatIfTable,
  classes: readonly EquivalenceClass[],
  k: number,
): Measures {
  let loss = 0;
  let discernibility = 0;
  let smallest = table.size;
  for (const { records, label } of classes) {
    loss += records.length * label.reduce((sum, node) => sum + node.loss, 0);
    discernibility += records.length ** 2;
    smallest = Math.min(smallest, records.length);
  }
  return {
    classes: classes.length,
    smallest,
    ncp: loss / (table.size * table.attributes.length),
    cAvg: table.size / (classes.length * k),
    discernibility,
  };
}

/**
 * Checks that the classes are k-anonymous, whatever made them.
 *
 * @throws {TributaryError} `ERR_PRIVACY` if a class has fewer than `k` records, a record is in no class or in two, or is
 * not under the label of its class.
 */
export function assertAnonymous(
  table: WhatIfTable,
  classes: readonly EquivalenceClass[],
  k: number,
): void {
  const seen = new Uint8Array(table.size);
  for (const [index, { records, label }] of classes.entries()) {
    if (records.length < k) throw broken(`class ${index} has ${records.length} records`);
    for (const record of records) {
      if (seen[record] !== 0) throw broken(`record ${record} is not in exactly one class`);
      seen[record] = 1;
      for (const [attribute, column] of table.columns.entries()) {
        const value = column[record] as number;
        const node = label[attribute];
        if (node === undefined || value < node.from || value >= node.to) {
          throw broken(`record ${record} is not under the label of its class`);
        }
      }
    }
  }
  const missing = seen.indexOf(0);
  if (missing >= 0) throw broken(`record ${missing} is in no class`);
}

/** @throws {TributaryError} `ERR_ARGUMENT_INVALID` if `k` is not a whole number from 1 to the number of records. */
export function assertK(table: WhatIfTable, k: number): void {
  if (!Number.isInteger(k) || k < 1 || k > table.size) {
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      `k must be a whole number from 1 to ${table.size}, the number of records; it is ${k}`,
      { messageZh: `k 须为 1 到 ${table.size}（记录数）之间的整数，实际为 ${k}` },
    );
  }
}

function broken(problem: string): TributaryError {
  return new TributaryError("ERR_PRIVACY", `the classes are not k-anonymous: ${problem}`, {
    messageZh: `分组不满足 k-匿名：${problem}`,
  });
}
