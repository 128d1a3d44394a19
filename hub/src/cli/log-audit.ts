/**
 * `tributary-hub log audit [URL]`: reads a hub's whole public log and checks it, as anybody can.
 *
 * @module
 */

import {
  auditLog,
  formatVkey,
  httpLogFiles,
  type LogAuditReport,
  parseVkey,
  parseWitnessPolicy,
  TributaryError,
  type TrustedLog,
  toHex,
} from "@tributary/proto";
import { readRunning } from "../adapters/data-folder.ts";
import { type CommandContext, folderOf, notRunning } from "./context.ts";
import { readInputFile } from "./input-file.ts";
import { CommandExit, EXIT } from "./io.ts";
import { logAuditRecordsCommand } from "./log-audit-records.ts";
import { table } from "./table.ts";

/** For one file; the log as a whole may take as long as it takes. */
const FILE_TIMEOUT_MS = 30_000;
/** Entries between two lines about the progress. */
const PROGRESS_ENTRIES = 100_000;

export async function logAuditCommand(
  context: CommandContext,
  url: string | undefined,
  options: {
    readonly vkey?: string;
    /** File with a C2SP tlog-policy. */
    readonly policy?: string;
    readonly records: boolean;
    readonly summaries?: string;
  },
): Promise<void> {
  if (options.records) {
    return logAuditRecordsCommand(context, countOf(options.summaries ?? "10"));
  }
  const { web, log } = await targetOf(context, url, options.vkey);
  const policy = options.policy && parseWitnessPolicy(await readInputFile(options.policy));
  const read = httpLogFiles(`${web.replace(/\/+$/, "")}/log`, (input, init) => {
    const deadline = AbortSignal.timeout(FILE_TIMEOUT_MS);
    const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    return fetch(input, { ...init, signal });
  });
  let told = 0;
  const report = await auditLog({
    log,
    read,
    ...(policy && { policy }),
    signal: context.io.signal,
    onProgress: (entries, size) => {
      if (entries - told < PROGRESS_ENTRIES) return;
      told = entries;
      context.say({ en: `${entries} of ${size} entries`, zh: `${size} 条中的 ${entries} 条` });
    },
  });
  const centers = report.centers.map(({ feedId, lastHash, ...head }) => ({
    ...head,
    feedId: toHex(feedId),
    lastHash: toHex(lastHash),
  }));
  context.result({ ...log, ...report, centers }, () => textOf(context, report));
  if (report.problems.length > 0) throw new CommandExit(EXIT.failed);
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new TributaryError("ERR_ARGUMENT_INVALID", `--summaries is 1 to 999999, not ${text}`, {
    messageZh: `--summaries 应为 1 到 999999，收到 ${text}`,
  });
}

/** The key never comes from the hub that is audited. */
async function targetOf(
  context: CommandContext,
  url: string | undefined,
  vkey: string | undefined,
): Promise<{ readonly web: string; readonly log: TrustedLog }> {
  if (url !== undefined) {
    if (vkey !== undefined) return { web: url, log: { origin: parseVkey(vkey).name, vkey } };
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      "the log of another hub is audited with its verifier key: --vkey KEY",
      { messageZh: "审计其他枢纽的日志需要其校验公钥：--vkey KEY" },
    );
  }
  const folder = await folderOf(context);
  const running = await readRunning(folder);
  if (running === undefined) throw notRunning(folder.path);
  const { origin, signingKey } = folder;
  const own = formatVkey(origin, signingKey.publicKey);
  return { web: `http://${running.web}`, log: { origin, vkey: vkey ?? own } };
}

function textOf({ t }: CommandContext, report: LogAuditReport): string {
  const { size, root, batches, records, centers, epoch, cosigned, problems } = report;
  return [
    t({
      en: `${size} entries, ${batches} batches, ${records} records; root ${root}`,
      zh: `${size} 条日志，${batches} 个批次，${records} 条记录；根 ${root}`,
    }),
    ...(cosigned === undefined ? [] : [cosignedLine(t, cosigned)]),
    epoch === undefined
      ? t({ en: "no epoch summary yet", zh: "尚无周期摘要" })
      : t({
          en: `epoch summary ${epoch.number} at ${epoch.position} covers ${epoch.logSize} entries`,
          zh: `周期摘要 ${epoch.number}（位置 ${epoch.position}）覆盖 ${epoch.logSize} 条日志`,
        }),
    table(
      [
        t({ en: "center", zh: "中心" }),
        t({ en: "batches of its feed", zh: "当前数据流批次" }),
        t({ en: "records accepted", zh: "已接收记录" }),
      ],
      centers.map(({ centerId, nextSeq, accepted }) => [
        centerId,
        String(nextSeq),
        String(accepted),
      ]),
    ),
    ...problems.map(({ position, problem }) => `✖ ${position ?? "-"}: ${problem}`),
    ...(problems.length === 0
      ? [
          t({
            en: "✔ the log is what its checkpoint signs, and its summaries tell what it says",
            zh: "✔ 日志与检查点一致，周期摘要与日志一致",
          }),
        ]
      : []),
  ].join("\n");
}

function cosignedLine(
  t: CommandContext["t"],
  cosigned: NonNullable<LogAuditReport["cosigned"]>,
): string {
  const names = cosigned.map(({ name, atMs }) => `${name} ${new Date(atMs).toISOString()}`);
  return t({
    en: `cosigned by ${names.join(", ") || "no witness of the policy"}`,
    zh: `联署：${names.join("、") || "策略中的见证方均未联署"}`,
  });
}
