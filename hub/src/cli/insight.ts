/**
 * `tributary-hub insight activity`: which centers are active, slowing or dormant, and by which rule.
 *
 * @module
 */

import type { ActivityAnswer, ActivityRule, CenterActivity } from "@tributary/proto";
import { InsightService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Bilingual, Language } from "./io.ts";
import { table } from "./table.ts";

export async function insightActivityCommand(
  context: CommandContext,
  options: { readonly center?: string | undefined },
): Promise<void> {
  const { language } = context.options;
  const answer = await callHub<ActivityAnswer>(context, InsightService.method.listActivity, {
    centerId: options.center ?? "",
  });
  const { centers, rule } = answer;
  context.result(answer, () =>
    centers.length === 0
      ? context.t({ en: "No center is a member yet.", zh: "还没有成员中心。" })
      : table(
          HEAD[language],
          centers.map((center) => rowOf(center, language)),
        ),
  );
  context.say(ruleText(rule));
}

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["center", "name", "state", "kept", "new", "before", "shown", "releases", "because"],
  zh: ["中心", "名称", "状态", "履约", "新增", "此前", "展示", "成效发布", "依据"],
};

const STATES: Readonly<Record<string, Bilingual>> = {
  active: { en: "active", zh: "活跃" },
  slowing: { en: "slowing", zh: "放缓" },
  dormant: { en: "dormant", zh: "沉寂" },
};

function rowOf(center: CenterActivity, language: Language): string[] {
  const { state, because } = center;
  return [
    center.centerId,
    center.centerName,
    STATES[state]?.[language] ?? state,
    `${center.kept}/${center.promised}`,
    String(center.recent),
    String(center.before),
    String(center.live),
    String(center.releases),
    because.map((sentence) => sentence[language]).join("; "),
  ];
}

/** The rule in words, with its numbers. */
function ruleText(rule: ActivityRule): Bilingual {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return {
    en: [
      `Rule ${rule.version}. Dormant: no batch for more than ${rule.dormantAfterDays} days.`,
      `Slowing: none for more than ${rule.slowingAfterDays} days; or something new in fewer than ${percent(rule.minKeptShare)} of the last ${rule.periods} periods of ${rule.periodWeeks} weeks (from ${rule.minPeriods} on); or fewer records in ${rule.growthWeeks} weeks than ${percent(rule.minGrowthShare)} of those before (from ${rule.minBefore} on).`,
      "Otherwise active.",
    ].join(" "),
    zh: [
      `规则 ${rule.version}。沉寂：超过 ${rule.dormantAfterDays} 天没有发布。`,
      `放缓：超过 ${rule.slowingAfterDays} 天没有发布；或最近 ${rule.periods} 个周期（每期 ${rule.periodWeeks} 周，满 ${rule.minPeriods} 期起计）中有更新的不足 ${percent(rule.minKeptShare)}；或最近 ${rule.growthWeeks} 周记录不足此前同期的 ${percent(rule.minGrowthShare)}（此前满 ${rule.minBefore} 条起计）。`,
      "其余为活跃。",
    ].join(""),
  };
}
