/**
 * Linear algebra modulo a prime: exact, where floating point would see a unit vector in every rounding error.
 *
 * @module
 */

/** The largest prime below 2^26: products stay below 2^53. */
const PRIME = 67_108_859;

/**
 * Reduced row echelon form of a matrix of zeros and ones.
 *
 * @param rows Columns of the ones of each row.
 * @returns The rows that are not zero, in no order; their number is the rank.
 */
export function rowReduced(
  rows: readonly (readonly number[])[],
  columns: number,
): readonly Float64Array[] {
  const byPivot = new Map<number, Float64Array>();
  // Short rows first: they stay short, and fill in least.
  for (const ones of [...rows].sort((a, b) => a.length - b.length)) {
    const row = new Float64Array(columns);
    for (const column of ones) row[column] = 1;
    for (const [pivot, basis] of byPivot) subtract(row, basis, row[pivot] as number);
    const pivot = row.findIndex((value) => value !== 0);
    if (pivot < 0) continue;
    scale(row, inverse(row[pivot] as number));
    for (const basis of byPivot.values()) subtract(basis, row, basis[pivot] as number);
    byPivot.set(pivot, row);
  }
  return [...byPivot.values()];
}

/** row -= factor * other, modulo the prime. */
function subtract(row: Float64Array, other: Float64Array, factor: number): void {
  if (factor === 0) return;
  const negative = PRIME - factor;
  for (let i = 0; i < row.length; i++) {
    const value = other[i] as number;
    if (value !== 0) row[i] = ((row[i] as number) + negative * value) % PRIME;
  }
}

function scale(row: Float64Array, factor: number): void {
  for (let i = 0; i < row.length; i++) row[i] = ((row[i] as number) * factor) % PRIME;
}

/** By Fermat: a^(p-2). */
function inverse(value: number): number {
  let result = 1;
  let base = value;
  for (let exponent = PRIME - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
}
