/**
 * Plans in words, in Chinese and English.
 *
 * @module
 */

import type { Assignment, Sentence } from "@tributary/proto";
import { scenarioEn, scenarioZh } from "./wording.ts";

const KINDS: Readonly<Record<string, Sentence>> = {
  best_value: { zh: "综合价值最高", en: "Best value" },
  fewest_providers: { zh: "服务商最少", en: "Fewest providers" },
  most_certain: { zh: "把握最大", en: "Most certain" },
};

/** 「综合价值最高：2 家服务商覆盖 3 个场景。…」. */
export function planSentence(
  kind: string,
  assignments: readonly Assignment[],
  providers: number,
): Sentence {
  const { zh, en } = KINDS[kind] as Sentence;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const zhParts = assignments.map(
    ({ scenario, name, success }) =>
      `${scenarioZh(scenario)}由${name}承担（优于该场景一般水平的可能性约 ${percent(success)}）`,
  );
  const enParts = assignments.map(
    ({ scenario, name, success }) =>
      `${scenarioEn(scenario)} by ${name} (better than half of its engagements with a probability of about ${percent(success)})`,
  );
  return {
    zh: `${zh}：${providers} 家服务商覆盖 ${assignments.length} 个场景。${zhParts.join("；")}。`,
    en: `${en}: ${providers} ${providers === 1 ? "provider covers" : "providers cover"} ${assignments.length} ${assignments.length === 1 ? "scenario" : "scenarios"}: ${enParts.join("; ")}.`,
  };
}

/** 「若总价值变化 0.03 以上，则改选 …」. @param margin Value of the plan above that of the next one; to 0.01. */
export function planChange(names: readonly string[], margin: number): Sentence {
  if (margin > 0) {
    return {
      zh: `次优组合：${names.join("、")}；各场景的估计合计变化超过 ${margin.toFixed(2)} 即会改选它。`,
      en: `Next best: ${names.join(", ")}; it would be chosen if the estimates changed by more than ${margin.toFixed(2)} in sum.`,
    };
  }
  return {
    zh: `次优组合：${names.join("、")}；其价值不低于本方案，按本方案的标准排在其后。`,
    en: `Next best: ${names.join(", ")}; its value is not below that of this plan, and it comes second by what this plan looks for.`,
  };
}
