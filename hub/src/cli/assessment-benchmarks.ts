/**
 * `tributary-hub assessment benchmarks`, `review` and `select`: whose clients gained most, and whom experts recommend.
 *
 * @module
 */

import type { Benchmark, BenchmarkRule, BenchmarksAnswer } from "@tributary/proto";
import { AssessmentService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Bilingual, Language } from "./io.ts";
import { table } from "./table.ts";

export async function benchmarksCommand(
  context: CommandContext,
  { center = "" }: { readonly center?: string | undefined },
): Promise<void> {
  const { language } = context.options;
  const answer = await listed(context, center);
  context.result(answer, () =>
    answer.benchmarks.length === 0
      ? context.t({ en: "No center is a member yet.", zh: "还没有成员中心。" })
      : table(
          HEAD[language],
          answer.benchmarks.map((benchmark) => rowOf(benchmark, language)),
        ),
  );
  context.say(ruleText(answer.rule));
}

export async function reviewCommand(
  context: CommandContext,
  center: string,
  verdict: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const request = { centerId: center, verdict, reason };
  await decided(context, center, verdict, AssessmentService.method.reviewBenchmark, request);
}

/** Selects by the figures that it shows. */
export async function selectCommand(
  context: CommandContext,
  center: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const { benchmarks } = await listed(context, center);
  for (const { estimate } of benchmarks) {
    context.say({
      en: `${center}: ${estimate.because.en}`,
      zh: `${center}：${estimate.because.zh}`,
    });
  }
  const request = { centerId: center, digest: benchmarks[0]?.estimate.digest ?? "", reason };
  await decided(context, center, "select", AssessmentService.method.selectBenchmark, request);
}

async function decided(
  context: CommandContext,
  center: string,
  what: string,
  method: (typeof AssessmentService.method)["reviewBenchmark" | "selectBenchmark"],
  request: object,
): Promise<void> {
  const receipt = await callHub<{ readonly position: number }>(context, method, request);
  const { position } = receipt;
  const back = `tributary-hub assessment take-back ${position} --reason`;
  context.result(receipt, () =>
    context.t({
      en: `${center}: ${what} (log entry ${position}; to take it back: ${back} REASON)`,
      zh: `${center}：${what}（日志第 ${position} 条；撤回：${back} 理由）`,
    }),
  );
}

function listed(context: CommandContext, centerId: string): Promise<BenchmarksAnswer> {
  return callHub(context, AssessmentService.method.listBenchmarks, { centerId });
}

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["center", "name", "for", "against", "selected", "because"],
  zh: ["中心", "名称", "推荐", "反对", "已选定", "依据"],
};

function rowOf(
  { centerName, estimate, reviews, selected }: Benchmark,
  language: Language,
): string[] {
  const recommended = reviews.filter(({ verdict }) => verdict === "recommend").length;
  return [
    estimate.centerId,
    centerName,
    String(recommended),
    String(reviews.length - recommended),
    selected === undefined ? "" : String(selected.position),
    estimate.because[language],
  ];
}

/** The rule in words, with its numbers. */
function ruleText(rule: BenchmarkRule): Bilingual {
  const { version, quarters, minBuckets, minEngagements, minEnterprises, minReviews } = rule;
  const interval = Math.round(100 * rule.interval);
  return {
    en: `Rule ${version}: each bucket of ${minEnterprises} enterprises and more of the last ${quarters} quarters is compared with what other centers released of the same effect and family of scenarios; a candidate has ${minEngagements} engagements in ${minBuckets} buckets and an ${interval} % interval above 0. Selected is whom ${minReviews} experts or more reviewed and more recommend than advise against.`,
    zh: `规则 ${version}：最近 ${quarters} 个季度不少于 ${minEnterprises} 家企业的分组，逐一与其他中心同类场景同一指标比较；满 ${minEngagements} 个项目、${minBuckets} 组且 ${interval} % 区间在 0 以上的可入选。须有 ${minReviews} 位以上专家评审且推荐多于反对方可选定。`,
  };
}
