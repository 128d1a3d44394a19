/**
 * How many of a center's accepted records have each verdict. Each accepted record has exactly one, so the counts sum
 * to the records that the log holds.
 *
 * @module
 */

import { fromUtf8, type RecordVerdict, utf8 } from "@tributary/proto";

/** In the order in which they are written. */
export const VERDICTS: readonly RecordVerdict[] = [
  "live",
  "pending",
  "quarantined",
  "superseded",
  "withdrawn",
  "hidden",
  "erased",
];

/** Accepted records of one center by verdict. */
export interface Counts extends Readonly<Record<RecordVerdict, number>> {
  /** Rows of the catalog: keys of which a readable record was accepted. */
  readonly rows: number;
}

export const COUNTS_FACTS = "counts/";

export const NO_COUNTS: Counts = {
  live: 0,
  pending: 0,
  quarantined: 0,
  superseded: 0,
  withdrawn: 0,
  hidden: 0,
  erased: 0,
  rows: 0,
};

/** Accepted records. */
export function acceptedOf(counts: Counts): number {
  return VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0);
}

export function addCounts(a: Counts, b: Counts): Counts {
  const sum = { ...a, rows: a.rows + b.rows };
  for (const verdict of VERDICTS) sum[verdict] += b[verdict];
  return sum;
}

/** The one encoding: numbers in the order of {@link VERDICTS}, then the rows. */
export function encodeCounts(counts: Counts): Uint8Array {
  return utf8(JSON.stringify([...VERDICTS.map((verdict) => counts[verdict]), counts.rows]));
}

/** @param bytes From the catalog's store. */
export function decodeCounts(bytes: Uint8Array): Counts {
  const numbers = JSON.parse(fromUtf8(bytes)) as number[];
  const counts = { ...NO_COUNTS, rows: numbers[VERDICTS.length] ?? 0 };
  for (const [i, verdict] of VERDICTS.entries()) counts[verdict] = numbers[i] ?? 0;
  return counts;
}
