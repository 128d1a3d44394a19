/**
 * How active centers are. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/insight_service.proto
 * @module
 */

import { ListActivityResponseSchema } from "../gen/tributary/v1/insight_service_pb.ts";
import type { Sentence } from "../match/answer.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { Coverage } from "../query/answer.ts";

/** The numbers of a rule. A rule with other numbers has another version. */
export interface ActivityRule {
  readonly version: string;
  /** Weeks in which something new is promised, and how many such periods are looked at. */
  readonly periodWeeks: number;
  readonly periods: number;
  /** Kept promises below this share are slowing, from {@link minPeriods} promised periods on. */
  readonly minKeptShare: number;
  readonly minPeriods: number;
  /** Days without a batch after which a center is slowing, and dormant. */
  readonly slowingAfterDays: number;
  readonly dormantAfterDays: number;
  /** Weeks whose records are compared with as many before. */
  readonly growthWeeks: number;
  /** Fewer records than this share of those before are slowing, from {@link minBefore} before on. */
  readonly minGrowthShare: number;
  readonly minBefore: number;
}

/** What was accepted in a week. */
export interface WeekOfActivity {
  /** Weeks since Monday, 5 January 1970, Beijing time. */
  readonly week: number;
  readonly batches: number;
  /** Records of those batches, withdrawals and refused ones included. */
  readonly records: number;
}

/** How active a center is. */
export interface CenterActivity {
  readonly centerId: string;
  readonly centerName: string;
  /** active, slowing or dormant. */
  readonly state: string;
  /** Conditions of the rule that hold, the gravest first. */
  readonly because: readonly Sentence[];
  /** Days since the newest batch; since the membership where there is none. */
  readonly silentDays: number;
  /** Periods in which something new was promised, and those in which a batch came. */
  readonly promised: number;
  readonly kept: number;
  /** Records received in the newest weeks of the rule, and in as many before. */
  readonly recent: number;
  readonly before: number;
  /** Records that are shown, and that are quarantined. */
  readonly live: number;
  readonly quarantined: number;
  /** Outcome releases that the log holds. */
  readonly releases: number;
  /** Ms since the epoch; absent before the first. */
  readonly lastBatchAtMs?: number | undefined;
  /** When the agent was last heard from; absent when not since the hub started. The rule does not use it. */
  readonly lastHeardAtMs?: number | undefined;
  /** Ascending: those of a year and the first of all; weeks without a batch are left out. */
  readonly weeks: readonly WeekOfActivity[];
}

/** Centers, ascending by identifier, and the rule by which they were judged. */
export interface ActivityAnswer {
  readonly rule: ActivityRule;
  readonly centers: readonly CenterActivity[];
  readonly coverage: Coverage;
}

/** Between activity and its message. */
export const activityAnswerCodec: Codec<ActivityAnswer, typeof ListActivityResponseSchema> =
  completeCodec<ActivityAnswer, typeof ListActivityResponseSchema>(ListActivityResponseSchema);
