/**
 * Whether a center is active, slowing or dormant: a rule with a version over what the log says, and its numbers with the
 * answer, so that a center can redo the sum.
 *
 * Only accepted batches count. That an agent's heartbeat was heard is no work, and no log holds it.
 *
 * @module
 */

import type { ActivityRule, CenterActivity, Sentence, WeekOfActivity } from "@tributary/proto";
import { weekOf } from "../catalog/activity-fact.ts";

/** The rule. A change of a number is a new version. */
export const ACTIVITY_RULE: ActivityRule = {
  version: "activity/1",
  /** A center promises something new in every period of so many weeks. */
  periodWeeks: 4,
  /** Periods that are looked at, the newest of which may still run. */
  periods: 6,
  /** Kept promises below this share are slowing; only with {@link minPeriods} periods. */
  minKeptShare: 0.5,
  minPeriods: 3,
  /** Days without a batch after which a center is slowing, and dormant. */
  slowingAfterDays: 28,
  dormantAfterDays: 84,
  /** Growth compares the records of so many weeks with as many before. */
  growthWeeks: 12,
  /** Fewer records than this share of those before are slowing; only with {@link minBefore} before. */
  minGrowthShare: 0.25,
  minBefore: 20,
};

/** A center as the log tells of it. */
export interface CenterHistory {
  /** When its membership was last decided; ms since the epoch. */
  readonly stateAtMs: number | undefined;
  readonly lastBatchAtMs: number | undefined;
  /** Ascending by week. */
  readonly weeks: readonly WeekOfActivity[];
}

/** What the rule makes of it. For an active center, `because` says what makes it active. */
export type ActivityJudgement = Pick<
  CenterActivity,
  "state" | "because" | "silentDays" | "promised" | "kept" | "recent" | "before"
>;

const DAY_MS = 86_400_000;

/** @param nowMs Ms since the epoch. */
export function judgeActivity(history: CenterHistory, nowMs: number): ActivityJudgement {
  const rule = ACTIVITY_RULE;
  const { weeks, stateAtMs, lastBatchAtMs } = history;
  const thisWeek = weekOf(nowMs);
  const heardMs = lastBatchAtMs ?? stateAtMs ?? nowMs;
  const silentDays = Math.max(0, Math.floor((nowMs - heardMs) / DAY_MS));
  const firstWeek = Math.min(
    weeks[0]?.week ?? Number.POSITIVE_INFINITY,
    stateAtMs === undefined ? Number.POSITIVE_INFINITY : weekOf(stateAtMs),
  );
  const lived = Math.floor((thisWeek - firstWeek + 1) / rule.periodWeeks);
  const promised = Number.isFinite(lived) ? Math.min(rule.periods, Math.max(0, lived)) : 0;
  const periods = weeks
    .map(({ week }) => Math.floor((thisWeek - week) / rule.periodWeeks))
    .filter((period) => period >= 0 && period < promised);
  const kept = new Set(periods).size;
  const recordsIn = (from: number, to: number) =>
    weeks.reduce((sum, { week, records }) => (week > from && week <= to ? sum + records : sum), 0);
  const recent = recordsIn(thisWeek - rule.growthWeeks, thisWeek);
  const before = recordsIn(thisWeek - 2 * rule.growthWeeks, thisWeek - rule.growthWeeks);
  const figures = { silentDays, promised, kept, recent, before };
  if (silentDays > rule.dormantAfterDays) {
    return { state: "dormant", ...figures, because: [silence(silentDays, rule.dormantAfterDays)] };
  }
  const because = slowingBecause(figures);
  if (because.length > 0) return { state: "slowing", ...figures, because };
  return { state: "active", ...figures, because: [work(figures)] };
}

type Figures = Omit<ActivityJudgement, "state" | "because">;

function slowingBecause({ silentDays, promised, kept, recent, before }: Figures): Sentence[] {
  const rule = ACTIVITY_RULE;
  const because: Sentence[] = [];
  if (silentDays > rule.slowingAfterDays) because.push(silence(silentDays, rule.slowingAfterDays));
  if (promised >= rule.minPeriods && kept < rule.minKeptShare * promised) {
    because.push({
      en: `something new in ${kept} of ${promised} periods of ${rule.periodWeeks} weeks; fewer than half`,
      zh: `最近 ${promised} 个周期（每期 ${rule.periodWeeks} 周）中只有 ${kept} 期有更新，不足一半`,
    });
  }
  if (before >= rule.minBefore && recent < rule.minGrowthShare * before) {
    because.push({
      en: `${recent} records in ${rule.growthWeeks} weeks after ${before} in the ${rule.growthWeeks} before; less than a quarter`,
      zh: `最近 ${rule.growthWeeks} 周 ${recent} 条记录，此前 ${rule.growthWeeks} 周 ${before} 条，不足四分之一`,
    });
  }
  return because;
}

function silence(days: number, limit: number): Sentence {
  return {
    en: `no batch for ${days} days; the limit is ${limit}`,
    zh: `已 ${days} 天没有发布（上限 ${limit} 天）`,
  };
}

function work({ silentDays, promised, kept }: Figures): Sentence {
  const { en, zh } = newest(silentDays);
  if (promised === 0) {
    return {
      en: `${en}; no promised period is over yet`,
      zh: `${zh}；第一个承诺周期尚未结束`,
    };
  }
  return {
    en: `${en}; ${kept} of ${promised} promised periods kept`,
    zh: `${zh}；${promised} 个承诺周期中履行 ${kept} 个`,
  };
}

function newest(days: number): Sentence {
  if (days === 0) return { en: "last batch less than a day ago", zh: "最近一天内有发布" };
  return {
    en: `last batch ${days} ${days === 1 ? "day" : "days"} ago`,
    zh: `最近一次发布在 ${days} 天前`,
  };
}
