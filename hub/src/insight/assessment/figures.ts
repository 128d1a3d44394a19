/**
 * What each indicator counts of a center.
 *
 * @module
 */

import { type BucketRef, standardHierarchies } from "@tributary/proto";
import { KPI_WIDTH } from "../../match/release.ts";
import { judgeActivity } from "../activity.ts";
import type { CenterProfile } from "../federation.ts";
import type { BucketRow } from "../overlap/niche.ts";
import { isWithinQuarters, MOST_NAMED, monthOf, refOf } from "./evidence.ts";
import { type Dated, operatorCode, type Tally } from "./portfolio.ts";
import {
  ACTIVITY_MONTHS,
  ENGAGEMENT_QUARTERS,
  type IndicatorCode,
  RELEASE_QUARTERS,
} from "./rule.ts";

/** A figure with what was counted. */
export interface Figure {
  readonly count: number;
  /** 0 where nothing is shared out. */
  readonly of: number;
  /** URNs, at most {@link MOST_NAMED} of `recordCount`. */
  readonly records: readonly string[];
  readonly recordCount: number;
  /** At most {@link MOST_NAMED} of `bucketCount`. */
  readonly buckets: readonly BucketRef[];
  readonly bucketCount: number;
}

/** @param nowMs Ms since the epoch. */
export function figuresOf(
  center: CenterProfile,
  nowMs: number,
): Readonly<Record<IndicatorCode, Figure>> {
  const { portfolio, counts, body } = center;
  const now = monthOf(nowMs);
  const rows = center.buckets.filter(({ columns, row }) =>
    isWithinQuarters(columns.month[row] as number, now, ENGAGEMENT_QUARTERS),
  );
  const { kept, promised } = judgeActivity(center.history, nowMs);
  const operator = operatorCode(body);
  return {
    promises: plain(kept, promised),
    description: tallied(portfolio.description),
    engagements: countedBuckets(rows, ({ columns, row }) => {
      // What a center says of its own operator counts half.
      const isOwn = operator !== undefined && columns.provider[row] === operator;
      return (columns.n[row] as number) * (isOwn ? 0.5 : 1);
    }),
    followed_up: sharedBuckets(rows, measuredIn),
    releases: releasedQuarters(portfolio.releases, now),
    verified_cases: tallied(portfolio.cases),
    activities: countedRecords(
      portfolio.activities.filter(({ month }) => month > now - ACTIVITY_MONTHS && month <= now),
    ),
    demands: tallied(portfolio.demands),
    identified: tallied(portfolio.providers),
    quality: plain(counts.live, counts.live + counts.quarantined),
    focus: sharedBuckets(rows.filter(namesCluster), inClusters(body?.industries ?? [])),
    openness: sharedBuckets(operator === undefined ? [] : rows.filter(namesProvider), (bucket) =>
      bucket.columns.provider[bucket.row] === operator ? 0 : nOf(bucket),
    ),
  };
}

function plain(count: number, of: number): Figure {
  return { count, of, records: [], recordCount: 0, buckets: [], bucketCount: 0 };
}

function tallied({ count, of, records }: Tally): Figure {
  // A description is one record, however many of its members are filled.
  const recordCount = records.length < MOST_NAMED ? records.length : count;
  return { ...plain(count, of), records, recordCount };
}

function countedRecords(list: readonly Dated[]): Figure {
  const records = list.slice(0, MOST_NAMED).map(({ urn }) => urn);
  return { ...plain(list.length, 0), records, recordCount: list.length };
}

/** Each quarter once, whatever number of records it came in. */
function releasedQuarters(releases: readonly Dated[], now: number): Figure {
  const counted = releases.filter(({ month }) => isWithinQuarters(month, now, RELEASE_QUARTERS));
  return { ...countedRecords(counted), count: new Set(counted.map(({ month }) => month)).size };
}

function countedBuckets(
  rows: readonly BucketRow[],
  weigh: (bucket: BucketRow) => number,
): Pick<Figure, keyof Figure> {
  const counted = rows.filter((bucket) => weigh(bucket) > 0);
  return {
    ...plain(
      counted.reduce((sum, bucket) => sum + weigh(bucket), 0),
      0,
    ),
    buckets: counted.slice(0, MOST_NAMED).map(refOf),
    bucketCount: counted.length,
  };
}

/** Engagements of the buckets that count for something, of those of all. */
function sharedBuckets(rows: readonly BucketRow[], weigh: (bucket: BucketRow) => number): Figure {
  return { ...countedBuckets(rows, weigh), of: rows.reduce((sum, row) => sum + nOf(row), 0) };
}

function nOf({ columns, row }: BucketRow): number {
  return columns.n[row] as number;
}

/** Engagements of a bucket that were measured at least: as many as its effect that was measured most often. */
function measuredIn({ columns, row }: BucketRow): number {
  let most = 0;
  const end = columns.kpiStart[row + 1] as number;
  for (let cell = columns.kpiStart[row] as number; cell < end; cell += 1) {
    most = Math.max(most, columns.kpi[cell * KPI_WIDTH + 1] as number);
  }
  return most;
}

function namesProvider({ columns, row }: BucketRow): boolean {
  return columns.provider[row] !== "";
}

function clusterOf({ columns, row }: BucketRow): string | undefined {
  return clusterOfCode(columns.sector[row] as string);
}

function namesCluster(bucket: BucketRow): boolean {
  return clusterOf(bucket) !== undefined;
}

/** Engagements of buckets in the clusters that some industries are in. */
function inClusters(industries: readonly string[]): (bucket: BucketRow) => number {
  const own = new Set(industries.map(clusterOfCode));
  return (bucket) => (own.has(clusterOf(bucket)) ? nOf(bucket) : 0);
}

/** Undefined for a section, and for a code that says nothing. */
function clusterOfCode(code: string): string | undefined {
  const hierarchies = standardHierarchies();
  return hierarchies.values("cluster").has(code) ? code : hierarchies.sectorOf(code)?.cluster;
}
