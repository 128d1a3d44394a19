/**
 * The commands under `tributary-hub curation`.
 *
 * @module
 */

import { QUEUE_REASONS } from "@tributary/proto";
import { type Command, Option } from "commander";
import type { RunCommand } from "./cli.ts";
import { collectionsCommand, featureCommand, unfeatureCommand } from "./collections.ts";
import type { CommandContext } from "./context.ts";
import { curationListCommand, curationShowCommand } from "./curation.ts";
import {
  DECISION_VERBS,
  type DecideOptions,
  decideCommand,
  decisionsCommand,
  declineCommand,
  PREVIEWED,
  undoCommand,
} from "./decide.ts";
import { termCommand, termsCommand } from "./terms.ts";

export function addCurationCommands(program: Command, run: RunCommand): void {
  const curation = program
    .command("curation")
    .description("what waits for a decision, and decisions 策展");
  curation
    .command("list")
    .description("what waits, most depends on first 待处理事项")
    .addOption(new Option("--reason <reasons...>", "only these 原因").choices(QUEUE_REASONS))
    .option("--center <id>", "only what concerns a center 只看一个中心")
    .addOption(
      new Option("--order <order>", "value or age 按价值或等待时间")
        .choices(["value", "age"])
        .default("value"),
    )
    .option("--limit <count>", "items to show 条数", "50")
    .action(run(curationListCommand));
  curation
    .command("show <id>")
    .description("one item: why it waits, what ends it 待处理事项详情")
    .action(run(curationShowCommand));
  for (const { verb, subjects, en, zh } of DECISION_VERBS) {
    const isPreviewed = PREVIEWED.has(verb);
    const command = curation
      .command(`${verb} ${isPreviewed ? "[urn...]" : subjects}`)
      .description(`${en} ${zh}`)
      .option("--reason <text>", "why; the centers concerned see it 理由（对相关中心可见）", "");
    if (isPreviewed) {
      command
        .option("--where <filters...>", "records by field=value, such as kind=case 按条件选择记录")
        .option("--dry-run", "say what it would change, and decide nothing 仅预览", false);
    }
    if (verb === "label" || verb === "unlabel") {
      command.requiredOption("--label <text>", "the label 标签");
    }
    command.action(
      run((context: CommandContext, names: string[], options: DecideOptions) =>
        decideCommand(context, verb, names, options),
      ),
    );
  }
  curation
    .command("undo <position>")
    .description("take back the decision at a log position, however many it is about 撤销决定")
    .option("--reason <text>", "why; the centers concerned see it 理由（对相关中心可见）", "")
    .action(run(undoCommand));
  curation
    .command("decline <objection>")
    .description("do not follow a center's objection; the decision stays 不采纳异议")
    .requiredOption("--reason <text>", "why; the center sees it 理由（该中心可见）")
    .action(run(declineCommand));
  addCollectionCommands(curation, run);
  addTermCommands(curation, run);
  curation
    .command("decisions")
    .description("what was decided, newest first 决定记录")
    .option("--subject <urn>", "only about this 只看一个对象")
    .option("--center <id>", "only what concerns a center 只看一个中心")
    .option("--limit <count>", "decisions to show; at most 500 条数", "50")
    .action(run(decisionsCommand));
}

function addCollectionCommands(curation: Command, run: RunCommand): void {
  curation
    .command("feature <id> <urn...>")
    .description("put records into a collection for everybody, in this order 推荐合集")
    .requiredOption("--name-zh <text>", "its name in Chinese 中文名称")
    .requiredOption("--name-en <text>", "its name in English 英文名称")
    .option("--text-zh <text>", "what it is about, in Chinese 中文说明", "")
    .option("--text-en <text>", "what it is about, in English 英文说明", "")
    .requiredOption("--reason <text>", "why; everybody can read it 理由（公开）")
    .action(run(featureCommand));
  curation
    .command("unfeature <id>")
    .description("end a collection 撤下合集")
    .requiredOption("--reason <text>", "why; everybody can read it 理由（公开）")
    .action(run(unfeatureCommand));
  curation
    .command("collections [id]")
    .description("collections, or the records of one 合集")
    .action(run(collectionsCommand));
}

function addTermCommands(curation: Command, run: RunCommand): void {
  curation
    .command("term <scheme> <code>")
    .description(
      "change or add a term of the vocabulary; a shared one without options is as shared again 改动或新增词条",
    )
    .option("--zh <text>", "its label in Chinese 中文标签", "")
    .option("--en <text>", "its label in English 英文标签", "")
    .option("--alias <words...>", "further words that it is found by 别名", [])
    .option("--into <code>", "the term that it is merged into 并入的词条", "")
    .option("--under <code>", "the wider term of a new one 新词条的上级")
    .option(
      "--deprecate [successor]",
      "not to be used any more, but the successor 停用（可指定后继）",
    )
    .option("--reason <text>", "why; all centers see it 理由（各中心可见）", "")
    .option("--dry-run", "say which records carry it, and decide nothing 仅预览", false)
    .action(run(termCommand));
  curation
    .command("terms")
    .description("terms that are changed or new 已改动和新增的词条")
    .option("--scheme <scheme>", "only of this scheme 只看一个词表")
    .action(run(termsCommand));
}
