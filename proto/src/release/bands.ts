/**
 * Bands and clips of what a bucket of outcomes publishes. No amount, duration or level leaves: only these.
 *
 * @module
 */

/** Lower ends of the cost bands after the first, in CNY: up to 100,000; 500,000; 1, 3, 10 million; more. */
export const COST_BANDS_CNY: readonly number[] = [
  100_000, 500_000, 1_000_000, 3_000_000, 10_000_000,
];

/** Lower ends of the duration bands after the first, in months: below 3, 6, 12; longer. */
export const DURATION_BANDS_MONTHS: readonly number[] = [3, 6, 12];

/** Clip of a delta, in points; positive is better, whichever way the KPI goes. */
export const DELTA_CLIP = { low: -50, high: 50 } as const;

/** Lower ends of the delta bands after the first, in points: worse; 0, 5, 10, 20 points better and more. */
export const DELTA_BANDS: readonly number[] = [0, 5, 10, 20];

/** Satisfaction (1 to 5) from which an enterprise counts as satisfied. */
export const SATISFIED_FROM = 4;

/** Position of a value among bands given by their lower ends; 0 below the first end. */
export function bandOf(value: number, lowerEnds: readonly number[]): number {
  let band = 0;
  while (band < lowerEnds.length && value >= (lowerEnds[band] as number)) band += 1;
  return band;
}

/** The delta as it may be summed: whole points within {@link DELTA_CLIP}. */
export function clipDelta(points: number): number {
  // Plus zero: never minus zero.
  return Math.min(DELTA_CLIP.high, Math.max(DELTA_CLIP.low, Math.round(points))) + 0;
}

/** Least and greatest clipped delta of a band, both inclusive. */
export function deltaBandRange(band: number): readonly [low: number, high: number] {
  const low = band === 0 ? DELTA_CLIP.low : (DELTA_BANDS[band - 1] as number);
  const next = DELTA_BANDS[band];
  return [low, next === undefined ? DELTA_CLIP.high : next - 1];
}
