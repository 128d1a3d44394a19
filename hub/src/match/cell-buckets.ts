/**
 * The sealed buckets behind a figure.
 *
 * @module
 */

import type { BucketRef } from "@tributary/proto";
import type { Cell, Estimator } from "./estimate.ts";
import type { BucketPlace } from "./family-evidence.ts";

/** Rows of the cell's own scenario. */
export function ownRows(cell: Cell, { family }: Estimator): number[] {
  const rows: number[] = [];
  for (let row = cell.firstRow; row < cell.endRow; row += 1) {
    if (family.scenario[row] === cell.scenario) rows.push(row);
  }
  return rows;
}

/** Buckets of the cell's own scenario, by their releases. */
export function bucketsOf(cell: Cell, estimator: Estimator): BucketRef[] {
  return ownRows(cell, estimator).map((row) => {
    const { columns, row: at, release } = estimator.family.places[row] as BucketPlace;
    return { release, bucketId: columns.ids[at] as string };
  });
}
