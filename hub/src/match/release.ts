/**
 * A release of outcomes as columns: one row a bucket, in typed arrays. What cannot be read as evidence is left out and
 * counted.
 *
 * @module
 */

import {
  ANY,
  type BodyOf,
  COST_BANDS_CNY,
  DELTA_BANDS,
  DELTA_CLIP,
  isLegalLabel,
  standardHierarchies,
  toHex,
} from "@tributary/proto";
import { kpiConcepts } from "@tributary/proto/vocabulary";
import { SIZE_HALVES, scenarioNumber, sectorOf } from "./taxonomy.ts";

/** Effects that can be better or worse, by number. A bucket's other statistics are not evidence. */
export const KPI_CODES: readonly string[] = kpiConcepts()
  .filter(({ better }) => better !== "neutral")
  .map(({ code }) => code);
const kpiNumbers = new Map(KPI_CODES.map((code, number) => [code, number]));

/** Number of an effect; undefined for one that is no evidence. */
export function kpiNumber(code: string): number | undefined {
  return kpiNumbers.get(code);
}

export const COST_BANDS: number = COST_BANDS_CNY.length + 1;
export const KPI_BANDS: number = DELTA_BANDS.length + 1;
/** Numbers a KPI cell takes: effect, n, sum, sum of squares, histogram. */
export const KPI_WIDTH: number = 4 + KPI_BANDS;

/** Rows of one release record. */
export interface ReleaseColumns {
  readonly size: number;
  /** Hex of the bucket ids. */
  readonly ids: readonly string[];
  /** Scenario, or family where no more is known; see `SCENARIO_CODES`. */
  readonly scenario: Uint8Array;
  /** Unified social credit code; empty where the label names no provider. */
  readonly provider: readonly string[];
  /** As the label says it: division, cluster or section. */
  readonly sector: readonly string[];
  /** 0: unknown. */
  readonly division: Uint8Array;
  readonly section: Uint8Array;
  /** See `SIZE_HALVES`. */
  readonly half: Uint8Array;
  /** Engagements; each of another enterprise group. */
  readonly n: Uint32Array;
  /** Last month of the epoch, counted from year 0. */
  readonly month: Uint32Array;
  /** Satisfied enterprises; -1 where it is not published. */
  readonly satisfied: Int32Array;
  /** Engagements with a voucher. */
  readonly voucher: Uint32Array;
  /** {@link COST_BANDS} counts a row. */
  readonly cost: Uint32Array;
  /** Begin of the row's cells in `kpi`, in cells; one more than rows. */
  readonly kpiStart: Uint32Array;
  /** {@link KPI_WIDTH} numbers a cell. */
  readonly kpi: Float64Array;
}

/** What a release record says. */
export interface ReadRelease {
  readonly columns: ReleaseColumns;
  /** Hex of the ids of buckets that the center takes back. */
  readonly retracted: readonly string[];
  /** Buckets that are no evidence: no scenario, or a label or figures that cannot be. */
  readonly unread: number;
}

type Bucket = NonNullable<BodyOf<"outcome">["buckets"]>[number];
type Cell = readonly number[];

/** Reads the body of an `outcome` record. Never throws for a decoded body. */
export function readRelease(body: BodyOf<"outcome">): ReadRelease {
  const { buckets = [], retracted = [], epoch } = body;
  const rows = buckets.filter(isEvidence);
  const cells = rows.map(cellsOf);
  const month = monthOfEpoch(epoch);
  const kpiStart = new Uint32Array(rows.length + 1);
  cells.forEach((of, i) => {
    kpiStart[i + 1] = (kpiStart[i] as number) + of.length;
  });
  const sectors = rows.map(({ label }) => sectorOf(label[2] as string));
  const columns: ReleaseColumns = {
    size: rows.length,
    ids: rows.map(({ bucketId }) => toHex(bucketId)),
    scenario: Uint8Array.from(rows, ({ label }) => scenarioNumber(label[0] as string) as number),
    provider: rows.map(({ label }) => (label[1] === ANY ? "" : (label[1] as string))),
    sector: rows.map(({ label }) => label[2] as string),
    division: Uint8Array.from(sectors, ({ division }) => division),
    section: Uint8Array.from(sectors, ({ section }) => section),
    half: Uint8Array.from(rows, ({ label }) => SIZE_HALVES.indexOf(label[3] as string)),
    n: Uint32Array.from(rows, ({ n }) => n),
    month: new Uint32Array(rows.length).fill(month),
    satisfied: Int32Array.from(rows, ({ satisfied = -1, n }) => (satisfied > n ? -1 : satisfied)),
    voucher: Uint32Array.from(rows, ({ voucher = 0, n }) => (voucher > n ? 0 : voucher)),
    cost: Uint32Array.from(rows.flatMap(({ cost = [] }) => bands(cost, COST_BANDS))),
    kpiStart,
    kpi: Float64Array.from(cells.flat(2)),
  };
  return {
    columns,
    retracted: retracted.map(({ bucketId }) => toHex(bucketId)),
    unread: buckets.length - rows.length,
  };
}

/** The last month of a quarter, counted from year 0: 2026Q1 ends with the third month. */
export function monthOfEpoch(epoch: string): number {
  return Number(epoch.slice(0, 4)) * 12 + Number(epoch.slice(5)) * 3 - 1;
}

function isEvidence({ label, level = 0, n, distinct }: Bucket): boolean {
  if (n < 1 || distinct !== n) return false;
  return (
    isLegalLabel(level, label, standardHierarchies()) && scenarioNumber(label[0]) !== undefined
  );
}

/** Cells of a bucket whose moments are possible. */
function cellsOf({ kpi = {}, n: records }: Bucket): Cell[] {
  return Object.entries(kpi).flatMap(([code, { n = 0, sum = 0, sumOfSquares = 0, histogram }]) => {
    const number = kpiNumber(code);
    const mean = sum / n;
    const isPossible =
      n >= 1 &&
      n <= records &&
      mean >= DELTA_CLIP.low &&
      mean <= DELTA_CLIP.high &&
      sumOfSquares * n >= sum * sum &&
      histogram?.reduce((a, b) => a + b, 0) === n;
    if (number === undefined || !isPossible) return [];
    return [[number, n, sum, sumOfSquares, ...bands(histogram as number[], KPI_BANDS)]];
  });
}

/** The counts with missing ones as 0. */
function bands(counts: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, band) => counts[band] ?? 0);
}
