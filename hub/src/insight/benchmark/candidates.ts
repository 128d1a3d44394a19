/**
 * Candidates for a benchmark (标杆): centers whose clients gained more than those of other centers in the same family of
 * scenarios, as far as released outcomes can tell. Whom experts then recommend is not computed.
 *
 * Each sealed bucket is compared with what all other centers released of the same effect and family, in standard deviations
 * of single engagements, so that effects of different kinds can be put together. Buckets, not engagements, are what varies
 * independently: a center that does one thing well in one quarter is no benchmark. What a center says of an operator of its own
 * that is a provider is left out.
 *
 * @module
 */

import {
  type BenchmarkEstimate,
  type BenchmarkRule,
  type Sentence,
  sha256Text,
  toHex,
} from "@tributary/proto";
import { LEAST_ENTERPRISES } from "../../match/evidence-base.ts";
import { KPI_WIDTH } from "../../match/release.ts";
import { FAMILY_OF } from "../../match/taxonomy.ts";
import { isWithinQuarters, MOST_NAMED, monthOf, refOf } from "../assessment/evidence.ts";
import { operatorCode } from "../assessment/portfolio.ts";
import type { Federation } from "../federation.ts";
import type { BucketRow } from "../overlap/niche.ts";

/** The rule. A change of a number is a new version. */
export const BENCHMARK_RULE: BenchmarkRule = {
  version: "benchmark/1",
  quarters: 8,
  minBuckets: 5,
  minEngagements: 30,
  minEnterprises: LEAST_ENTERPRISES.members,
  /** Of the central interval; its lower end is above 0 with 90 % certainty. */
  interval: 0.8,
  minReviews: 2,
};

/** Standard normal quantile of the upper end of {@link BenchmarkRule.interval}. */
const QUANTILE = 1.2816;
/** Standard deviation of an effect below which differences are not told from rounding; points. */
const LEAST_DEVIATION = 1;

/** @param nowMs Ms since the epoch. @returns One for each center, in their order. */
export function benchmarkEstimates(
  { centers }: Federation,
  nowMs: number,
): readonly BenchmarkEstimate[] {
  const now = monthOf(nowMs);
  const rows = centers.map(({ buckets, body }) => {
    const operator = operatorCode(body);
    return buckets.filter(
      ({ columns, row }) =>
        isWithinQuarters(columns.month[row] as number, now, BENCHMARK_RULE.quarters) &&
        (operator === undefined || columns.provider[row] !== operator),
    );
  });
  const all = new Moments();
  const own = rows.map((list) => {
    const moments = new Moments();
    for (const bucket of list) moments.add(bucket);
    all.addAll(moments);
    return moments;
  });
  return centers.map(({ id }, i) =>
    estimateOf(id, compared(rows[i] as BucketRow[], own[i] as Moments, all)),
  );
}

interface Compared {
  readonly bucket: BucketRow;
  /** Engagements that were measured. */
  readonly n: number;
  /** Engagements of others that it is compared with. */
  readonly others: number;
  /** Standard deviations above the others; below 0 is worse. */
  readonly difference: number;
}

function estimateOf(centerId: string, buckets: readonly Compared[]): BenchmarkEstimate {
  const rule = BENCHMARK_RULE;
  const engagements = buckets.reduce((total, { n }) => total + n, 0);
  const isEnough = buckets.length >= rule.minBuckets && engagements >= rule.minEngagements;
  const figures = isEnough ? intervalOf(buckets, engagements) : undefined;
  const candidate = figures !== undefined && figures.low > 0;
  return {
    centerId,
    candidate,
    engagements,
    ...figures,
    because:
      figures === undefined
        ? tooLittle(buckets.length, engagements)
        : comparison(figures, engagements, candidate),
    buckets: buckets.slice(0, MOST_NAMED).map(({ bucket }) => refOf(bucket)),
    bucketCount: buckets.length,
    digest: toHex(sha256Text(JSON.stringify([rule.version, centerId, engagements, figures]))),
  };
}

interface Interval {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Weighted mean and its interval. Its variance is the larger one of what differs between buckets and of what chance makes
 * of so many engagements, so that a few buckets that agree by chance do not seem sure.
 */
function intervalOf(buckets: readonly Compared[], engagements: number): Interval {
  const mean = buckets.reduce((s, { n, difference }) => s + n * difference, 0) / engagements;
  const spread = buckets.reduce((s, { n, difference }) => s + (n * (difference - mean)) ** 2, 0);
  const between = (spread * buckets.length) / (buckets.length - 1) / engagements ** 2;
  const chance = 1 / engagements + 1 / Math.min(...buckets.map(({ others }) => others));
  const half = QUANTILE * Math.sqrt(Math.max(between, chance));
  return {
    difference: hundredth(mean),
    low: hundredth(mean - half),
    high: hundredth(mean + half),
  };
}

/** Buckets that others have something to compare with. */
function compared(rows: readonly BucketRow[], own: Moments, all: Moments): readonly Compared[] {
  return rows.flatMap((bucket) => {
    let weight = 0;
    let sum = 0;
    let most = 0;
    let fewest = Number.MAX_SAFE_INTEGER;
    for (const cell of cellsOf(bucket)) {
      const others = all.without(own, cell.name);
      if (others === undefined) continue;
      weight += cell.n;
      sum += cell.n * ((cell.sum / cell.n - others.mean) / others.deviation);
      most = Math.max(most, cell.n);
      fewest = Math.min(fewest, others.n);
    }
    return weight === 0 ? [] : [{ bucket, n: most, others: fewest, difference: sum / weight }];
  });
}

interface Cell {
  /** Family of scenarios and effect. */
  readonly name: number;
  readonly n: number;
  readonly sum: number;
  readonly squares: number;
}

function* cellsOf({ columns, row }: BucketRow): Iterable<Cell> {
  const family = FAMILY_OF[columns.scenario[row] as number] as number;
  const end = columns.kpiStart[row + 1] as number;
  for (let at = columns.kpiStart[row] as number; at < end; at += 1) {
    const [kpi, n, sum, squares] = columns.kpi.subarray(at * KPI_WIDTH, at * KPI_WIDTH + 4);
    yield {
      name: family * 1_000 + (kpi as number),
      n: n as number,
      sum: sum as number,
      squares: squares as number,
    };
  }
}

/** Count, sum and sum of squares by family and effect. */
class Moments {
  readonly #cells = new Map<number, { n: number; sum: number; squares: number }>();

  add(bucket: BucketRow): void {
    for (const cell of cellsOf(bucket)) this.#add(cell.name, cell);
  }

  addAll(others: Moments): void {
    for (const [name, cell] of others.#cells) this.#add(name, cell);
  }

  /** Number, mean and deviation of single engagements of all but some; undefined where fewer than a bucket are left. */
  without(
    own: Moments,
    name: number,
  ): { readonly n: number; readonly mean: number; readonly deviation: number } | undefined {
    const all = this.#cells.get(name) ?? NOTHING;
    const { n, sum, squares } = own.#cells.get(name) ?? NOTHING;
    const left = all.n - n;
    if (left < BENCHMARK_RULE.minEnterprises) return undefined;
    const mean = (all.sum - sum) / left;
    const variance = (all.squares - squares - left * mean ** 2) / (left - 1);
    const deviation = Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, variance)));
    return { n: left, mean, deviation };
  }

  #add(name: number, { n, sum, squares }: Omit<Cell, "name">): void {
    const cell = this.#cells.get(name) ?? { n: 0, sum: 0, squares: 0 };
    this.#cells.set(name, {
      n: cell.n + n,
      sum: cell.sum + sum,
      squares: cell.squares + squares,
    });
  }
}

const NOTHING = { n: 0, sum: 0, squares: 0 };

function comparison(
  { difference, low, high }: Interval,
  engagements: number,
  candidate: boolean,
): Sentence {
  const [en, zh] = candidate ? ["candidate", "可入选"] : ["no candidate", "不入选"];
  const [more, higher] = difference < 0 ? ["less", "低"] : ["more", "高"];
  const by = Math.abs(difference);
  return {
    en: `${en}: ${engagements} engagements gained ${by} standard deviations ${more} than those of others (80 % interval ${low} to ${high}); the interval must be above 0`,
    zh: `${zh}：${engagements} 个项目的改善比其他中心${higher} ${by} 个标准差（80 % 区间 ${low} 至 ${high}）；区间须在 0 以上`,
  };
}

function tooLittle(buckets: number, engagements: number): Sentence {
  const { minBuckets, minEngagements } = BENCHMARK_RULE;
  return {
    en: `no candidate: ${engagements} engagements in ${buckets} buckets can be compared; ${minEngagements} in ${minBuckets} are needed`,
    zh: `不入选：可比项目 ${engagements} 个、分组 ${buckets} 个，须达到 ${minEngagements} 个、${minBuckets} 组`,
  };
}

function hundredth(value: number): number {
  return Math.round(100 * value) / 100 + 0;
}
