/**
 * When a center published: batches and records by week, as a fact of the catalog.
 *
 * Rows of the catalog only know when their newest revision came; how regularly a center works cannot be read from them.
 *
 * @module
 */

import { fromUtf8, utf8, type WeekOfActivity } from "@tributary/proto";

export const ACTIVITY_FACTS = "activity/";

const WEEK_MS = 7 * 86_400_000;
/** Monday 5 January 1970, 00:00 in Beijing (UTC+8), where the centers are. */
const FIRST_MONDAY_MS = 4 * 86_400_000 - 8 * 3_600_000;
/** Weeks that are kept: those of a year, and the first of all, which says since when a center publishes. */
const KEPT_WEEKS = 52;

/** Weeks from Monday to Sunday, Beijing time, counted from January 1970. @param atMs Ms since the epoch. */
export function weekOf(atMs: number): number {
  return Math.floor((atMs - FIRST_MONDAY_MS) / WEEK_MS);
}

/**
 * Adds a batch; what is older than a year before the newest week is dropped, but for the first week of all.
 * Every record of a batch counts, so that an erasure changes nothing.
 *
 * @param weeks Ascending.
 */
export function addBatch(
  weeks: readonly WeekOfActivity[],
  receivedAtMs: number,
  records: number,
): readonly WeekOfActivity[] {
  const week = weekOf(receivedAtMs);
  const at = weeks.find((known) => known.week === week);
  const grown = {
    week,
    batches: (at?.batches ?? 0) + 1,
    records: (at?.records ?? 0) + records,
  };
  const all = [...weeks.filter((known) => known.week !== week), grown].sort(
    (a, b) => a.week - b.week,
  );
  const oldest = (all.at(-1) as WeekOfActivity).week - KEPT_WEEKS;
  return all.filter(({ week: known }, i) => i === 0 || known > oldest);
}

/** The one encoding: three numbers a week. */
export function encodeActivity(weeks: readonly WeekOfActivity[]): Uint8Array {
  return utf8(JSON.stringify(weeks.map(({ week, batches, records }) => [week, batches, records])));
}

/** @param bytes From the catalog's store; undefined for a center without a batch. */
export function decodeActivity(bytes: Uint8Array | undefined): readonly WeekOfActivity[] {
  if (bytes === undefined) return [];
  const rows = JSON.parse(fromUtf8(bytes)) as [number, number, number][];
  return rows.map(([week, batches, records]) => ({ week, batches, records }));
}
