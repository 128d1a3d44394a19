/**
 * `tributary-hub assessment`: how centers are graded, why, and what of it is published.
 *
 * @module
 */

import {
  type Assessment,
  type AssessmentRule,
  type AssessmentsAnswer,
  type GradeReceipt,
  type GradesAnswer,
  type IndicatorResult,
  type PublishedGrade,
  parseUrn,
  TributaryError,
} from "@tributary/proto";
import { labelOf } from "@tributary/proto/vocabulary";
import { AssessmentService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import { numberOf } from "./curation.ts";
import type { Bilingual, Language } from "./io.ts";
import { table } from "./table.ts";

export async function assessmentListCommand(context: CommandContext): Promise<void> {
  const { language } = context.options;
  const answer = await listed(context, "");
  context.result(answer, () =>
    answer.assessments.length === 0
      ? context.t({ en: "No center is a member yet.", zh: "还没有成员中心。" })
      : table(
          LIST_HEAD[language],
          answer.assessments.map((assessment) => listRow(assessment, language)),
        ),
  );
  context.say(ruleText(answer.rule));
}

export async function assessmentShowCommand(
  context: CommandContext,
  center: string,
): Promise<void> {
  const { language } = context.options;
  const answer = await listed(context, center);
  const assessment = onlyOf(answer, center);
  context.result(answer, () => assessmentText(assessment, answer.rule, language));
  context.say(ruleText(answer.rule));
}

export async function assessmentGradesCommand(
  context: CommandContext,
  { center = "" }: { readonly center?: string | undefined },
): Promise<void> {
  const { language } = context.options;
  const { method } = AssessmentService;
  const answer = await callHub<GradesAnswer>(context, method.listGrades, { centerId: center });
  context.result(answer, () =>
    answer.grades.length === 0
      ? context.t({ en: "No grade is published.", zh: "尚未公布等级。" })
      : table(GRADES_HEAD[language], answer.grades.map(gradeRow)),
  );
}

/** Without a digest it publishes what it shows. */
export async function assessmentPublishCommand(
  context: CommandContext,
  center: string,
  { reason, digest }: { readonly reason: string; readonly digest?: string | undefined },
): Promise<void> {
  const { language } = context.options;
  let seen = digest;
  if (seen === undefined) {
    const answer = await listed(context, center);
    const assessment = onlyOf(answer, center);
    const text = assessmentText(assessment, answer.rule, language);
    context.say({ en: text, zh: text });
    seen = assessment.digest;
  }
  const receipt = await callHub<GradeReceipt>(context, AssessmentService.method.publishGrade, {
    centerId: center,
    digest: seen,
    reason,
  });
  const { position, grade, points } = receipt;
  const back = `tributary-hub assessment take-back ${position} --reason`;
  context.result(receipt, () =>
    context.t({
      en: `${center}: ${grade} with ${points} points is published (log entry ${position}; to take it back: ${back} REASON)`,
      zh: `${center}：已公布 ${grade} 级，${points} 分（日志第 ${position} 条；撤回：${back} 理由）`,
    }),
  );
}

export async function assessmentTakeBackCommand(
  context: CommandContext,
  position: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const request = { position: numberOf("POSITION", position), reason };
  const { method } = AssessmentService;
  const taken = await callHub<{ readonly position: number }>(context, method.takeBack, request);
  context.result(taken, () =>
    context.t({
      en: `taken back: log entry ${taken.position}`,
      zh: `已撤回：日志第 ${taken.position} 条`,
    }),
  );
}

function listed(context: CommandContext, centerId: string): Promise<AssessmentsAnswer> {
  return callHub(context, AssessmentService.method.listAssessments, { centerId });
}

/** A center that joined after the newest computation is in the next one. */
function onlyOf({ assessments }: AssessmentsAnswer, center: string): Assessment {
  const [assessment] = assessments;
  if (assessment !== undefined) return assessment;
  throw new TributaryError("ERR_NOT_FOUND", `${center} was not assessed yet; ask again`, {
    messageZh: `尚未评估 ${center}，请稍后再试`,
  });
}

const LIST_HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["center", "name", "type", "tier", "grade", "points", "judged", "published"],
  zh: ["中心", "名称", "类型", "层级", "等级", "得分", "可评权重", "已公布"],
};

function listRow(assessment: Assessment, language: Language): string[] {
  const { centerType, tier, grade, points, completeness, published } = assessment;
  return [
    assessment.centerId,
    assessment.centerName,
    centerType === "" ? "" : labelOf("centerType", centerType, language),
    tier === "" ? "" : labelOf("centerTier", tier, language),
    grade || "-",
    points.toFixed(1),
    percent(completeness),
    published === undefined ? "" : `${published.grade} ${published.points.toFixed(1)}`,
  ];
}

const GRADES_HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["center", "name", "grade", "points", "judged", "rule", "entry", "who", "why"],
  zh: ["中心", "名称", "等级", "得分", "可评权重", "规则", "日志", "公布人", "理由"],
};

function gradeRow(grade: PublishedGrade): string[] {
  return [
    grade.centerId,
    grade.centerName,
    grade.grade,
    grade.points.toFixed(1),
    percent(grade.completeness),
    grade.rule,
    String(grade.position),
    grade.actor,
    grade.reason,
  ];
}

const SHOW_HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["indicator", "points", "of", "why", "evidence"],
  zh: ["指标", "得分", "满分", "依据", "证据"],
};

/** One assessment with each point and where it comes from. */
function assessmentText(
  assessment: Assessment,
  { indicators: rules }: AssessmentRule,
  language: Language,
): string {
  const { centerId, centerName, because, indicators, peers, digest, published } = assessment;
  const nameOf = (code: string) => rules.find((rule) => rule.code === code)?.name[language] ?? code;
  const rows = indicators.map((indicator) => [
    nameOf(indicator.code),
    indicator.judged ? indicator.points.toFixed(1) : "-",
    String(indicator.weight),
    indicator.because[language],
    evidenceText(indicator, language),
  ]);
  const lines: Bilingual[] = [];
  if (peers !== undefined) {
    const { centers, lowerQuartile, median, upperQuartile } = peers;
    lines.push({
      en: `${centers} centers of this type and tier: median ${median}, quartiles ${lowerQuartile} and ${upperQuartile}`,
      zh: `同类型同层级 ${centers} 个中心：中位数 ${median}，四分位 ${lowerQuartile} 与 ${upperQuartile}`,
    });
  }
  if (published !== undefined) {
    const { grade, points, position } = published;
    lines.push({
      en: `published: ${grade} with ${points} points (log entry ${position})`,
      zh: `已公布：${grade} 级，${points} 分（日志第 ${position} 条）`,
    });
  }
  lines.push({ en: `digest ${digest}`, zh: `摘要 ${digest}` });
  return [
    `${centerId}  ${centerName}  ${because[language]}`,
    table(SHOW_HEAD[language], rows),
    ...lines.map((line) => line[language]),
  ].join("\n");
}

/** Characters of a record's key in a table; `--json` has all of them. */
const MAX_KEY = 16;

/** How many records and buckets were counted, and the first of them. */
function evidenceText(
  { recordCount, records, bucketCount, buckets }: IndicatorResult,
  language: Language,
): string {
  const [record] = records;
  const [bucket] = buckets;
  const parts: string[] = [];
  if (record !== undefined) {
    const { kind, key } = parseUrn(record);
    const first = `${kind} ${key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}...` : key}`;
    parts.push({ en: `${recordCount}: ${first}`, zh: `${recordCount} 条：${first}` }[language]);
  }
  if (bucket !== undefined) {
    const first = `${bucket.release.key}/${bucket.bucketId.slice(0, 8)}`;
    parts.push(
      { en: `${bucketCount} buckets: ${first}`, zh: `${bucketCount} 个分组：${first}` }[language],
    );
  }
  return parts.join("; ");
}

/** The rule in words, with its numbers. */
function ruleText({
  version,
  grades,
  minCompleteness,
  minPeers,
  minEnterprises,
}: AssessmentRule): Bilingual {
  const cuts = grades.map(({ grade, minPoints }) => `${grade} ${minPoints}`).join(", ");
  return {
    en: `Rule ${version}: points are weight x min(1, figure / target); grades from ${cuts} points on; no grade where less than ${percent(minCompleteness)} of the weight can be judged. How large an effect is earns nothing; that it was measured does. Buckets of ${minEnterprises} enterprises and more count; peers are told from ${minPeers} centers on.`,
    zh: `规则 ${version}：得分 = 权重 × min(1, 数值 / 满分线)；等级分数线 ${cuts}；可评权重不足 ${percent(minCompleteness)} 的不评级。效果大小不计分，是否测量计分。只计不少于 ${minEnterprises} 家企业的分组；同类满 ${minPeers} 个中心才给出分布。`,
  };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
