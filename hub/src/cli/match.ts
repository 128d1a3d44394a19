/**
 * `tributary-hub match demand.yaml`: asks the running hub who did this for an enterprise like the one in the file.
 *
 * @module
 */

import {
  type CountRange,
  type MatchAnswer,
  type MatchedProvider,
  type PlanAnswer,
  parseMatchQuery,
  type SolutionPlan,
  TributaryError,
} from "@tributary/proto";
import { MatchService } from "@tributary/proto/wire";
import { parse, YAMLParseError } from "yaml";
import { type CommandContext, callHub } from "./context.ts";
import { readInputFile } from "./input-file.ts";
import type { Language } from "./io.ts";
import { table } from "./table.ts";

export async function matchCommand(
  context: CommandContext,
  file: string,
  options: { readonly limit: string; readonly plan: boolean },
): Promise<void> {
  const { language } = context.options;
  const query = parseMatchQuery({ demand: await readDemand(file), limit: Number(options.limit) });
  const answer = await callHub<MatchAnswer>(context, MatchService.method.match, query);
  const { demand } = query;
  const plans = options.plan
    ? await callHub<PlanAnswer>(context, MatchService.method.plan, { demand })
    : undefined;
  context.result(plans === undefined ? answer : { ...answer, plans: plans.plans }, () =>
    [
      matchText(answer, language),
      ...(plans?.plans ?? []).map((plan) => planText(plan, language)),
    ].join("\n\n"),
  );
  const { ranked, unranked, coverage } = answer;
  context.say({
    en: `${ranked} ranked; ${unranked.length} more fit and have too little evidence; ${coverage.centersFresh} centers fresh, ${coverage.centersStale} stale; log size ${coverage.logSize}`,
    zh: `共 ${ranked} 家可排序；另有 ${unranked.length} 家匹配但证据不足；中心 ${coverage.centersFresh} 个正常、${coverage.centersStale} 个过期；日志 ${coverage.logSize} 条`,
  });
}

async function readDemand(file: string): Promise<unknown> {
  const text = await readInputFile(file);
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw new TributaryError("ERR_QUERY_INVALID", `${file} is not YAML: ${cause.message}`, {
      messageZh: `${file} 不是有效的 YAML：${cause.message}`,
      cause,
    });
  }
}

/** A table, and below it each provider's sentence. */
function matchText({ providers }: MatchAnswer, language: Language): string {
  if (providers.length === 0) {
    return { en: "No provider fits this demand yet.", zh: "暂无符合该需求的服务商。" }[language];
  }
  const head = {
    en: ["place", "provider", "engagements", "comparable", "estimate", "80 % interval", "mean"],
    zh: ["名次", "服务商", "项目", "可比", "估计", "80 % 区间", "场景平均"],
  }[language];
  const sentences = providers.map(({ place, because, counterfactuals }) =>
    [
      `${place}. ${because[language]}`,
      ...counterfactuals.map(({ text }) => `   ${text[language]}`),
    ].join("\n"),
  );
  return [
    table(
      head,
      providers.map((provider) => rowOf(provider, language)),
    ),
    ...sentences,
  ].join("\n");
}

function rowOf(provider: MatchedProvider, language: Language): string[] {
  const { place, name, standing, evidence } = provider;
  const chance = { en: "little evidence", zh: "证据较少" }[language];
  const [first] = evidence;
  const kpi = first?.kpi;
  return [
    String(place),
    standing === "chance" ? `${name} (${chance})` : name,
    first === undefined ? "" : rangeOf(first.engagements),
    first === undefined ? "" : first.comparable.toFixed(1),
    kpi === undefined ? "" : kpi.estimate.toFixed(1),
    kpi === undefined ? "" : `${kpi.low.toFixed(1)} … ${kpi.high.toFixed(1)}`,
    kpi === undefined ? "" : kpi.usual.toFixed(1),
  ];
}

function rangeOf({ least, most }: CountRange): string {
  if (most === undefined) return `${least}+`;
  return least === most ? String(least) : `${least}-${most}`;
}

function planText({ because, changes }: SolutionPlan, language: Language): string {
  return [because[language], ...changes.map((change) => `   ${change[language]}`)].join("\n");
}
