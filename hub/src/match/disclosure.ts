/**
 * Numbers as they may be shown: means to 0.1, shares to 5 %, counts to the public as bands.
 *
 * @module
 */

import type { CountRange } from "@tributary/proto";
import type { View } from "./evidence-base.ts";

/** Lower ends of the bands of counts: 5-9, 10-19, 20-49, 50 and more. */
const BANDS = [5, 10, 20, 50] as const;

/** A count: itself for members, its band for the public; 0 stays 0, and below 5 is 0 to 4. */
export function shownCount(count: number, view: View): CountRange {
  if (view === "members" || count === 0) return { least: count, most: count };
  const at = BANDS.findLastIndex((low) => count >= low);
  if (at < 0) return { least: 0, most: BANDS[0] - 1 };
  const next = BANDS[at + 1];
  return next === undefined
    ? { least: BANDS[at] as number }
    : { least: BANDS[at] as number, most: next - 1 };
}

/** To 0.1; never minus zero. */
export function shownMean(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}

/** A share to 5 %. */
export function shownShare(share: number): number {
  return Math.round(share * 20) / 20 + 0;
}

/** To 0.01; for scores. */
export function shownScore(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
