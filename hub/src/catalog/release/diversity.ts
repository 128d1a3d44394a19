/**
 * H7: what is published of a KPI could be diverse: l outcome classes, none with more than its share.
 *
 * A class is a delta band together with satisfied or not. The hub sees the bands and, at most, how many were satisfied in
 * all; and not which of the records are publicly known cases, which count for nothing (they hide nobody). So this refuses
 * what no choice of records could make diverse, and nothing else. Of each KPI:
 *
 * - Of `count` records in a band, `x` were satisfied: that is 1 class if `x` is 0 or `count`, else 2. The `x` of all bands
 *   sum to the satisfied. The most classes that this allows must reach l.
 * - At least k records count. Where `counting` of them do, a class has at most `floor(share * counting)` that count, and
 *   all classes together must reach `counting`.
 *
 * @module
 */

import type { RecordFinding } from "@tributary/proto";
import type { ReceivedRelease, ReleaseContext } from "./context.ts";
import { bucketName, finding } from "./finding.ts";
import { type Fraction, isBelow, parseFraction } from "./fraction.ts";

/** Both ends inclusive. */
type Range = readonly [low: number, high: number];

export function* checkDiversity(
  { release: { policy, buckets = [] } }: ReceivedRelease,
  { rules }: ReleaseContext,
): Iterable<RecordFinding> {
  const { l = 0, m = 0, shareCap = "1" } = policy;
  if (l < rules.l) {
    yield problem(
      "l",
      "policy.l",
      `is ${l}; at least ${rules.l} is required`,
      `为 ${l}，至少须为 ${rules.l}`,
    );
  }
  if (m < rules.m) {
    yield problem(
      "m",
      "policy.m",
      `is ${m}; at least ${rules.m} is required`,
      `为 ${m}，至少须为 ${rules.m}`,
    );
  }
  const given = parseFraction(shareCap);
  const most = parseFraction(rules.shareCap);
  const isWeak = isBelow(most, given);
  if (isWeak) {
    yield problem(
      "share_cap",
      "policy.shareCap",
      `is ${shareCap}; at most ${rules.shareCap} is allowed`,
      `为 ${shareCap}，至多为 ${rules.shareCap}`,
    );
  }
  const share = isWeak ? most : given;
  const leastClasses = Math.max(l, rules.l);
  const k = Math.max(policy.k, rules.k);
  for (const [i, { bucketId, kpi = {}, satisfied, nullifiers }] of buckets.entries()) {
    for (const [code, { histogram = [] }] of Object.entries(kpi)) {
      const records = histogram.reduce((a, b) => a + b, 0);
      // More than there are is for H4 to H6; the work here grows with it.
      if (records > nullifiers.length) continue;
      const subject = `${bucketName(i, bucketId)} ${code}`;
      const range = satisfiedOf(records, nullifiers.length, satisfied);
      const classes = mostClasses(histogram, range);
      if (classes < leastClasses) {
        yield problem(
          "classes",
          subject,
          `the bands allow at most ${classes} outcome classes; l = ${leastClasses} are required`,
          `分档至多有 ${classes} 个结果类别，须有 l = ${leastClasses} 个`,
        );
      }
      if (!mayKeepShare(histogram, range, share, k)) {
        const cap = `${share.numerator}/${share.denominator}`;
        yield problem(
          "share",
          subject,
          `one outcome class must have more than ${cap} of the records`,
          `必有一个结果类别超过 ${cap}`,
        );
      }
    }
  }
}

/** How many of the records with a figure were satisfied, as far as the bucket tells. */
function satisfiedOf(records: number, n: number, satisfied: number | undefined): Range {
  if (satisfied === undefined) return [0, records];
  const [most, others] = [Math.min(satisfied, n), n - records];
  return [Math.max(0, most - others), Math.min(most, records)];
}

/** Most outcome classes that bands can have if so many were satisfied; 0 if they cannot. */
export function mostClasses(bands: readonly number[], satisfied: Range): number {
  /** By number of classes: the sums of satisfied with which the bands so far can have them. */
  let reached = new Map<number, Range[]>([[0, [[0, 0]]]]);
  for (const count of bands) {
    if (count === 0) continue;
    const next = new Map<number, Range[]>();
    const add = (classes: number, [low, high]: Range, [from, to]: Range) =>
      next.set(classes, merged([...(next.get(classes) ?? []), [low + from, high + to]]));
    for (const [classes, ranges] of reached) {
      for (const range of ranges) {
        add(classes + 1, range, [0, 0]);
        add(classes + 1, range, [count, count]);
        if (count > 1) add(classes + 2, range, [1, count - 1]);
      }
    }
    reached = next;
  }
  const possible = [...reached].filter(([, ranges]) =>
    ranges.some(([low, high]) => low <= satisfied[1] && high >= satisfied[0]),
  );
  return Math.max(0, ...possible.map(([classes]) => classes));
}

/** The same numbers in the fewest ranges, ascending. */
function merged(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last === undefined || low > last[1] + 1) joined.push([low, high]);
    else joined[joined.length - 1] = [last[0], Math.max(last[1], high)];
  }
  return joined;
}

/** True if at least k of the records can count with no class above the share. */
export function mayKeepShare(
  bands: readonly number[],
  satisfied: Range,
  share: Fraction,
  k: number,
): boolean {
  const records = bands.reduce((a, b) => a + b, 0);
  for (let counting = k; counting <= records; counting += 1) {
    const most = Number((share.numerator * BigInt(counting)) / share.denominator);
    if (mostCounting(bands, satisfied, most) >= counting) return true;
  }
  return records < k;
}

/**
 * Most records that can count if a class has at most `most` that do.
 *
 * A band of `count` is best split so that each half is at most `most`; that leaves its satisfied a range. Each satisfied
 * above or below what all bands together leave costs one record.
 */
function mostCounting(bands: readonly number[], satisfied: Range, most: number): number {
  let [best, low, high] = [0, 0, 0];
  for (const count of bands) {
    best += Math.min(count, 2 * most);
    low += Math.min(Math.max(count - most, 0), most);
    high += Math.max(Math.min(count, most), count - most);
  }
  return best - Math.max(0, low - satisfied[1], satisfied[0] - high);
}

function problem(code: string, subject: string, message: string, messageZh: string): RecordFinding {
  return finding("H7", code, subject, message, messageZh);
}
