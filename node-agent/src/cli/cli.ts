/**
 * The command line `tributary-agent`: one file a command, put together here.
 *
 * @module
 */

import { resolve } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { assessmentCommand } from "./assessment.ts";
import { backupCommand, restoreCommand } from "./backup.ts";
import { checkCommand } from "./check.ts";
import { type CommandContext, type CommonOptions, createContext, languageOf } from "./context.ts";
import { discoverCommand } from "./discover.ts";
import { doctorCommand } from "./doctor.ts";
import { exportCommand } from "./export.ts";
import { tellFailure } from "./failure.ts";
import { feedListCommand, feedRenewCommand, feedShowCommand, feedVerifyCommand } from "./feed.ts";
import { initCommand } from "./init.ts";
import { CommandExit, type CommandIo, EXIT, type ExitStatus } from "./io.ts";
import { joinCommand } from "./join.ts";
import { keysRotateCommand, keysShowCommand } from "./keys.ts";
import { leaveCommand } from "./leave.ts";
import { mapCommand } from "./map.ts";
import { mirrorCommand } from "./mirror.ts";
import { movedCommand } from "./moved.ts";
import { decisionsCommand, objectCommand } from "./object.ts";
import {
  privacyBackupCommand,
  privacyLedgerCommand,
  privacyPlanCommand,
  privacyRestoreCommand,
  privacyRetractCommand,
} from "./outcomes.ts";
import { pauseCommand, resumeCommand } from "./pause.ts";
import { previewCommand } from "./preview.ts";
import { privacyDecideCommand, privacyReviewCommand } from "./privacy.ts";
import { privacySheetCommand } from "./privacy-sheet.ts";
import { refusedCommand } from "./refused.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status.ts";
import { uiCommand } from "./ui.ts";
import { validateCommand } from "./validate.ts";
import { verifyMisbehaviourCommand } from "./verify-misbehaviour.ts";
import { agentVersion } from "./version.ts";

/** Runs a command. Never throws; never exits the process. */
export async function runCli(args: readonly string[], io: CommandIo): Promise<ExitStatus> {
  const program = createProgram(io);
  try {
    await program.parseAsync(args, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommandExit) return error.status;
    // Commander has told what is wrong; help and version are not errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return tellFailure(error, io, commonOptions(program, io));
  }
}

function createProgram(io: CommandIo): Command {
  const program = new Command("tributary-agent")
    .description(
      "Publishes what a center knows to a Tributary hub: maps rows, removes what must not leave, signs. 汇流代理。",
    )
    .version(agentVersion())
    .addOption(new Option("--folder <path>", "folder of the agent; default: here 代理目录"))
    .addOption(new Option("--json", "one JSON value a line on stdout 输出 JSON"))
    .addOption(
      new Option("--lang <language>", "zh or en; default: from LANG 语言").choices(["zh", "en"]),
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      `
Examples 示例:
  $ tributary-agent init my-agent
  $ tributary-agent join --folder my-agent < code.txt
  $ tributary-agent map providers.csv --accept --folder my-agent
  $ tributary-agent preview --folder my-agent
  $ tributary-agent run --folder my-agent

Exit status 退出码: 0 ok, 1 failed, 2 wrong usage, 3 bad rows (--strict), 4 not allowed, 5 not found,
6 conflict or paused, 69 hub unreachable, 75 try again later, 130 interrupted`,
    );

  /** Runs the command with its own arguments and options. */
  const run =
    <Args extends unknown[]>(
      command: (context: CommandContext, ...args: Args) => Promise<unknown>,
    ) =>
    async (...args: unknown[]) => {
      args.pop();
      await command(createContext(io, commonOptions(program, io)), ...(args as Args));
    };

  program
    .command("init [folder]")
    .description("make the folder of an agent 新建代理目录")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent init my-agent\n\nNext 下一步: tributary-agent join",
    )
    .action(run(initCommand));
  program
    .command("join")
    .description("join a hub; the code comes from stdin or a file 加入枢纽")
    .option("--code-file <path>", "file with the code; - is stdin 加入码文件")
    .option("--wait", "wait for the operator's decision 等待批准")
    .option("--again", "join once more with a new code 重新加入")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent join --wait < code.txt\n\nNext 下一步: tributary-agent discover",
    )
    .action(run(joinCommand));
  program
    .command("discover <path>")
    .description("list tables, columns and rows of a file, folder or database 查看数据源")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent discover ./报表\n\nNext 下一步: tributary-agent map",
    )
    .action(run(discoverCommand));
  program
    .command("map <path>")
    .description("write a mapping file from suggestions 生成映射文件")
    .option("--accept", "write what is suggested 直接采用建议")
    .option("--name <id>", "name of the mapping file, which names the source 映射名称")
    .option("--force", "replace a mapping file 覆盖已有映射")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent map providers.csv --accept\n\nNext 下一步: tributary-agent preview",
    )
    .action(run(mapCommand));
  program
    .command("ui")
    .description("mapping, preview, errors and what leaves, as a page on this machine 本机界面")
    .option("--port <number>", "port on 127.0.0.1; 0 takes a free one 端口", "0")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent ui --folder my-agent\n\nNext 下一步: open the address that is printed",
    )
    .action(run(uiCommand));
  program
    .command("validate")
    .description("check settings and mappings without opening anything 静态检查")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent validate\n\nNext 下一步: tributary-agent check",
    )
    .action(run(validateCommand));
  program
    .command("check")
    .description("check that sources can be read and the hub answers 连接检查")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent check\n\nNext 下一步: tributary-agent preview",
    )
    .action(run(checkCommand));
  program
    .command("preview [source]")
    .description("show what would leave, byte by byte; sends nothing 预览")
    .option("--rows <count>", "rows to show 行数", "20")
    .option("--bytes", "print the bytes of each body as hex 输出字节")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent preview providers\n\nNext 下一步: tributary-agent run",
    )
    .action(run(previewCommand));
  program
    .command("run")
    .description("synchronise and publish until stopped 运行")
    .option("--once", "synchronise and publish once, then end 只运行一次")
    .option("--strict", "with --once: exit status 3 if there are bad rows 有问题行则返回 3")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent run --once\n\nNext 下一步: tributary-agent status",
    )
    .action(run(runCommand));
  program
    .command("status")
    .description("what, since when, whose turn 状态")
    .addHelpText("after", "\nExample 示例:\n  $ tributary-agent status --json")
    .action(run(statusCommand));
  program
    .command("moved <address>")
    .description("the hub has another address: HOST:PORT 枢纽地址已变更")
    .action(run(movedCommand));
  program
    .command("decisions")
    .description("what the hub's operators decided about this center, and answers 涉及本中心的决定")
    .action(run(decisionsCommand));
  program
    .command("object <position>")
    .description("object to a decision, signed by the center's key 对决定提出异议")
    .requiredOption("--reason <text>", "why; the hub's operators and its log keep it 理由")
    .action(run(objectCommand));
  program
    .command("refused")
    .description("what the hub took and does not show, and why 未展示的记录及原因")
    .addHelpText("after", "\nExample 示例:\n  $ tributary-agent refused")
    .action(run(refusedCommand));
  program
    .command("assessment")
    .description("how the hub assesses this center now, and why 分级评估预览")
    .addHelpText("after", "\nExample 示例:\n  $ tributary-agent assessment --json")
    .action(run(assessmentCommand));
  program
    .command("pause [source]")
    .description("stop a source, or all publication 暂停")
    .option("--until <time>", "go on by itself at this time: 18:00 到时自动恢复")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent pause --until 18:00\n\nNext 下一步: tributary-agent resume",
    )
    .action(run(pauseCommand));
  program
    .command("resume [source]")
    .description("go on 恢复")
    .option("--accept-mass-change", "yes, this much is meant to vanish or change 确认大批量变更")
    .option(
      "--held <position>",
      "with it: of the snapshot that the hub holds back, as status shows it 确认枢纽暂留的快照",
    )
    .option("--reason <text>", "with --held: why; operators of the hub can read it 理由")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent resume providers --accept-mass-change\n  $ tributary-agent resume --accept-mass-change --held 4711",
    )
    .action(run(resumeCommand));

  const privacy = program
    .command("privacy")
    .description("texts about clients, and outcomes in sealed buckets 客户文本审批与成效发布");
  privacy
    .command("plan")
    .description(
      "what would leave at the next release of outcomes, and why the rest waits 下期成效",
    )
    .action(run(privacyPlanCommand));
  privacy
    .command("ledger")
    .description("what was released of outcomes; checks that it holds together 成效发布账本")
    .action(run(privacyLedgerCommand));
  privacy
    .command("sheet")
    .description("a page to sign: what leaves, how, to whom, how often 对外披露清单")
    .option("--out <file>", "file to write 输出文件", "disclosure.html")
    .action(run(privacySheetCommand));
  privacy
    .command("retract <bucket>")
    .description("take a bucket back as a whole, for good 整组撤回")
    .addOption(
      new Option("--reason <reason>", "why 原因").choices(["legal", "error"]).makeOptionMandatory(),
    )
    .action(run(privacyRetractCommand));
  privacy
    .command("backup <file>")
    .description("write the ledger and its secrets to a file 备份账本")
    .action(run(privacyBackupCommand));
  privacy
    .command("restore <file>")
    .description("put a backup in the place of the ledger; the agent must not run 恢复账本")
    .action(run(privacyRestoreCommand));
  privacy
    .command("review")
    .description("list what could name a client, and what waits 查看待审批文本")
    .option("--all", "also what was decided 包括已审批的")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent privacy review\n\nNext 下一步: tributary-agent privacy approve ID",
    )
    .action(run(privacyReviewCommand));
  for (const [name, verdict, text] of [
    ["approve", "approved", "let a text leave exactly as it is written 批准原文外发"],
    ["reject", "rejected", "keep the record of a text at the center 驳回，记录不外发"],
  ] as const) {
    privacy
      .command(`${name} <id>`)
      .description(text)
      .option("--by <name>", "who decides; default: the user of this system 审批人")
      .addHelpText(
        "after",
        `\nExample 示例:\n  $ tributary-agent privacy ${name} 0123456789ab --by 王敏`,
      )
      .action(
        run((context: CommandContext, id: string, { by }: { readonly by?: string }) =>
          privacyDecideCommand(context, id, { verdict, ...(by !== undefined && { by }) }),
        ),
      );
  }

  const feed = program.command("feed").description("look at the signed feed 发布序列");
  feed
    .command("list")
    .description("newest batches 最近批次")
    .option("--limit <count>", "how many 数量", "20")
    .action(run(feedListCommand));
  feed
    .command("show <batch>")
    .description("one batch with its receipt 查看批次")
    .action(run(feedShowCommand));
  feed
    .command("verify")
    .description("check all headers, signatures and receipts, offline 离线校验")
    .action(run(feedVerifyCommand));
  feed
    .command("renew")
    .description("publish everything once more in a new feed 重建发布序列")
    .option("--yes", "yes, do it 确认")
    .action(run(feedRenewCommand));

  const keys = program.command("keys").description("the keys that sign 签名密钥");
  keys
    .command("show")
    .description("public keys that others need, that of the witness too 查看公钥")
    .addHelpText("after", "\nExample 示例:\n  $ tributary-agent keys show")
    .action(run(keysShowCommand));
  keys
    .command("rotate")
    .description("sign with a new key from here on 更换签名密钥")
    .option(
      "--recovery <file>",
      "the recovery key permits it: the current key is lost or in wrong hands 用恢复密钥更换",
    )
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent keys rotate\n  $ tributary-agent keys rotate --recovery keys/recovery.jwk",
    )
    .action(run(keysRotateCommand));

  program
    .command("backup <file>")
    .description("settings, keys, decisions and ledger in one file, while it runs or not 备份")
    .addHelpText("after", "\nExample 示例:\n  $ tributary-agent backup /backups/agent-1")
    .action(run(backupCommand));
  program
    .command("restore <file>")
    .description("make an agent's folder of a backup 从备份恢复")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent restore /backups/agent-1 --folder my-agent-2",
    )
    .action(run(restoreCommand));
  program
    .command("export <folder>")
    .description("write all that the center has at the hub, in open formats 导出全部数据")
    .addHelpText("after", "\nExample 示例:\n  $ tributary-agent export ./backup-2026")
    .action(run(exportCommand));
  program
    .command("mirror")
    .description("keep a copy of the shared catalog, for the center's own website 目录镜像")
    .requiredOption("--to <folder>", "where it goes: catalog.sqlite 存放目录")
    .option("--kind <kinds...>", "only these kinds, for example provider case 只取这些类别")
    .option("--region <codes...>", "only these regions, GB/T 2260 只取这些地区")
    .option("--format <formats...>", "also json, csv 另存为")
    .option("--once", "end when it is whole 完成后退出")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent mirror --to ./catalog --kind provider case --region 36 --format json",
    )
    .action(run(mirrorCommand));
  program
    .command("leave")
    .description("export everything, and end the membership 导出数据并退出枢纽")
    .requiredOption("--export <folder>", "where the data go; a new folder 导出目录")
    .option("--confirm <center>", "the center's identifier: this is meant 确认：中心标识")
    .option("--keep-contents", "leave the signed contents in the hub's log 日志中保留内容")
    .option("--recovery <file>", "the recovery key permits it 用恢复密钥退出")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent leave --export ./jinling --confirm jinling",
    )
    .action(run(leaveCommand));

  program
    .command("verify-misbehaviour <file>")
    .description(
      "whether a hub signed statements that contradict each other, offline 离线核验枢纽违规证据",
    )
    .option("--vkey <key>", "the hub's key; default: of the hub that was joined 枢纽公钥")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent verify-misbehaviour reports/misbehaviour-fork-0123abcd.json",
    )
    .action(run(verifyMisbehaviourCommand));

  program
    .command("doctor")
    .description("twelve checks, each with what to do 诊断")
    .addHelpText(
      "after",
      "\nExample 示例:\n  $ tributary-agent doctor\n\nExit status 退出码: 0 all good, 1 warnings, 2 failures",
    )
    .action(run(doctorCommand));
  for (const command of program.commands) inherit(command, program);
  return program;
}

/** Global options may be written after the command too. */
function inherit(command: Command, program: Command): void {
  command.exitOverride().configureOutput(program.configureOutput()).showSuggestionAfterError();
  for (const option of program.options) {
    if (option.attributeName() !== "version") command.addOption(option);
  }
  for (const inner of command.commands) inherit(inner, program);
}

function commonOptions(program: Command, io: CommandIo): CommonOptions {
  const given: { folder?: string; json?: boolean; lang?: string } = {};
  for (const command of [program, ...descendants(program)]) {
    for (const [name, value] of Object.entries(command.opts())) {
      if (command.getOptionValueSource(name) === "cli") Object.assign(given, { [name]: value });
    }
  }
  return {
    folder: resolve(io.cwd, given.folder ?? "."),
    json: given.json ?? false,
    language: languageOf(given.lang, io.env),
  };
}

function descendants(command: Command): Command[] {
  return command.commands.flatMap((inner) => [inner, ...descendants(inner)]);
}
