/**
 * `tributary-hub insight overlap`: which centers do the same, and how they could divide the work.
 *
 * @module
 */

import {
  type OverlapAnswer,
  type OverlapPair,
  type OverlapRule,
  parseOverlapQuery,
  type ScenarioDivision,
} from "@tributary/proto";
import { labelOf } from "@tributary/proto/vocabulary";
import { InsightService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Bilingual, Language } from "./io.ts";
import { table } from "./table.ts";

export async function insightOverlapCommand(
  context: CommandContext,
  options: { readonly center?: string | undefined; readonly limit: string },
): Promise<void> {
  const { language } = context.options;
  const query = parseOverlapQuery({
    centerId: options.center ?? "",
    limit: Number(options.limit),
  });
  const answer = await callHub<OverlapAnswer>(context, InsightService.method.listOverlap, query);
  const { pairs, compared, significant, rule, coverage, documentsComplete } = answer;
  context.result(answer, () =>
    pairs.length === 0
      ? context.t({ en: "No two centers overlap.", zh: "没有重合的中心。" })
      : overlapText(pairs, language),
  );
  context.say({
    en: `${compared} pairs compared, ${significant} share more providers than chance explains; log size ${coverage.logSize}`,
    zh: `共比较 ${compared} 对，其中 ${significant} 对的共同服务商超出偶然；日志 ${coverage.logSize} 条`,
  });
  if (!documentsComplete) {
    context.say({
      en: "So many texts are alike that not all of them were compared: documents may be too low.",
      zh: "相似内容过多，未能全部比较：内容一项可能偏低。",
    });
  }
  context.say(ruleText(rule));
}

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["center", "center", "index", "providers", "shared", "by chance", "q", "niche", "documents"],
  zh: ["中心", "中心", "指数", "服务商", "共同", "偶然", "q", "业务", "内容"],
};

/** A table, and below it what the pairs could do. */
function overlapText(pairs: readonly OverlapPair[], language: Language): string {
  const lines = pairs.flatMap((pair) => [
    ...pair.actions.map(({ because }) => `${pair.centerA} / ${pair.centerB}: ${because[language]}`),
    ...pair.division.map((division) => `   ${divisionText(division, pair, language)}`),
  ]);
  const rows = pairs.map((pair) => rowOf(pair, language));
  return [table(HEAD[language], rows), ...lines].join("\n");
}

function rowOf(
  { providers, niche, documents, ...pair }: OverlapPair,
  language: Language,
): string[] {
  const few = { en: "not more than chance", zh: "不超出偶然" }[language];
  return [
    pair.centerA,
    pair.centerB,
    percent(pair.index),
    percent(providers?.share),
    providers === undefined ? "" : String(providers.shared),
    providers === undefined ? "" : providers.expected.toFixed(1),
    providers === undefined ? "" : providers.significant ? qText(providers.qValue) : few,
    percent(niche?.share),
    percent(documents?.share),
  ];
}

function divisionText(
  { scenario, engagementsA, engagementsB, lead }: ScenarioDivision,
  { centerA, centerB }: OverlapPair,
  language: Language,
): string {
  const both = { en: "both", zh: "双方" }[language];
  const name = labelOf("scenario", scenario, language);
  return `${scenario} ${name}: ${centerA} ${engagementsA}, ${centerB} ${engagementsB} -> ${lead || both}`;
}

function percent(share: number | undefined): string {
  return share === undefined ? "" : `${Math.round(share * 100)} %`;
}

function qText(value: number): string {
  return value < 1e-4 ? value.toExponential(0) : value.toFixed(4);
}

/** The rule in words, with its numbers. */
function ruleText(rule: OverlapRule): Bilingual {
  return {
    en: [
      `Rule ${rule.version}. Index: geometric mean of providers, niche and (1 + documents) / 2, as far as they are known.`,
      `Providers weigh the more the fewer centers list them; q <= ${rule.falseDiscoveryRate} is more than chance.`,
      `Niche from sealed buckets of at least ${rule.minEnterprises} enterprises.`,
      `Documents are alike from Jaccard ${rule.minJaccard} over pieces of ${rule.shingleCharacters} characters.`,
    ].join(" "),
    zh: [
      `规则 ${rule.version}。指数为服务商、业务、(1 + 内容) / 2 三项中已知各项的几何平均。`,
      `列出某服务商的中心越少，其权重越大；q 不超过 ${rule.falseDiscoveryRate} 即超出偶然。`,
      `业务取自不少于 ${rule.minEnterprises} 家企业的封存分组。`,
      `内容按 ${rule.shingleCharacters} 字片段比较，Jaccard 达 ${rule.minJaccard} 即视为相同。`,
    ].join(""),
  };
}
