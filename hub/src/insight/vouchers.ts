/**
 * Voucher programmes (转型券), and what engagements with a voucher gained as far as whole sealed buckets tell.
 *
 * No bucket says which of its engagements had a voucher, only how many. So each bucket counts on both sides by its shares:
 * with and without lie nearer to each other than single engagements would, and never further apart.
 *
 * @module
 */

import {
  type GainEstimate,
  urnOf,
  type VoucherEffect,
  type VoucherEffects,
  type VoucherProgrammeView,
} from "@tributary/proto";
import { LEAST_ENTERPRISES } from "../match/evidence-base.ts";
import { KPI_CODES, KPI_WIDTH } from "../match/release.ts";
import { isWithinQuarters, MOST_NAMED, monthOf, refOf } from "./assessment/evidence.ts";
import type { CenterProfile, Federation } from "./federation.ts";
import type { BucketRow } from "./overlap/niche.ts";
import { provinceOf } from "./overlap/territory.ts";

/** A change of how it is computed is a new version. */
export const VOUCHER_RULE = "vouchers/1";
export const MIN_VOUCHERS: number = LEAST_ENTERPRISES.members;

/** Complete quarters whose releases count. */
const QUARTERS = 8;
/** Fewest buckets of an effect: of one alone no interval is known. */
const MIN_BUCKETS = 2;
/** Standard normal quantile of the upper end of a central 80 % interval. */
const QUANTILE = 1.2816;

/** Names of centers are added where it is asked for. */
export interface Vouchers {
  readonly programmes: readonly Omit<VoucherProgrammeView, "centerName">[];
  readonly effects: readonly Omit<VoucherEffects, "centerName">[];
}

/** @param nowMs Ms since the epoch. */
export function vouchersOf({ centers, programmes }: Federation, nowMs: number): Vouchers {
  const now = monthOf(nowMs);
  return {
    programmes: programmes.map(({ ref, body }) => ({
      urn: urnOf(ref),
      centerId: ref.centerId,
      title: body.title,
      province: provinceOf(body.region ?? ""),
      issued: body.issued ?? 0,
      redeemed: body.redeemed ?? 0,
      validUntil: body.validUntil ?? "",
    })),
    effects: centers.flatMap((center) => effectsOf(center, now)),
  };
}

function effectsOf(
  { id, body, buckets }: CenterProfile,
  now: number,
): Omit<VoucherEffects, "centerName">[] {
  const rows = buckets.filter(({ columns, row }) =>
    isWithinQuarters(columns.month[row] as number, now, QUARTERS),
  );
  const sum = (of: (bucket: BucketRow) => number) => rows.reduce((s, row) => s + of(row), 0);
  const vouchers = sum(({ columns, row }) => columns.voucher[row] as number);
  const engagements = sum(({ columns, row }) => columns.n[row] as number);
  if (vouchers < MIN_VOUCHERS) return [];
  const cells = Map.groupBy(rows.flatMap(cellsOf), ({ kpi }) => kpi);
  const effects = [...cells].flatMap(([kpi, of]): VoucherEffect[] => {
    const withVoucher = gainOf(of, ({ share }) => share);
    const withoutVoucher = gainOf(of, ({ share }) => 1 - share);
    if (withVoucher === undefined || withoutVoucher === undefined) return [];
    return [{ kpi, withVoucher, withoutVoucher }];
  });
  return [
    {
      centerId: id,
      province: provinceOf(body?.region ?? ""),
      vouchers,
      engagements,
      effects: effects.toSorted((a, b) => (a.kpi < b.kpi ? -1 : 1)),
      buckets: rows.slice(0, MOST_NAMED).map(refOf),
      bucketCount: rows.length,
    },
  ];
}

/** One effect of one bucket. */
interface Cell {
  readonly kpi: string;
  readonly n: number;
  readonly mean: number;
  /** Of single engagements. */
  readonly variance: number;
  /** Share of the bucket's engagements with a voucher. */
  readonly share: number;
}

function cellsOf({ columns, row }: BucketRow): Cell[] {
  const share = (columns.voucher[row] as number) / (columns.n[row] as number);
  const cells: Cell[] = [];
  const end = columns.kpiStart[row + 1] as number;
  for (let at = columns.kpiStart[row] as number; at < end; at += 1) {
    const [kpi = 0, n = 0, sum = 0, squares = 0] = columns.kpi.subarray(at * KPI_WIDTH);
    const mean = sum / n;
    const variance = Math.max(0, squares / n - mean ** 2);
    cells.push({ kpi: KPI_CODES[kpi] as string, n, mean, variance, share });
  }
  return cells;
}

/**
 * Mean gain of one side and its interval, whose variance is the larger one of what differs between buckets and of what
 * chance makes of so many engagements. Undefined where they are fewer than may be told.
 */
function gainOf(cells: readonly Cell[], shareOf: (cell: Cell) => number): GainEstimate | undefined {
  const sides = cells.map((cell) => ({ ...cell, weight: cell.n * shareOf(cell) }));
  const counted = sides.filter(({ weight }) => weight > 0);
  const engagements = counted.reduce((s, { weight }) => s + weight, 0);
  if (engagements < MIN_VOUCHERS || counted.length < MIN_BUCKETS) return undefined;
  const mean = counted.reduce((s, cell) => s + cell.weight * cell.mean, 0) / engagements;
  const spread = counted.reduce((s, cell) => s + (cell.weight * (cell.mean - mean)) ** 2, 0);
  const between = (spread * counted.length) / (counted.length - 1) / engagements ** 2;
  const within = counted.reduce((s, cell) => s + cell.weight * cell.variance, 0) / engagements;
  const half = QUANTILE * Math.sqrt(Math.max(between, within / engagements));
  return {
    mean: tenth(mean),
    low: tenth(mean - half),
    high: tenth(mean + half),
    engagements: tenth(engagements),
  };
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10 + 0;
}
