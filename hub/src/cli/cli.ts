/**
 * The command line `tributary-hub`: one file a command, put together here.
 *
 * @module
 */

import { ROLES } from "@tributary/proto";
import { Command, CommanderError, Option } from "commander";
import { accountsInviteCommand, accountsListCommand, accountsRemoveCommand } from "./accounts.ts";
import { addAssessmentCommands } from "./assessment-commands.ts";
import { backupCommand } from "./backup.ts";
import { type CommandContext, createContext, type GlobalOptions } from "./context.ts";
import { addCurationCommands } from "./curation-commands.ts";
import { eraseCommand } from "./erase.ts";
import { tellFailure } from "./failure.ts";
import { fsckCommand } from "./fsck.ts";
import { healCommand } from "./heal.ts";
import { initCommand } from "./init.ts";
import { insightActivityCommand } from "./insight.ts";
import { insightMarketCommand } from "./insight-market.ts";
import { insightOverlapCommand } from "./insight-overlap.ts";
import { insightVouchersCommand } from "./insight-vouchers.ts";
import { inviteCommand } from "./invite.ts";
import {
  CommandExit,
  type CommandIo,
  type CommonOptions,
  EXIT,
  type ExitStatus,
  type Language,
} from "./io.ts";
import { keysCreateCommand, keysListCommand, keysRevokeCommand } from "./keys.ts";
import { logHeadCommand, logVerifyCommand } from "./log.ts";
import { logAuditCommand } from "./log-audit.ts";
import { matchCommand } from "./match.ts";
import { membersDecideCommand, membersListCommand } from "./members.ts";
import { natsSetupCommand } from "./nats.ts";
import { quarantineCommand } from "./quarantine.ts";
import { restoreCommand } from "./restore.ts";
import { searchCommand } from "./search.ts";
import { statusCommand } from "./status.ts";
import { upCommand } from "./up.ts";
import { hubVersion } from "./version.ts";
import { witnessAddCommand, witnessListCommand, witnessRemoveCommand } from "./witness.ts";

/** Makes a command into what Commander calls. */
export type RunCommand = <Args extends unknown[]>(
  command: (context: CommandContext, ...args: Args) => Promise<unknown>,
) => (...args: unknown[]) => Promise<void>;

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
  const program = new Command("tributary-hub")
    .description(
      "Runs a Tributary hub: verifies, logs and serves what centers publish. 运行汇流枢纽。",
    )
    .version(hubVersion())
    .addOption(new Option("--data <folder>", "data folder (TRIBUTARY_HUB_DATA) 数据目录"))
    .addOption(new Option("--json", "one JSON value on stdout 输出 JSON").default(false))
    .addOption(new Option("--lang <language>", "en or zh 语言").choices(["en", "zh"]))
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
  $ tributary-hub init --data ./hub
  $ tributary-hub up --data ./hub
  $ tributary-hub invite --data ./hub --center jinling --name 金陵转型中心
  $ tributary-hub members list --data ./hub`,
    );

  /** Runs the command with its own arguments and options; global ones may stand before or behind it. */
  const run: RunCommand =
    <Args extends unknown[]>(
      command: (context: CommandContext, ...args: Args) => Promise<unknown>,
    ) =>
    async (...args: unknown[]) => {
      args.pop();
      await command(createContext(io, commonOptions(program, io)), ...(args as Args));
    };

  program
    .command("init")
    .description("make a new hub in an empty folder 新建枢纽")
    .option("--origin <name>", "name of the hub's log, a host name and path you own 日志来源名")
    .action(run(initCommand));
  program
    .command("up")
    .description("run the hub 启动枢纽")
    .option("--grpc <host:port>", "gRPC address (default 127.0.0.1:7443)")
    .option("--web <host:port>", "web address (default 127.0.0.1:7080)")
    .option("--public <host:port>", "address that join codes name 对外地址")
    .option("--nats <urls>", "take batches over NATS too, nats://host:port,... 同时经 NATS 接收")
    .option("--init", "make the hub first if the folder does not exist 目录不存在时先新建")
    .option("--accept-restored", "take batches again after a restore 恢复备份后确认并继续接收")
    .action(run(upCommand));
  program
    .command("invite")
    .description("make a one-line join code for a center 生成加入码")
    .requiredOption("--center <id>", "identifier of the center 中心标识")
    .requiredOption("--name <name>", "name of the center 中心名称")
    .option("--valid-for <hours>", "hours until it ends; at most 168 有效小时数", "24")
    .option("--preapproved", "the join needs no further approval 无需再次批准", false)
    .action(run(inviteCommand));

  const members = program.command("members").description("list and decide about members 成员管理");
  members.command("list").description("list members 列出成员").action(run(membersListCommand));
  for (const [verb, state, zh] of [
    ["approve", "approved", "批准"],
    ["reject", "rejected", "拒绝"],
    ["suspend", "suspended", "暂停"],
    ["revoke", "revoked", "撤销"],
  ] as const) {
    const command = members
      .command(`${verb} <center>`)
      .description(`${verb} a member ${zh}成员`)
      .option("--reason <text>", "why; the center sees it 理由（对中心可见）", "");
    if (verb === "revoke") {
      command.option(
        "--from-position <position>",
        "also withdraw what the center published at and behind this log position 同时撤下该日志位置起的记录",
      );
    }
    command.action(
      run((context, center: string, options: { reason: string; fromPosition?: string }) =>
        membersDecideCommand(context, center, state, options),
      ),
    );
  }

  addCurationCommands(program, run);
  addAssessmentCommands(program, run);

  const accounts = program
    .command("accounts")
    .description("people who operate the hub on its page 运营人员账户");
  accounts
    .command("invite <name>")
    .description("make an account, or a new link and role for one 邀请，或重发链接、更改角色")
    .addOption(
      new Option("--role <role>", "what it may do 角色").choices(ROLES).makeOptionMandatory(),
    )
    .action(run(accountsInviteCommand));
  accounts.command("list").description("list accounts 列出账户").action(run(accountsListCommand));
  accounts
    .command("remove <name>")
    .description("end an account with its sessions 删除账户并结束其会话")
    .action(run(accountsRemoveCommand));
  const keys = program.command("keys").description("API keys of programs API 密钥");
  keys
    .command("create")
    .description("make a key and print it once 新建密钥，仅显示一次")
    .requiredOption("--name <text>", "what it is for 用途")
    .requiredOption(
      "--scope <scopes...>",
      "read, read:members, metrics, operate; several with spaces between 权限",
    )
    .option("--valid-for <days>", "days until it ends; at most 400 有效天数", "90")
    .action(run(keysCreateCommand));
  keys.command("list").description("list keys 列出密钥").action(run(keysListCommand));
  keys
    .command("revoke <id>")
    .description("end a key at once 立即撤销密钥")
    .action(run(keysRevokeCommand));

  const log = program.command("log").description("look at the log 查看日志");
  log
    .command("head")
    .description("print the newest checkpoint 最新检查点")
    .action(run(logHeadCommand));
  log
    .command("verify")
    .description("check the whole log against its checkpoint 校验日志")
    .action(run(logVerifyCommand));

  log
    .command("audit [url]")
    .description(
      "audit the public log of a hub, anywhere; default: the one that runs here 审计公开日志",
    )
    .option("--vkey <key>", "the hub's verifier key, from elsewhere than the hub 校验公钥")
    .option(
      "--policy <file>",
      "a C2SP tlog-policy: witnesses that have to have cosigned 要求的见证策略",
    )
    .option(
      "--records",
      "of a stopped hub here: rebuild the catalog and compare 重建目录并核对",
      false,
    )
    .option(
      "--summaries <count>",
      "with --records: how many epoch summaries, newest (default 10) 份数",
    )
    .action(run(logAuditCommand));

  const witness = program
    .command("witness")
    .description("centers that cosign checkpoints of the log 日志见证方");
  witness
    .command("add <center> <vkey>")
    .description("ask a member's agent to cosign, or give its new key 登记见证方或更换其公钥")
    .action(run(witnessAddCommand));
  witness
    .command("remove <center>")
    .description("do not ask it any more 移除见证方")
    .action(run(witnessRemoveCommand));
  witness
    .command("list")
    .description("who cosigns, and how far 列出见证方及进度")
    .action(run(witnessListCommand));

  const nats = program.command("nats").description("the NATS courier NATS 传输");
  nats
    .command("setup")
    .description("write the server's configuration, and make its streams 生成配置并建流")
    .option("--url <urls>", "make the streams on this server, nats://host:port,... 在此服务器建流")
    .option(
      "--node <nodes...>",
      "the servers: one name=host:port, or three or five name=host:port:clusterPort 服务器",
    )
    .option("--store <folder>", "folder of the streams on the server's machine 流存储目录")
    .option("--store-gib <count>", "disk for all streams of a server (default 32) 总量")
    .option("--stream-mib <count>", "disk for the stream of one center (default 64) 单中心配额")
    .option("--tls-cert <file>", "certificate on the server's machine, PEM 证书")
    .option("--tls-key <file>", "its key 私钥")
    .option("--synced", "sync every message; nats-server 2.10 or newer 每条消息落盘")
    .action(run(natsSetupCommand));

  program
    .command("backup <file>")
    .description("write the log to one file, while the hub runs or not 备份")
    .option("--with-key", "also the key that signs the log 含签名密钥", false)
    .action(run(backupCommand));
  program
    .command("restore <file>")
    .description("make a hub's folder of a backup, after a check of it 从备份恢复")
    .option("--key <file>", "copy of keys/checkpoint.jwk, if the backup has no key 密钥文件")
    .action(run(restoreCommand));
  program
    .command("fsck")
    .description("check everything in the data folder of a stopped hub 检查数据目录")
    .option("--rebuild", "make what is derived from the log anew 重建派生数据", false)
    .action(run(fsckCommand));
  program
    .command("heal")
    .description(
      "mend the log of a stopped hub, with what its agents keep 修复日志，并向代理取回丢失的批次",
    )
    .option("--dry-run", "only say what is damaged and how it would be mended 仅检查", false)
    .option("--wait <seconds>", "how long agents are waited for; at most 86400 等待秒数", "600")
    .option("--grpc <host:port>", "address at which agents reach the hub, as with up")
    .action(run(healCommand));
  program
    .command("search <words...>")
    .description("search the running hub 搜索")
    .option("--limit <count>", "hits to show 条数", "10")
    .action(run(searchCommand));
  program
    .command("quarantine")
    .description("what is not shown, and why 被隔离的记录及原因")
    .option("--center <id>", "of one center only 只看一个中心")
    .action(run(quarantineCommand));
  program
    .command("erase <urns...>")
    .description("take the contents of records out of the hub for good 抹除记录内容")
    .requiredOption("--reason <text>", "why; stays in the log 理由，保留在日志中")
    .option("--yes", "it cannot be undone 确认，不可撤销", false)
    .action(run(eraseCommand));
  program
    .command("match <demand.yaml>")
    .description("rank providers for a demand by published outcomes 按成效匹配服务商")
    .option("--limit <count>", "providers to show 个数", "10")
    .option("--plan", "also propose plans for its scenarios 并给出组合方案", false)
    .action(run(matchCommand));
  const insight = program
    .command("insight")
    .description("what the log tells about centers 中心洞察");
  insight
    .command("activity")
    .description("which centers are active, slowing or dormant, and why 中心活跃度及依据")
    .option("--center <id>", "one center only 只看一个中心")
    .action(run(insightActivityCommand));
  insight
    .command("overlap")
    .description("which centers do the same, and how they could divide it 中心重合度与分工建议")
    .option("--center <id>", "one center only 只看一个中心")
    .option("--limit <count>", "pairs to show 对数", "20")
    .action(run(insightOverlapCommand));
  insight
    .command("market")
    .description("what is demanded and who offers it, by sector or scenario 供需")
    .option("--by <topic>", "sector or scenario 行业或场景", "sector")
    .option("--province <code>", "one province only, as 360000 只看一个省")
    .action(run(insightMarketCommand));
  insight
    .command("vouchers")
    .description("vouchers issued and used, and what their users gained 转型券")
    .option("--province <code>", "one province only, as 360000 只看一个省")
    .action(run(insightVouchersCommand));
  program.command("status").description("how the hub is 枢纽状态").action(run(statusCommand));
  // Subcommands made above do not inherit these by themselves.
  for (const command of program.commands) inherit(command, program);
  return program;
}

/** Global options may be written after the command too. */
function inherit(command: Command, program: Command): void {
  command.exitOverride().configureOutput(program.configureOutput());
  for (const option of program.options) {
    if (option.attributeName() !== "version") command.addOption(option);
  }
  for (const inner of command.commands) inherit(inner, program);
}

function commonOptions(program: Command, io: CommandIo): GlobalOptions & CommonOptions {
  const given: { data?: string; json?: boolean; lang?: Language } = Object.assign(
    {},
    ...[program, ...descendants(program)].map(explicitOptions),
  );
  return {
    data: given.data,
    json: given.json ?? false,
    language: given.lang ?? languageOf(io.env),
  };
}

function descendants(command: Command): Command[] {
  return command.commands.flatMap((inner) => [inner, ...descendants(inner)]);
}

/** What was written on the command line, without defaults. */
function explicitOptions(command: Command): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === "cli"),
  );
}

function languageOf(env: CommandIo["env"]): "en" | "zh" {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return locale.toLowerCase().startsWith("zh") ? "zh" : "en";
}
