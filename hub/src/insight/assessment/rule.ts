/**
 * The rule by which centers are graded, as data: what is looked at, and what each type of center is held to.
 *
 * Weights and targets are this project's proposal, not a standard: the scoring tables of the provinces are not public. Two
 * targets follow the national rule for SME service platforms of 2017: 150 enterprises served and 8 activities a year.
 *
 * Rewarded is that effects were followed up, never how large they are: who reports a bad result loses nothing. Satisfaction
 * is left out, because it is excellent everywhere.
 *
 * @module
 */

import type { AssessmentRule, IndicatorRule, Sentence } from "@tributary/proto";
import { LEAST_ENTERPRISES } from "../../match/evidence-base.ts";

/** Complete quarters whose releases count. */
export const ENGAGEMENT_QUARTERS = 4;
/** Complete quarters of which {@link ENGAGEMENT_QUARTERS} should be released: the newest may still be under way. */
export const RELEASE_QUARTERS = 5;
/** Months in which an activity counts. */
export const ACTIVITY_MONTHS = 12;

/** Weight and target of each type. */
type Held = Readonly<
  Partial<
    Record<
      "region" | "industry" | "enterprise" | "support",
      readonly [weight: number, target: number]
    >
  >
>;

/** All types alike. */
const alike = (weight: number, target: number): Held => ({
  region: [weight, target],
  industry: [weight, target],
  enterprise: [weight, target],
  support: [weight, target],
});

/** Codes of the indicators, with how each is told and whom it is held against. */
const INDICATORS = {
  promises: share("something new in the periods promised", "承诺周期内有更新", 3, alike(10, 0.9)),
  description: share("own description complete", "机构信息完整", 1, alike(5, 1)),
  engagements: count("engagements with released outcomes, four quarters", "四个季度有成效的项目", {
    region: [20, 150],
    industry: [15, 80],
    enterprise: [15, 60],
    support: [10, 40],
  }),
  followed_up: share(
    "engagements whose effect was measured, good or bad",
    "测过效果的项目（无论好坏）",
    10,
    alike(15, 0.8),
  ),
  releases: count("quarters with a release of outcomes", "按季发布成效", alike(10, 4)),
  verified_cases: share(
    "finished cases verified by others than the provider",
    "经核验的完结案例",
    5,
    {
      region: [5, 0.6],
      industry: [10, 0.6],
      enterprise: [10, 0.6],
      support: [5, 0.6],
    },
  ),
  activities: count("trainings and events in twelve months", "十二个月内培训与活动", {
    region: [15, 8],
    industry: [5, 8],
    enterprise: [5, 4],
    support: [20, 12],
  }),
  demands: share("demands that were matched or closed", "已对接或办结的需求", 5, {
    region: [10, 0.6],
    industry: [5, 0.6],
    enterprise: [5, 0.6],
    support: [10, 0.6],
  }),
  identified: share("listed providers with a valid credit code", "信用代码有效的服务商", 5, {
    region: [5, 0.95],
    industry: [5, 0.95],
    enterprise: [5, 0.95],
    support: [10, 0.95],
  }),
  quality: share("records that were not quarantined", "未被隔离的记录", 20, alike(5, 0.98)),
  focus: share("engagements in the center's own industries", "本行业内的项目", 10, {
    industry: [15, 0.7],
  }),
  openness: share(
    "engagements by others than the center's operator",
    "由运营方以外的服务商承担的项目",
    10,
    { enterprise: [15, 0.3] },
  ),
} as const satisfies Record<string, Omit<IndicatorRule, "code">>;

/** Code of an indicator. */
export type IndicatorCode = keyof typeof INDICATORS;

/** The rule. A change of a number is a new version. */
export const ASSESSMENT_RULE: AssessmentRule = {
  version: "assessment/1",
  indicators: Object.entries(INDICATORS).map(([code, indicator]) => ({ code, ...indicator })),
  grades: [
    { grade: "A", minPoints: 85 },
    { grade: "B", minPoints: 70 },
    { grade: "C", minPoints: 50 },
    { grade: "D", minPoints: 0 },
  ],
  minCompleteness: 0.6,
  minPeers: 5,
  minEnterprises: LEAST_ENTERPRISES.members,
};

function share(en: string, zh: string, minOf: number, held: Held): Omit<IndicatorRule, "code"> {
  return { name: { zh, en }, unit: "share", minOf, targets: targetsOf(held) };
}

function count(en: string, zh: string, held: Held): Omit<IndicatorRule, "code"> {
  return { name: { zh, en } satisfies Sentence, unit: "count", minOf: 0, targets: targetsOf(held) };
}

function targetsOf(held: Held): IndicatorRule["targets"] {
  return Object.entries(held).map(([centerType, [weight, target]]) => ({
    centerType,
    target,
    weight,
  }));
}
