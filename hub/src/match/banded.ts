/**
 * A distribution that is known by the counts of its bands only. Within a band, values are taken as evenly spread.
 *
 * @module
 */

import { deltaBandRange } from "@tributary/proto";

/** Counts of the five bands of deltas; see `DELTA_BANDS`. */
export type BandCounts = ArrayLike<number>;

/** Scale below which a distribution is not told from a point: deltas are whole points. */
const LEAST_SCALE = 1;

/**
 * Value below which a share of the distribution lies.
 *
 * @param share 0 to 1.
 * @returns Points; 0 for an empty distribution.
 */
export function bandedQuantile(counts: BandCounts, share: number): number {
  const total = sumOf(counts);
  if (total === 0) return 0;
  let left = share * total;
  for (let band = 0; band < counts.length; band += 1) {
    const count = counts[band] as number;
    if (count > 0 && left <= count) {
      const [low, high] = edges(band);
      return low + ((high - low) * left) / count;
    }
    left -= count;
  }
  return lastEdge(counts);
}

/** Median and median absolute deviation, in points; the deviation is at least one point. */
export function medianAndMad(counts: BandCounts): {
  readonly median: number;
  readonly mad: number;
} {
  const median = bandedQuantile(counts, 0.5);
  if (sumOf(counts) === 0) return { median, mad: LEAST_SCALE };
  let low = 0;
  let high = 101;
  // Half of the distribution lies within the deviation of the median; the share grows with it.
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (shareWithin(counts, median - middle, median + middle) < 0.5) low = middle;
    else high = middle;
  }
  return { median, mad: Math.max(LEAST_SCALE, high) };
}

function shareWithin(counts: BandCounts, from: number, to: number): number {
  let within = 0;
  for (let band = 0; band < counts.length; band += 1) {
    const [low, high] = edges(band);
    const overlap = Math.min(to, high) - Math.max(from, low);
    if (overlap > 0) within += ((counts[band] as number) * overlap) / (high - low);
  }
  return within / sumOf(counts);
}

/** A whole point stands for half a point to either side. */
function edges(band: number): readonly [low: number, high: number] {
  const [low, high] = deltaBandRange(band);
  return [low - 0.5, high + 0.5];
}

function lastEdge(counts: BandCounts): number {
  let last = 0;
  for (let band = 0; band < counts.length; band += 1) {
    if ((counts[band] as number) > 0) last = edges(band)[1];
  }
  return last;
}

function sumOf(counts: BandCounts): number {
  let sum = 0;
  for (let band = 0; band < counts.length; band += 1) sum += counts[band] as number;
  return sum;
}
