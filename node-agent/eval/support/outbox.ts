/**
 * What everyone can read in an outbox.
 *
 * @module
 */

import { type BodyOf, bandOf, DELTA_BANDS, decodeBody, type Label, toHex } from "@tributary/proto";
import { quarterOfEpoch } from "./engagement.ts";

/** A release, possibly one part of several. */
export interface SeenRelease {
  /** Quarter of its epoch. */
  readonly q: number;
  readonly part: number;
  readonly parts: number;
}

/** Published moments of the deltas of one KPI. */
export interface SeenKpi {
  readonly n: number;
  readonly sum: number;
  /** Undefined if it was withheld. */
  readonly sumOfSquares: number | undefined;
  readonly histogram: readonly number[];
}

/** A bucket as published. */
export interface SeenBucket {
  /** Quarter of the epoch at which it was sealed. */
  readonly q: number;
  readonly level: number;
  readonly label: Label;
  readonly n: number;
  readonly distinct: number;
  readonly kpis: readonly SeenKpi[];
  readonly cost: readonly number[];
  readonly months: readonly number[];
  readonly voucher: number;
  readonly satisfied: number | undefined;
  /** Nullifiers in hex, as published. */
  readonly nullifiers: readonly string[];
}

/** An outbox, decoded. */
export interface Outbox {
  readonly releases: readonly SeenRelease[];
  readonly buckets: readonly SeenBucket[];
}

/** Reads an outbox. @throws {TributaryError} `ERR_BODY_MALFORMED` for a body that is no release. */
export function readOutbox(bodies: readonly Uint8Array[]): Outbox {
  const bodiesRead = bodies.map((bytes) => decodeBody("outcome", bytes));
  return {
    releases: bodiesRead.map((body) => ({
      q: quarterOf(body),
      part: body.part ?? 0,
      parts: body.parts ?? 1,
    })),
    buckets: bodiesRead.flatMap((body) =>
      (body.buckets ?? []).map((bucket) => bucketOf(bucket, quarterOf(body))),
    ),
  };
}

function quarterOf({ epoch }: BodyOf<"outcome">): number {
  const q = quarterOfEpoch(epoch);
  if (q === undefined) throw new Error(`${epoch} is not an epoch`);
  return q;
}

type Bucket = NonNullable<BodyOf<"outcome">["buckets"]>[number];

function bucketOf(bucket: Bucket, q: number): SeenBucket {
  return {
    q,
    level: bucket.level ?? 0,
    label: bucket.label as unknown as Label,
    n: bucket.n,
    distinct: bucket.distinct,
    kpis: Object.values(bucket.kpi ?? {}).map(kpiOf),
    cost: bucket.cost ?? [],
    months: bucket.months ?? [],
    voucher: bucket.voucher ?? 0,
    satisfied: bucket.satisfied,
    nullifiers: bucket.nullifiers.map(toHex),
  };
}

type Kpi = NonNullable<Bucket["kpi"]>[string];

function kpiOf({ n = 0, sum = 0, sumOfSquares, histogram = [] }: Kpi): SeenKpi {
  // A sum of squares of zero is not written either; it is one only where nothing changed anywhere.
  const isUnchanged = sum === 0 && histogram[bandOf(0, DELTA_BANDS)] === n;
  return { n, sum, sumOfSquares: sumOfSquares ?? (isUnchanged ? 0 : undefined), histogram };
}
