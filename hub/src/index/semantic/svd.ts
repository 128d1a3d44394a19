/**
 * The largest singular values of a large sparse matrix, by a seeded random projection (Halko, Martinsson and Tropp,
 * "Finding structure with randomness", SIAM Review 53, 2011, algorithms 4.4 and 5.1).
 *
 * Only additions, products and square roots in a fixed order: the same matrix gives the same bytes everywhere.
 *
 * @module
 */

import { createDense, type Dense, eigenOf, gram, orthonormalise, times } from "./dense.ts";
import type { Pace } from "./pace.ts";
import { seeded } from "./seeded.ts";

/** Rows one after the other: row i has the elements `at[i]` to `at[i + 1]` of `column` and `value`. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  readonly at: Uint32Array;
  readonly column: Uint32Array;
  readonly value: Float32Array;
}

export interface SvdOptions {
  /** Singular values that are wanted. */
  readonly rank: number;
  /** Random directions beyond them; default 16. */
  readonly oversampling?: number;
  /** Default 2. */
  readonly powerIterations?: number;
  readonly seed: number;
}

export interface Svd {
  /** Falling, above 0; fewer than wanted when the matrix has not so many. */
  readonly singularValues: Float64Array;
  /** Right singular vectors as columns; one row a column of the matrix. */
  readonly right: Dense;
}

/** A singular value below this share of the largest is rounding. */
const NEGLIGIBLE = 1e-6;

export async function truncatedSvd(
  matrix: SparseRows,
  { rank, oversampling = 16, powerIterations = 2, seed }: SvdOptions,
  pace: Pace,
): Promise<Svd> {
  const width = Math.min(rank + oversampling, matrix.rows, matrix.columns);
  let sketch = await multiply(matrix, randomDirections(matrix.columns, width, seed), pace);
  await orthonormalise(sketch, pace);
  for (let i = 0; i < powerIterations; i++) {
    sketch = await multiply(matrix, await multiplyTransposed(matrix, sketch, pace), pace);
    await orthonormalise(sketch, pace);
  }
  const projected = await multiplyTransposed(matrix, sketch, pace);
  const { values, vectors } = await eigenOf(await gram(projected, pace), pace);
  const all = values.map((value) => Math.sqrt(Math.max(0, value)));
  const least = (all[0] ?? 0) * NEGLIGIBLE;
  const singularValues = all.filter((value, i) => i < rank && value > least);
  const right = await times(projected, vectors, singularValues.length, pace);
  for (let i = 0; i < right.values.length; i++) {
    right.values[i] = (right.values[i] as number) / (singularValues[i % right.width] as number);
  }
  return { singularValues, right };
}

/** Elements between two looks at the clock. */
const ELEMENTS_AT_ONCE = 8192;

/** `matrix m` */
async function multiply(matrix: SparseRows, m: Dense, pace: Pace): Promise<Dense> {
  const { width } = m;
  const product = createDense(matrix.rows, width);
  await eachElement(matrix, pace, (row, column, value) => {
    addScaled(product.values, row * width, m.values, column * width, value, width);
  });
  return product;
}

/** `transpose(matrix) m` */
async function multiplyTransposed(matrix: SparseRows, m: Dense, pace: Pace): Promise<Dense> {
  const { width } = m;
  const product = createDense(matrix.columns, width);
  await eachElement(matrix, pace, (row, column, value) => {
    addScaled(product.values, column * width, m.values, row * width, value, width);
  });
  return product;
}

async function eachElement(
  { rows, at, column, value }: SparseRows,
  pace: Pace,
  visit: (row: number, column: number, value: number) => void,
): Promise<void> {
  let seen = 0;
  for (let row = 0; row < rows; row++) {
    const end = at[row + 1] as number;
    for (let i = at[row] as number; i < end; i++) {
      visit(row, column[i] as number, value[i] as number);
    }
    seen += end - (at[row] as number);
    if (seen >= ELEMENTS_AT_ONCE) {
      seen = 0;
      await pace();
    }
  }
}

function addScaled(
  to: Float64Array,
  toAt: number,
  from: Float64Array,
  fromAt: number,
  factor: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) {
    to[toAt + j] = (to[toAt + j] as number) + factor * (from[fromAt + j] as number);
  }
}

/** Numbers between -1 and 1: as good as normal ones here, and they need no logarithm. */
function randomDirections(rows: number, width: number, seed: number): Dense {
  const directions = createDense(rows, width);
  const random = seeded(seed);
  // The 32 bits as a signed number.
  for (let i = 0; i < directions.values.length; i++) {
    directions.values[i] = ((random() * 2 ** 32) | 0) / 2 ** 31;
  }
  return directions;
}
