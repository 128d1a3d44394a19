/**
 * What whole numbers can have given moments.
 *
 * @module
 */

import { deltaBandRange } from "@tributary/proto";

/** Moments of `n` deltas. */
export interface Moments {
  readonly n: number;
  readonly sum: number;
  /** Undefined if it is not known. */
  readonly sumOfSquares: number | undefined;
  /** Over the bands of deltas. */
  readonly histogram: readonly number[];
}

/** Least and greatest value, both inclusive. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Steps of a search before it gives up and takes the value for possible, which widens the interval. */
const MAX_STEPS = 2000;

/** Interval of the values that one of the numbers can have. @param moments At least one number, and consistent. */
export function possibleValues(moments: Moments): Interval {
  const values = moments.histogram.flatMap((count, band) => {
    if (count === 0) return [];
    const [low, high] = deltaBandRange(band);
    return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  });
  const low = values.find((value) => isPossible(moments, value));
  const high = values.findLast((value) => isPossible(moments, value));
  // Inconsistent moments say nothing.
  if (low === undefined || high === undefined) return { low: -Infinity, high: Infinity };
  return { low, high };
}

function isPossible({ sum, sumOfSquares, histogram }: Moments, value: number): boolean {
  const bands: number[] = [];
  let isTaken = false;
  for (const [band, count] of histogram.entries()) {
    const [low, high] = deltaBandRange(band);
    let left = count;
    if (!isTaken && value >= low && value <= high && count > 0) {
      isTaken = true;
      left -= 1;
    }
    for (let i = 0; i < left; i++) bands.push(band);
  }
  const search = { steps: 0, bands };
  return isTaken && fits(search, 0, sum - value, less(sumOfSquares, value), -Infinity);
}

/** True if numbers in the bands from `at` on, ascending, have this sum and sum of squares. */
function fits(
  search: { steps: number; readonly bands: readonly number[] },
  at: number,
  sum: number,
  sumOfSquares: number | undefined,
  least: number,
): boolean {
  const { bands } = search;
  const count = bands.length - at;
  if (count === 0) return sum === 0 && (sumOfSquares ?? 0) === 0;
  search.steps += 1;
  if (search.steps > MAX_STEPS) return true;
  let lowest = 0;
  let highest = 0;
  let mostSquares = 0;
  let leastSquares = 0;
  for (let i = at; i < bands.length; i++) {
    const [low, high] = deltaBandRange(bands[i] as number);
    const from = Math.max(low, least);
    lowest += from;
    highest += high;
    mostSquares += Math.max(from * from, high * high);
    leastSquares += from <= 0 && high >= 0 ? 0 : Math.min(from * from, high * high);
  }
  if (sum < lowest || sum > highest) return false;
  // Every sum between the ends is that of some numbers.
  if (sumOfSquares === undefined) return true;
  if (sumOfSquares > mostSquares || sumOfSquares < leastSquares) return false;
  // Cauchy-Schwarz.
  if (sumOfSquares * count < sum * sum) return false;
  const [low, high] = deltaBandRange(bands[at] as number);
  if (count === 1) return sum * sum === sumOfSquares && sum >= Math.max(low, least) && sum <= high;
  // From the mean outward: most often it is there.
  for (const value of outwardFrom(Math.round(sum / count), Math.max(low, least), high)) {
    if (fits(search, at + 1, sum - value, less(sumOfSquares, value), value)) return true;
  }
  return false;
}

function less(sumOfSquares: number | undefined, value: number): number | undefined {
  return sumOfSquares === undefined ? undefined : sumOfSquares - value * value;
}

function* outwardFrom(middle: number, low: number, high: number): Generator<number> {
  const start = Math.min(high, Math.max(low, middle));
  yield start;
  for (let step = 1; start - step >= low || start + step <= high; step++) {
    if (start - step >= low) yield start - step;
    if (start + step <= high) yield start + step;
  }
}
