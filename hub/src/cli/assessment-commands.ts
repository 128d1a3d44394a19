/**
 * The commands under `tributary-hub assessment`.
 *
 * @module
 */

import { REVIEW_VERDICTS } from "@tributary/proto";
import { Argument, type Command } from "commander";
import {
  assessmentGradesCommand,
  assessmentListCommand,
  assessmentPublishCommand,
  assessmentShowCommand,
  assessmentTakeBackCommand,
} from "./assessment.ts";
import { benchmarksCommand, reviewCommand, selectCommand } from "./assessment-benchmarks.ts";
import type { RunCommand } from "./cli.ts";

export function addAssessmentCommands(program: Command, run: RunCommand): void {
  const assessment = program
    .command("assessment")
    .description("grades of centers, and what of them is published 分级评估");
  assessment
    .command("list")
    .description("how each center is assessed now 评估结果（未公布）")
    .action(run(assessmentListCommand));
  assessment
    .command("show <center>")
    .description("one center: each point with its evidence 单个中心的逐项依据")
    .action(run(assessmentShowCommand));
  assessment
    .command("publish <center>")
    .description("publish the grade of a center, after it was shown 公布等级")
    .requiredOption("--reason <text>", "why; everybody sees it 理由（公开）")
    .option("--digest <digest>", "only if it is still assessed as this digest says 仅当摘要未变时")
    .action(run(assessmentPublishCommand));
  assessment
    .command("grades")
    .description("grades that are published 已公布的等级")
    .option("--center <id>", "one center only 只看一个中心")
    .action(run(assessmentGradesCommand));
  assessment
    .command("benchmarks")
    .description("whose clients gained more than others', and reviews 标杆候选与评审")
    .option("--center <id>", "one center only 只看一个中心")
    .action(run(benchmarksCommand));
  assessment
    .command("review <center>")
    .description("review a candidate, in the place of your earlier review 专家评审")
    .addArgument(
      new Argument("<verdict>", "recommend or against 推荐或反对").choices(REVIEW_VERDICTS),
    )
    .requiredOption("--reason <text>", "why; everybody sees it 理由（公开）")
    .action(run(reviewCommand));
  assessment
    .command("select <center>")
    .description("select a candidate that experts recommend 选定标杆")
    .requiredOption("--reason <text>", "why; everybody sees it 理由（公开）")
    .action(run(selectCommand));
  assessment
    .command("take-back <position>")
    .description("take back what was published at a log position 撤回")
    .requiredOption("--reason <text>", "why; everybody sees it 理由（公开）")
    .action(run(assessmentTakeBackCommand));
}
