/**
 * The little dense linear algebra that a truncated singular value decomposition needs. Matrices are row-major.
 *
 * @module
 */

import type { Pace } from "./pace.ts";

/** `rows` times `width` numbers. */
export interface Dense {
  readonly rows: number;
  readonly width: number;
  readonly values: Float64Array;
}

export function createDense(rows: number, width: number): Dense {
  return { rows, width, values: new Float64Array(rows * width) };
}

/** Rows between two looks at the clock. */
const ROWS_AT_ONCE = 64;

/** `transpose(m) m`; `width` times `width`. */
export async function gram({ rows, width, values }: Dense, pace: Pace): Promise<Dense> {
  const product = createDense(width, width);
  const sums = product.values;
  for (let row = 0; row < rows; row++) {
    if (row % ROWS_AT_ONCE === 0) await pace();
    const base = row * width;
    for (let i = 0; i < width; i++) {
      const factor = values[base + i] as number;
      if (factor === 0) continue;
      for (let j = i, at = i * width + i; j < width; j++, at++) {
        sums[at] = (sums[at] as number) + factor * (values[base + j] as number);
      }
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) sums[i * width + j] = sums[j * width + i] as number;
  }
  return product;
}

/** `m` times a small square matrix; in a new matrix of `width` columns, the first ones of `square`. */
export async function times(m: Dense, square: Dense, width: number, pace: Pace): Promise<Dense> {
  const product = createDense(m.rows, width);
  for (let row = 0; row < m.rows; row++) {
    if (row % ROWS_AT_ONCE === 0) await pace();
    for (let i = 0; i < m.width; i++) {
      const factor = m.values[row * m.width + i] as number;
      if (factor === 0) continue;
      for (let j = 0; j < width; j++) {
        const at = row * width + j;
        product.values[at] =
          (product.values[at] as number) + factor * (square.values[i * square.width + j] as number);
      }
    }
  }
  return product;
}

/** A pivot below this share of its column's square length is rounding: the column depends on those before it. */
const DEPENDENT = 1e-12;

/**
 * Makes the columns of `m` orthonormal in place, by two rounds of Cholesky QR (Yamamoto, Nakatsukasa, Yanagisawa and
 * Fukaya, "Roundoff error analysis of the CholeskyQR2 algorithm", 2015). A column that depends on those before it
 * becomes zero.
 */
export async function orthonormalise(m: Dense, pace: Pace): Promise<void> {
  for (let round = 0; round < 2; round++) {
    const factor = choleskyOf(await gram(m, pace));
    const { width, values } = m;
    for (let row = 0; row < m.rows; row++) {
      if (row % ROWS_AT_ONCE === 0) await pace();
      solveRow(values, row * width, factor, width);
    }
  }
}

/** Lower factor of a positive semidefinite matrix; a row of a dependent column has 0 on its diagonal. */
function choleskyOf({ width, values }: Dense): Float64Array {
  const factor = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = values[i * width + j] as number;
      for (let k = 0; k < j; k++) {
        rest -= (factor[i * width + k] as number) * (factor[j * width + k] as number);
      }
      if (j < i) {
        const pivot = factor[j * width + j] as number;
        factor[i * width + j] = pivot === 0 ? 0 : rest / pivot;
      } else {
        const whole = values[i * width + i] as number;
        factor[i * width + i] = rest > whole * DEPENDENT ? Math.sqrt(rest) : 0;
      }
    }
  }
  return factor;
}

/** Solves `x transpose(factor) = row` in place. */
function solveRow(values: Float64Array, base: number, factor: Float64Array, width: number): void {
  for (let i = 0; i < width; i++) {
    const pivot = factor[i * width + i] as number;
    let rest = values[base + i] as number;
    for (let k = 0; k < i; k++) {
      rest -= (factor[i * width + k] as number) * (values[base + k] as number);
    }
    values[base + i] = pivot === 0 ? 0 : rest / pivot;
  }
}

/** Sweeps after which a symmetric matrix is diagonal up to rounding, with room. */
const MAX_SWEEPS = 30;

/**
 * Eigenvalues of a symmetric matrix, falling, and eigenvectors as columns in their order: cyclic Jacobi (Golub and Van
 * Loan, "Matrix Computations", 8.5). The largest component of a vector is positive, so that the signs say nothing.
 */
export async function eigenOf(
  symmetric: Dense,
  pace: Pace,
): Promise<{ readonly values: Float64Array; readonly vectors: Dense }> {
  const { width } = symmetric;
  const a = symmetric.values.slice();
  const v = new Float64Array(width * width);
  for (let i = 0; i < width; i++) v[i * width + i] = 1;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let isDiagonal = true;
    for (let p = 0; p < width; p++) {
      await pace();
      for (let q = p + 1; q < width; q++) if (rotate(a, v, width, p, q)) isDiagonal = false;
    }
    if (isDiagonal) break;
  }
  const order = Array.from({ length: width }, (_, i) => i).sort(
    (i, j) => (a[j * width + j] as number) - (a[i * width + i] as number) || i - j,
  );
  const vectors = createDense(width, width);
  order.forEach((column, to) => {
    let largest = 0;
    for (let i = 0; i < width; i++) {
      const value = v[i * width + column] as number;
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    const sign = largest < 0 ? -1 : 1;
    for (let i = 0; i < width; i++) {
      vectors.values[i * width + to] = sign * (v[i * width + column] as number);
    }
  });
  return { values: Float64Array.from(order, (i) => a[i * width + i] as number), vectors };
}

/** Makes the element (p, q) zero; false if it is zero beside its diagonal already. */
function rotate(a: Float64Array, v: Float64Array, width: number, p: number, q: number): boolean {
  const apq = a[p * width + q] as number;
  const app = a[p * width + p] as number;
  const aqq = a[q * width + q] as number;
  if (Math.abs(apq) <= Number.EPSILON * Math.sqrt(Math.abs(app * aqq)) || apq === 0) return false;
  const theta = (aqq - app) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < width; k++) turn(a, k * width + p, k * width + q, c, s);
  for (let k = 0; k < width; k++) turn(a, p * width + k, q * width + k, c, s);
  for (let k = 0; k < width; k++) turn(v, k * width + p, k * width + q, c, s);
  return true;
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const x = values[i] as number;
  const y = values[j] as number;
  values[i] = c * x - s * y;
  values[j] = s * x + c * y;
}
