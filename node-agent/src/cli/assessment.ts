/**
 * `tributary-agent assessment`: how the hub assesses this center now, before anything is published.
 *
 * @module
 */

import type { Assessment, AssessmentsAnswer, Sentence } from "@tributary/proto";
import { TributaryError } from "@tributary/proto";
import { hubView } from "../start-hub.ts";
import type { CommandContext } from "./context.ts";
import { table } from "./table.ts";

export async function assessmentCommand(context: CommandContext): Promise<void> {
  const { io, options, t } = context;
  await using view = await hubView(options.folder, io.signal);
  const answer = await view.assessment(io.signal);
  const [assessment] = answer.assessments;
  if (assessment === undefined) {
    throw new TributaryError("ERR_UNAVAILABLE", "this center was not assessed yet; ask again", {
      messageZh: "尚未评估本中心，请稍后再试",
    });
  }
  context.result(answer, () => textOf(assessment, answer, t));
  context.say({
    en: `Rule ${answer.rule.version}, log size ${answer.coverage.logSize}. Only the operators of the hub and this center see it until a grade is published.`,
    zh: `规则 ${answer.rule.version}，日志 ${answer.coverage.logSize} 条。等级公布前只有枢纽运营方和本中心可见。`,
  });
}

function textOf(
  { because, indicators, peers, published }: Assessment,
  { rule }: AssessmentsAnswer,
  t: (text: Sentence) => string,
): string {
  const nameOf = (code: string) => {
    const name = rule.indicators.find((indicator) => indicator.code === code)?.name;
    return name === undefined ? code : t(name);
  };
  const head: readonly Sentence[] = [
    { en: "indicator", zh: "指标" },
    { en: "points", zh: "得分" },
    { en: "of", zh: "满分" },
    { en: "why", zh: "依据" },
  ];
  const rows = indicators.map((indicator) => [
    nameOf(indicator.code),
    indicator.judged ? indicator.points.toFixed(1) : "-",
    String(indicator.weight),
    t(indicator.because),
  ]);
  const lines = [t(because), table(head.map(t), rows)];
  const most = indicators
    .filter(({ judged, points, weight }) => judged && points < weight)
    .toSorted((a, b) => b.weight - b.points - (a.weight - a.points))
    .slice(0, 3);
  if (most.length > 0) {
    const names = most.map(
      ({ code, weight, points }) => `${nameOf(code)} +${(weight - points).toFixed(1)}`,
    );
    lines.push(
      t({ en: `Most to gain: ${names.join("; ")}`, zh: `提升空间最大：${names.join("；")}` }),
    );
  }
  if (peers !== undefined) {
    lines.push(
      t({
        en: `${peers.centers} centers of this type and tier: median ${peers.median}, quartiles ${peers.lowerQuartile} and ${peers.upperQuartile}`,
        zh: `同类型同层级 ${peers.centers} 个中心：中位数 ${peers.median}，四分位 ${peers.lowerQuartile} 与 ${peers.upperQuartile}`,
      }),
    );
  }
  if (published !== undefined) {
    const { grade, points, position, reason } = published;
    lines.push(
      t({
        en: `Published: ${grade} with ${points} points (log entry ${position}): ${reason}`,
        zh: `已公布：${grade} 级，${points} 分（日志第 ${position} 条）：${reason}`,
      }),
    );
  }
  return lines.join("\n");
}
