/**
 * What is computed over the whole catalog now and then, and answered from what was computed last.
 *
 * @module
 */

import type { BenchmarkEstimate } from "@tributary/proto";
import type { ComputedAssessment } from "../insight/assessment/assess.ts";
import type { Market } from "../insight/market.ts";
import type { Overlap } from "../insight/overlap/overlap.ts";
import type { Vouchers } from "../insight/vouchers.ts";

/** One computation. */
export interface InsightSnapshot {
  readonly overlap: Overlap;
  readonly market: Market;
  /** One for each center, ascending by identifier; so are those below. */
  readonly assessments: readonly ComputedAssessment[];
  readonly benchmarks: readonly BenchmarkEstimate[];
  readonly vouchers: Vouchers;
  /** Log size that it rests on. */
  readonly position: number;
  /** Ms since the epoch. */
  readonly computedAtMs: number;
}

/** Safe to call concurrently. */
export interface Insights {
  /**
   * The newest computation; the first one is waited for. Rejects with the signal's reason when aborted, and with
   * `ERR_UNAVAILABLE`.
   */
  snapshot(signal: AbortSignal): Promise<InsightSnapshot>;
}
