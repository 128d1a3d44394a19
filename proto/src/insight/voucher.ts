/**
 * Voucher programmes and what their users gained. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/voucher_service.proto
 * @module
 */

import { ListVouchersResponseSchema } from "../gen/tributary/v1/voucher_service_pb.ts";
import type { BucketRef } from "../match/answer.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { Coverage } from "../query/answer.ts";

/** A programme as its record says. */
export interface VoucherProgrammeView {
  readonly urn: string;
  readonly centerId: string;
  readonly centerName: string;
  readonly title: string;
  /** Code of GB/T 2260; empty where it does not say. */
  readonly province: string;
  readonly issued: number;
  /** Against an accepted engagement. */
  readonly redeemed: number;
  /** ISO 8601; empty where it does not say. */
  readonly validUntil: string;
}

/** A gain in points with its central 80 % interval; positive is better. To 0.1. */
export interface GainEstimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Measured engagements, by the shares of their buckets. */
  readonly engagements: number;
}

/** One effect: buckets hold both kinds of engagements and count on both sides, by their shares. */
export interface VoucherEffect {
  /** Vocabulary KPI. */
  readonly kpi: string;
  readonly withVoucher: GainEstimate;
  readonly withoutVoucher: GainEstimate;
}

/** What engagements with a voucher gained at one center. */
export interface VoucherEffects {
  readonly centerId: string;
  readonly centerName: string;
  /** Code of GB/T 2260; empty where it does not say. */
  readonly province: string;
  /** Engagements with a voucher, of all engagements in buckets that count. */
  readonly vouchers: number;
  readonly engagements: number;
  readonly effects: readonly VoucherEffect[];
  /** Sealed buckets that were counted: the first 20 of `bucketCount`. */
  readonly buckets: readonly BucketRef[];
  readonly bucketCount: number;
}

/** Programmes, and effects by center, both ascending. */
export interface VouchersAnswer {
  /** Name and version of the rule by which effects are computed. */
  readonly rule: string;
  /** Fewest enterprises of a bucket that counts, and of each side of an effect. */
  readonly minEnterprises: number;
  readonly programmes: readonly VoucherProgrammeView[];
  readonly effects: readonly VoucherEffects[];
  /** Ms since the epoch. */
  readonly computedAtMs: number;
  readonly coverage: Coverage;
}

/** Between vouchers and their message. */
export const vouchersAnswerCodec: Codec<VouchersAnswer, typeof ListVouchersResponseSchema> =
  completeCodec<VouchersAnswer, typeof ListVouchersResponseSchema>(ListVouchersResponseSchema);
