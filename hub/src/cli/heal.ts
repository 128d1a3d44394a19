/**
 * `tributary-hub heal`: mends the log of a stopped hub, and asks the agents for what only they have.
 *
 * @module
 */

import { randomBytes, systemClock, TributaryError } from "@tributary/proto";
import { createLogger } from "../adapters/logger.ts";
import { formatAddress, type HubConfig, readConfig } from "../config.ts";
import type { LostBatch } from "../log/salvage.ts";
import { startHealing } from "../start-heal.ts";
import { type CommandContext, folderOf } from "./context.ts";
import { type HealReport, healFolder } from "./heal-folder.ts";
import { CommandExit, EXIT } from "./io.ts";

interface HealCommandOptions {
  readonly dryRun: boolean;
  readonly wait: string;
  readonly grpc?: string;
}

const MAX_WAIT_S = 86_400;

export async function healCommand(
  context: CommandContext,
  options: HealCommandOptions,
): Promise<void> {
  const { io } = context;
  const waitMs = parseWait(options.wait) * 1000;
  const config = readConfig(io.env, { grpc: options.grpc, data: context.options.data });
  const folder = await folderOf(context);
  const report = await healFolder({
    folder,
    config,
    isDryRun: options.dryRun,
    clock: systemClock,
    signal: io.signal,
    reclaim: async (lost, logFolder) => {
      await using hub = await startHealing({
        folder,
        logFolder,
        lost,
        config,
        logger: createLogger(config.logLevel),
        clock: systemClock,
        random: randomBytes,
        onAnswer: (batch, isBack) => tellAnswer(context, batch, isBack),
      });
      tellWaiting(context, config, formatAddress(hub.grpc), lost);
      await firstOf(hub.reclaim.settled, waitMs, io.signal);
    },
  });
  tell(context, report, options.dryRun);
  if (options.dryRun && report.problems.length > 0) throw new CommandExit(EXIT.failed);
  if (report.missing.length > 0) throw new CommandExit(EXIT.partial);
}

/** Whatever comes first: the end of the work, of the time, or of the user's patience. */
async function firstOf(work: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const over = systemClock.sleep(ms, AbortSignal.any([done.signal, signal])).catch(() => undefined);
  await Promise.race([work, over]);
  done.abort();
}

function parseWait(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,5}$/.test(text) && seconds <= MAX_WAIT_S) return seconds;
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `--wait takes whole seconds up to ${MAX_WAIT_S}, not ${text}`,
    {
      messageZh: `--wait 为整秒数，最大 ${MAX_WAIT_S}，收到 ${text}`,
      details: { limitName: "wait_seconds", limitValue: MAX_WAIT_S },
    },
  );
}

function tellWaiting(
  context: CommandContext,
  config: HubConfig,
  address: string,
  lost: readonly LostBatch[],
): void {
  const centers = [...new Set(lost.map(({ header }) => header.centerId))].sort().join(", ");
  context.say({
    en: `The records of ${lost.length} batches are lost. Waiting on ${address} for the agents of ${centers} (Ctrl-C ends the wait)`,
    zh: `${lost.length} 个批次的记录已丢失，正在 ${address} 等待代理连接：${centers}（Ctrl-C 结束等待）`,
  });
  if (config.natsServers.length > 0) {
    context.say({
      en: "! Agents that connect over NATS only are not reached: batches come back over gRPC",
      zh: "! 仅使用 NATS 的代理无法取回：批次只能经 gRPC 归还",
    });
  }
}

function tellAnswer(context: CommandContext, { header }: LostBatch, isBack: boolean): void {
  const { centerId, seq } = header;
  context.say(
    isBack
      ? { en: `  ${centerId}: batch ${seq} is back`, zh: `  ${centerId}：批次 ${seq} 已取回` }
      : {
          en: `  ${centerId}: its agent does not have batch ${seq} any more`,
          zh: `  ${centerId}：其代理已不再保留批次 ${seq}`,
        },
  );
}

function tell(context: CommandContext, report: HealReport, isDryRun: boolean): void {
  const { size, problems, entries, receipts, lost, missing, damagedFolder, isHeld } = report;
  const returned = isDryRun ? 0 : lost.length - missing.length;
  const value = {
    size,
    dryRun: isDryRun,
    healed: missing.length === 0 && (!isDryRun || problems.length === 0),
    problems,
    entriesFromReceipts: entries,
    receiptsMade: receipts,
    lost: lost.length,
    returned,
    missing: missing.map(({ position, header: { centerId, seq } }) => ({
      position,
      center: centerId,
      seq: String(seq),
    })),
    damagedFolder: damagedFolder ?? null,
    held: isHeld,
  };
  context.result(value, () => textOf(context, report, isDryRun, returned));
  if (missing.length > 0 && !isDryRun) tellMissing(context, missing);
  if (isHeld && damagedFolder !== undefined) tellHeld(context, size);
}

function textOf(
  { t }: CommandContext,
  { size, problems, entries, receipts, lost, missing, damagedFolder }: HealReport,
  isDryRun: boolean,
  returned: number,
): string {
  if (problems.length === 0) {
    return t({
      en: `✔ ${size} entries; nothing is damaged`,
      zh: `✔ ${size} 条日志，没有损坏`,
    });
  }
  const lines = problems.map(({ position, problem }) => `✖ ${position ?? "-"}: ${problem}`);
  lines.push(
    t({
      en: `${size} entries; from their receipts: ${entries}; receipts made anew: ${receipts}; batches without records: ${lost.length}`,
      zh: `共 ${size} 条日志；由回执恢复 ${entries} 条；重制回执 ${receipts} 条；缺少记录的批次 ${lost.length} 个`,
    }),
  );
  if (isDryRun) {
    lines.push(
      ...lost.map(({ position, header: { centerId, seq } }) =>
        t({
          en: `  entry ${position}: batch ${seq}, which ${centerId} would be asked for`,
          zh: `  第 ${position} 条：批次 ${seq}，将向 ${centerId} 取回`,
        }),
      ),
      t({ en: "Nothing was changed.", zh: "未作任何更改。" }),
    );
    return lines.join("\n");
  }
  if (lost.length > 0) {
    lines.push(
      t({
        en: `given back by their agents: ${returned}; still missing: ${missing.length}`,
        zh: `已由代理归还 ${returned} 个，仍缺 ${missing.length} 个`,
      }),
    );
  }
  lines.push(
    t({
      en: `✔ The log has the root that was signed. The damaged one is in ${damagedFolder}; delete it when all is well. Catalog and index are made anew by the next start.`,
      zh: `✔ 日志与已签署的根一致。损坏的日志保存在 ${damagedFolder}，确认无误后可删除。下次启动时将重建目录与索引。`,
    }),
  );
  return lines.join("\n");
}

function tellMissing({ say }: CommandContext, missing: readonly LostBatch[]): void {
  const centers = [...new Set(missing.map(({ header }) => header.centerId))].sort().join(", ");
  say({
    en: `! Records of ${missing.length} batches are still missing and count as quarantined. Run heal again when the agents of ${centers} are online. If they do not have them any more: tributary-agent feed renew, at the center, publishes everything that is current once more; older versions stay lost.`,
    zh: `! 仍缺 ${missing.length} 个批次的记录，暂计为隔离。待 ${centers} 的代理在线后请再次运行 heal。若代理已不再保留，请由该中心运行 tributary-agent feed renew 重新发布现有记录；旧版本无法找回。`,
  });
}

function tellHeld({ say }: CommandContext, size: number): void {
  say({
    en: `! No copy of the published checkpoint was readable, so nobody here knows whether one larger than ${size} was published. The hub takes nothing until you accept this state: see "Backup and restore" in its README, then start it with --accept-restored.`,
    zh: `! 已发布检查点的副本均不可读，无法确定是否发布过大于 ${size} 的检查点。在您确认之前枢纽不接收任何内容：请参阅 README“Backup and restore”，再以 --accept-restored 启动。`,
  });
}
