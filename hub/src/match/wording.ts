/**
 * Why a provider is where it is, in Chinese and English. Built from the shown numbers only, so that a sentence says no
 * more than its parts.
 *
 * @module
 */

import type {
  CountRange,
  MatchDemand,
  NotCounted,
  ScenarioEvidence,
  Sentence,
} from "@tributary/proto";
import { kpiOf, labelOf, type SchemeName } from "@tributary/proto/vocabulary";

/** What a sentence about a ranked provider is made of. */
export interface Reasons {
  readonly demand: MatchDemand;
  readonly evidence: readonly ScenarioEvidence[];
  readonly notCounted: readonly NotCounted[];
}

/** 「该服务商在 … 做过 …」; one part a scenario with evidence, then what was not counted and what is open. */
export function rankedSentence({ demand, evidence, notCounted }: Reasons): Sentence {
  const who = whoOf(demand);
  const parts = evidence.map((of) => scenarioPart(of, who));
  const open = demand.scenarios.filter((code) => !evidence.some((of) => of.scenario === code));
  const zh = [
    parts.map((part) => part.zh).join(""),
    notCounted.length === 0
      ? ""
      : `未计入：${notCounted.map(({ what, count }) => `${WHAT[what]?.zh ?? what} ${rangeZh(count)}`).join("、")}。`,
    open.length === 0 ? "" : `不确定之处：${open.map(scenarioZh).join("、")}证据不足。`,
  ];
  const en = [
    parts.map((part) => part.en).join(" "),
    notCounted.length === 0
      ? ""
      : `Not counted: ${notCounted.map(({ what, count }) => `${rangeEn(count)} ${WHAT[what]?.en ?? what}`).join(", ")}.`,
    open.length === 0
      ? ""
      : `Uncertain: too little evidence of ${open.map(scenarioEn).join(", ")}.`,
  ];
  return { zh: zh.join(""), en: en.filter((text) => text !== "").join(" ") };
}

/** For a provider that was drawn. */
export function chanceSentence(demand: MatchDemand): Sentence {
  return {
    zh: `证据较少：${demand.scenarios.map(scenarioZh).join("、")}尚无足够的可核验结果，此名次由每日抽签给出，让新服务商有机会被看到。`,
    en: `Little evidence: there are not enough verified outcomes of ${demand.scenarios.map(scenarioEn).join(", ")}; this place is given by a daily lot, so that new providers are seen.`,
  };
}

/** 「若不考虑地区，升至第 2 位」. */
export function counterfactualText(change: string, from: number, to: number): Sentence {
  const { zh, en } = CHANGES[change] as Sentence;
  return {
    zh: `${zh}，${to < from ? "升" : "降"}至第 ${to} 位`,
    en: `${en}, it would be at place ${to}`,
  };
}

const CHANGES: Readonly<Record<string, Sentence>> = {
  any_region: { zh: "若不考虑地区", en: "Without the region" },
  any_industry: { zh: "若不考虑行业", en: "Without the industry" },
  any_size: { zh: "若不考虑企业规模", en: "Without the size" },
  any_pains: { zh: "若不考虑痛点描述", en: "Without the description of pains" },
  outcome_only: { zh: "若只看成效", en: "By outcomes alone" },
  fit_doubled: { zh: "若匹配度权重加倍", en: "With twice the weight of fit" },
};

const WHAT: Readonly<Record<string, Sentence>> = {
  claimed_cases: { zh: "自述案例", en: "claimed cases" },
  self_reported_cases: { zh: "未经核验的案例", en: "cases that nobody verified" },
  unmeasured: { zh: "无结果的项目", en: "engagements without an outcome" },
};

function scenarioPart(of: ScenarioEvidence, who: Sentence): Sentence {
  const { kpi, measuredShare, engagements, comparable } = of;
  const centers = {
    zh: `${of.centers} 个中心`,
    en: `${of.centers} ${of.centers === 1 ? "center" : "centers"}`,
  };
  const zh = [
    `该服务商做过 ${rangeZh(engagements)} 家企业的${scenarioZh(of.scenario)}（与${who.zh}相比，全部证据折合 ${fixed(comparable)} 个可比案例），${percent(measuredShare)} 有核验结果`,
  ];
  const en = [
    `It did ${scenarioEn(of.scenario)} for ${rangeEn(engagements)} enterprises (compared with ${who.en}, all evidence comes to ${fixed(comparable)} comparable cases); ${percent(measuredShare)} have a verified outcome`,
  ];
  if (kpi !== undefined) {
    const effect = labelZhEn("kpi", kpi.kpi);
    const unit = unitOf(kpi.kpi);
    const isAbove = kpi.estimate >= kpi.usual;
    zh.push(
      `；${effect.zh}平均改善 ${points(kpi.observed, unit.zh)}，考虑样本量后估计 ${points(kpi.estimate, unit.zh)}（80 % 区间 ${fixed(kpi.low)} 至 ${fixed(kpi.high)}），${isAbove ? "不低于" : "低于"}该场景平均 ${points(kpi.usual, unit.zh)}`,
    );
    en.push(
      `; ${effect.en} improved by ${points(kpi.observed, unit.en)} on average, an estimated ${points(kpi.estimate, unit.en)} with the number of engagements considered (80 % interval ${fixed(kpi.low)} to ${fixed(kpi.high)}), ${isAbove ? "not below" : "below"} the scenario's mean of ${points(kpi.usual, unit.en)}`,
    );
  }
  zh.push(`。证据：${centers.zh}核验${of.ownOperator ? "，其中含中心运营方自身，减半计入" : ""}。`);
  en.push(
    `. Evidence: verified by ${centers.en}${of.ownOperator ? ", one of which is about its own operator and counts half" : ""}.`,
  );
  return { zh: zh.join(""), en: en.join("") };
}

/** Whom the demand describes. */
function whoOf({ industry, sizeBand, region }: MatchDemand): Sentence {
  const labels = [
    ...(industry === "" ? [] : [labelZhEn("industry", industry)]),
    ...(sizeBand === "" ? [] : [labelZhEn("sizeBand", sizeBand)]),
    ...(region === "" ? [] : [labelZhEn("region", region)]),
  ];
  if (labels.length === 0) return { zh: "任何企业", en: "any enterprise" };
  return {
    zh: `您（${labels.map(({ zh }) => zh).join("、")}）`,
    en: `yours (${labels.map(({ en }) => en).join(", ")})`,
  };
}

function labelZhEn(name: SchemeName, code: string): Sentence {
  return { zh: labelOf(name, code, "zh"), en: labelOf(name, code, "en") };
}

export function scenarioZh(code: string): string {
  return `「${labelOf("scenario", code, "zh")}」`;
}

export function scenarioEn(code: string): string {
  return `"${labelOf("scenario", code, "en")}"`;
}

/** Deltas are whole points of the effect's unit. */
function unitOf(kpi: string): Sentence {
  switch (kpiOf(kpi)?.unit) {
    case "pct":
      return { zh: "%", en: "%" };
    case "pp":
      return { zh: "个百分点", en: "percentage points" };
    default:
      return { zh: "点", en: "points" };
  }
}

function points(value: number, unit: string): string {
  return `${fixed(value)} ${unit}`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function rangeZh({ least, most }: CountRange): string {
  if (most === undefined) return `${least} 以上`;
  return least === most ? `${least}` : `${least} 至 ${most}`;
}

function rangeEn({ least, most }: CountRange): string {
  if (most === undefined) return `${least} or more`;
  return least === most ? `${least}` : `${least} to ${most}`;
}
