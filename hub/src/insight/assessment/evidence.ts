/**
 * What figures of centers share: quarters that count, and how evidence is named.
 *
 * @module
 */

import type { BucketRef } from "@tributary/proto";
import type { BucketRow } from "../overlap/niche.ts";

/** Records or buckets named as evidence of one figure. */
export const MOST_NAMED = 20;

const BEIJING_MS = 8 * 3_600_000;

/** Month of a moment in Beijing; months since year 0. @param ms Since the epoch. */
export function monthOf(ms: number): number {
  const date = new Date(ms + BEIJING_MS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** True for the last month of one of so many quarters that are over. */
export function isWithinQuarters(month: number, now: number, quarters: number): boolean {
  const age = Math.floor(now / 3) - Math.floor(month / 3);
  return age >= 1 && age <= quarters;
}

/** Names a bucket. */
export function refOf({ release, columns, row }: BucketRow): BucketRef {
  return { release, bucketId: columns.ids[row] as string };
}
