/**
 * `tributary-hub insight market`: what is demanded and who offers it, by sector or scenario and by province.
 *
 * @module
 */

import {
  hierarchyLabelOf,
  type MarketAnswer,
  type MarketCell,
  parseMarketQuery,
  standardHierarchies,
} from "@tributary/proto";
import { labelOf } from "@tributary/proto/vocabulary";
import { InsightService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Language } from "./io.ts";
import { table } from "./table.ts";

export async function insightMarketCommand(
  context: CommandContext,
  options: { readonly by: string; readonly province?: string | undefined },
): Promise<void> {
  const { language } = context.options;
  const query = parseMarketQuery({ by: options.by, province: options.province ?? "" });
  const answer = await callHub<MarketAnswer>(context, InsightService.method.listMarket, query);
  const { cells, minEnterprises, rule, coverage } = answer;
  const nameOf = query.by === "scenario" ? scenarioName : sectorName;
  context.result(answer, () =>
    cells.length === 0
      ? context.t({ en: "Nothing is demanded or offered yet.", zh: "暂无供需数据。" })
      : table(
          HEAD[language],
          cells.map((cell) => rowOf(cell, nameOf(cell.topic, language), minEnterprises, language)),
        ),
  );
  context.say({
    en: `Rule ${rule}. Demands of fewer than ${minEnterprises} enterprises are not counted; engagements are those of sealed buckets of ${minEnterprises} and more. Concentration is 1 where one center does all. Log size ${coverage.logSize}.`,
    zh: `规则 ${rule}。不足 ${minEnterprises} 家企业的需求不计数；项目取自不少于 ${minEnterprises} 家企业的封存分组。集中度为 1 表示全由一个中心承担。日志 ${coverage.logSize} 条。`,
  });
}

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["topic", "province", "demands", "providers", "engagements", "centers", "concentration"],
  zh: ["类别", "省份", "需求", "服务商", "项目", "中心", "集中度"],
};

function rowOf(cell: MarketCell, topic: string, least: number, language: Language): string[] {
  const { province, demands, providers, engagements, centers, concentration } = cell;
  const unknown = { en: "unknown", zh: "未知" }[language];
  return [
    topic,
    province === "" ? unknown : labelOf("region", province, language),
    demands === undefined ? `< ${least}` : String(demands),
    String(providers),
    String(engagements),
    String(centers),
    concentration === undefined ? "" : concentration.toFixed(2),
  ];
}

function scenarioName(code: string, language: Language): string {
  const isFamily = standardHierarchies().familyOf(code) === undefined;
  return labelOf(isFamily ? "scenarioStage" : "scenario", code, language);
}

function sectorName(code: string, language: Language): string {
  return hierarchyLabelOf(code, language) ?? labelOf("industry", code, language);
}
