/**
 * H5: the figures of a bucket fit each other: some records could have them.
 *
 * @module
 */

import {
  COST_BANDS_CNY,
  DELTA_BANDS,
  DELTA_CLIP,
  DURATION_BANDS_MONTHS,
  deltaBandRange,
  type RecordFinding,
} from "@tributary/proto";
import type { ReceivedRelease, ReleaseBucket } from "./context.ts";
import { bucketName, finding } from "./finding.ts";

type KpiStatistics = NonNullable<ReleaseBucket["kpi"]>[string];

export function* checkFigures({
  release: { buckets = [] },
}: ReceivedRelease): Iterable<RecordFinding> {
  for (const [i, bucket] of buckets.entries()) {
    const { n, cost, months, voucher = 0, kpi = {} } = bucket;
    const name = bucketName(i, bucket.bucketId);
    if (cost !== undefined) yield* histogram(`${name} cost`, cost, COST_BANDS_CNY.length + 1, n);
    if (months !== undefined) {
      yield* histogram(`${name} months`, months, DURATION_BANDS_MONTHS.length + 1, n);
    }
    if (voucher > n) {
      yield problem(
        "voucher",
        name,
        `voucher is ${voucher}; there are ${n} records`,
        `用券数为 ${voucher}，多于 ${n} 条记录`,
      );
    }
    for (const [code, statistics] of Object.entries(kpi)) {
      yield* moments(`${name} ${code}`, statistics);
    }
  }
}

function* histogram(
  subject: string,
  counts: readonly number[],
  bands: number,
  n: number,
): Iterable<RecordFinding> {
  if (counts.length !== bands) {
    yield problem(
      "bands",
      subject,
      `has ${counts.length} bands; there are ${bands}`,
      `有 ${counts.length} 档，应为 ${bands} 档`,
    );
  }
  const sum = counts.reduce((a, b) => a + b, 0);
  if (sum !== n) {
    yield problem("histogram", subject, `sums to ${sum}; n is ${n}`, `合计 ${sum}，n 为 ${n}`);
  }
}

function* moments(
  subject: string,
  {
    n = 0,
    sum = 0,
    sumOfSquares = 0,
    histogram: counts = [],
    clipLow = 0,
    clipHigh = 0,
  }: KpiStatistics,
): Iterable<RecordFinding> {
  if (clipLow !== DELTA_CLIP.low || clipHigh !== DELTA_CLIP.high) {
    yield problem(
      "clip",
      subject,
      `clip is ${clipLow} to ${clipHigh}; it is ${DELTA_CLIP.low} to ${DELTA_CLIP.high} for all`,
      `截断区间为 ${clipLow} 至 ${clipHigh}，统一为 ${DELTA_CLIP.low} 至 ${DELTA_CLIP.high}`,
    );
  }
  yield* histogram(subject, counts, DELTA_BANDS.length + 1, n);
  const ranges = counts.map(
    (count, band) => [count, deltaBandRange(Math.min(band, DELTA_BANDS.length))] as const,
  );
  const total = (of: (range: readonly [number, number]) => number) =>
    ranges.reduce((all, [count, range]) => all + count * of(range), 0);
  const [low, high] = [total(([from]) => from), total(([, to]) => to)];
  if (sum < low || sum > high) {
    yield problem(
      "sum",
      subject,
      `sum is ${sum}; the bands allow ${low} to ${high}`,
      `合计为 ${sum}，按分档只能在 ${low} 与 ${high} 之间`,
    );
  }
  const [least, most] = [total(leastSquare), total(greatestSquare)];
  if (sumOfSquares < least || sumOfSquares > most) {
    yield problem(
      "squares",
      subject,
      `sum of squares is ${sumOfSquares}; the bands allow ${least} to ${most}`,
      `平方和为 ${sumOfSquares}，按分档只能在 ${least} 与 ${most} 之间`,
    );
  }
  // Cauchy-Schwarz, in whole numbers without a limit.
  if (BigInt(sumOfSquares) * BigInt(n) < BigInt(sum) ** 2n) {
    yield problem(
      "cauchy_schwarz",
      subject,
      `sum of squares ${sumOfSquares} times n ${n} is below the square of the sum ${sum}`,
      `平方和 ${sumOfSquares} 乘 n ${n} 小于合计 ${sum} 的平方`,
    );
  }
  // A whole number and its square are both even or both odd.
  if ((sumOfSquares - sum) % 2 !== 0) {
    yield problem(
      "parity",
      subject,
      `sum ${sum} and sum of squares ${sumOfSquares} of whole numbers are both even or both odd`,
      `整数的合计 ${sum} 与平方和 ${sumOfSquares} 应同奇偶`,
    );
  }
}

function leastSquare([from, to]: readonly [number, number]): number {
  const nearest = from > 0 ? from : to < 0 ? to : 0;
  return nearest * nearest;
}

function greatestSquare([from, to]: readonly [number, number]): number {
  return Math.max(from * from, to * to);
}

function problem(code: string, subject: string, message: string, messageZh: string): RecordFinding {
  return finding("H5", code, subject, message, messageZh);
}
