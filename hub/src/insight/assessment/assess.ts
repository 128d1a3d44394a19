/**
 * Centers graded by the rule of their type, each point with where it comes from. A pure function of the catalog and of the
 * time, so that a center that asks before anything is published sees what the operators see.
 *
 * @module
 */

import {
  type Assessment,
  type IndicatorResult,
  type IndicatorRule,
  type PeerPoints,
  type Sentence,
  sha256Text,
  toHex,
} from "@tributary/proto";
import { labelOf } from "@tributary/proto/vocabulary";
import type { CenterProfile, Federation } from "../federation.ts";
import { type Figure, figuresOf } from "./figures.ts";
import { ASSESSMENT_RULE, type IndicatorCode } from "./rule.ts";

/** An assessment as it is computed: names of centers, and what was published, are added where it is asked for. */
export type ComputedAssessment = Omit<Assessment, "centerName" | "published">;

/** @param nowMs Ms since the epoch. @returns One for each center, in their order. */
export function assess(federation: Federation, nowMs: number): readonly ComputedAssessment[] {
  const assessed = federation.centers.map((center) => assessCenter(center, nowMs));
  const peers = Map.groupBy(
    assessed.filter(({ grade }) => grade !== ""),
    peerGroup,
  );
  return assessed.map((assessment) => {
    const group = assessment.grade === "" ? [] : (peers.get(peerGroup(assessment)) ?? []);
    return { ...assessment, peers: distribution(group.map(({ points }) => points)) };
  });
}

/** Centers are compared with those of their type and tier only. */
function peerGroup({ centerType, tier }: ComputedAssessment): string {
  return `${centerType}/${tier}`;
}

function assessCenter(center: CenterProfile, nowMs: number): ComputedAssessment {
  const { centerType = "", tier = "" } = center.body ?? {};
  const figures = figuresOf(center, nowMs);
  const indicators = ASSESSMENT_RULE.indicators.flatMap((rule) => {
    const held = rule.targets.find((target) => target.centerType === centerType);
    const figure = figures[rule.code as IndicatorCode];
    return held === undefined ? [] : [judge(rule, held, figure)];
  });
  const judged = indicators.filter((indicator) => indicator.judged);
  const weight = sum(judged.map((indicator) => indicator.weight));
  const total = sum(indicators.map((indicator) => indicator.weight));
  const earned = sum(judged.map((indicator) => indicator.points));
  const points = weight === 0 ? 0 : tenth((100 * earned) / weight);
  const completeness = total === 0 ? 0 : weight / total;
  const { grade, because } = gradeOf(centerType, points, completeness);
  const assessed = { centerType, tier, grade, because, points, completeness, indicators };
  return { centerId: center.id, ...assessed, digest: digestOf(center.id, assessed) };
}

type Held = IndicatorRule["targets"][number];

function judge(
  { code, unit, minOf }: IndicatorRule,
  { target, weight }: Held,
  figure: Figure,
): IndicatorResult {
  const { count, of } = figure;
  const isShare = unit === "share";
  const judged = !isShare || (of > 0 && of >= minOf);
  const value = isShare ? count / of : count;
  return {
    ...figure,
    code,
    judged,
    points: judged ? tenth(weight * Math.min(1, value / target)) : 0,
    weight,
    target,
    because: judged ? told(count, isShare ? of : undefined, target) : tooFew(of, minOf),
  };
}

function told(count: number, of: number | undefined, target: number): Sentence {
  if (of === undefined) {
    return { en: `${count}; all points from ${target} on`, zh: `${count}；满分线 ${target}` };
  }
  const percent = (value: number) => `${Math.round(1_000 * value) / 10} %`;
  const share = percent(count / of);
  return {
    en: `${count} of ${of} (${share}); all points from ${percent(target)} on`,
    zh: `${of} 中的 ${count}（${share}）；满分线 ${percent(target)}`,
  };
}

function tooFew(of: number, minOf: number): Sentence {
  return {
    en: `not judged: ${of} are fewer than ${minOf}; counts neither way`,
    zh: `不评：仅 ${of}，不足 ${minOf}，不计入总分`,
  };
}

function gradeOf(
  centerType: string,
  points: number,
  completeness: number,
): { readonly grade: string; readonly because: Sentence } {
  const { grades, minCompleteness, indicators } = ASSESSMENT_RULE;
  const isKnown = indicators.some(({ targets }) =>
    targets.some((target) => target.centerType === centerType),
  );
  if (!isKnown) {
    const because: Sentence = {
      en: "no grade: its own description names no type that the rule knows",
      zh: "暂不评级：机构信息未写明可评的中心类型",
    };
    return { grade: "", because };
  }
  if (completeness < minCompleteness) {
    const [is, least] = [completeness, minCompleteness].map((share) => Math.round(100 * share));
    const because: Sentence = {
      en: `no grade: ${is} % of the weight can be judged; ${least} % are needed`,
      zh: `暂不评级：可评权重 ${is} %，须达到 ${least} %`,
    };
    return { grade: "", because };
  }
  const reached = grades.find(({ minPoints }) => points >= minPoints) as (typeof grades)[number];
  const { grade, minPoints } = reached;
  const [zh, en] = [
    labelOf("assessmentGrade", grade, "zh"),
    labelOf("assessmentGrade", grade, "en"),
  ];
  const because: Sentence = {
    en: `${grade} (${en}): ${points} of 100 points; from ${minPoints} on`,
    zh: `${grade}（${zh}）：百分制 ${points} 分，${minPoints} 分起`,
  };
  return { grade, because };
}

/** Undefined where so few centers would tell what a single one has. */
function distribution(points: readonly number[]): PeerPoints | undefined {
  if (points.length < ASSESSMENT_RULE.minPeers) return undefined;
  const sorted = points.toSorted((a, b) => a - b);
  return {
    centers: sorted.length,
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
  };
}

/** Linear between the two nearest (Hyndman and Fan 1996, type 7); to 0.1. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return tenth(below + (at - Math.floor(at)) * (above - below));
}

/** Names all that a grade says, so that exactly what was looked at is published. */
function digestOf(
  centerId: string,
  assessed: Omit<ComputedAssessment, "centerId" | "digest" | "because" | "peers">,
): string {
  const { centerType, tier, grade, points, completeness, indicators } = assessed;
  const figures = indicators.map(({ code, count, of, points: earned }) => [
    code,
    count,
    of,
    earned,
  ]);
  const { version } = ASSESSMENT_RULE;
  return toHex(
    sha256Text(
      JSON.stringify([version, centerId, centerType, tier, grade, points, completeness, figures]),
    ),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}
