/**
 * What a running agent says to people.
 *
 * @module
 */

import type { Outcome } from "../publish/publisher.ts";
import type { Agent } from "../start.ts";
import type { SyncOutcome } from "../sync/sync-source.ts";
import type { CommandContext } from "./context.ts";

/** One line about a look at a source. */
export function passLine(
  { t }: CommandContext,
  sourceId: string,
  outcome: Exclude<SyncOutcome, { readonly type: "unchanged" }>,
): string {
  if (outcome.type === "complete") {
    const { rows, unchangedRows, badRows, added, updated, withdrawn, startedAtMs, endedAtMs } =
      outcome.result;
    const seconds = ((endedAtMs - startedAtMs) / 1000).toFixed(1);
    const mark = badRows === 0 ? "✔" : "!";
    return t({
      en: `${mark} ${sourceId}: ${rows} rows in ${seconds} s, ${added} new, ${updated} changed, ${withdrawn} withdrawn, ${unchangedRows} unchanged, ${badRows} bad`,
      zh: `${mark} ${sourceId}：${seconds} 秒读取 ${rows} 行，新增 ${added}、变更 ${updated}、撤回 ${withdrawn}、未变 ${unchangedRows}、问题 ${badRows}`,
    });
  }
  const trouble = outcome.type === "paused" ? outcome.pause : outcome.problem;
  const mark = outcome.type === "paused" ? "‖" : "✖";
  return t({
    en: `${mark} ${sourceId}: ${trouble.message} [${trouble.code}]`,
    zh: `${mark} ${sourceId}：${trouble.messageZh} [${trouble.code}]`,
  });
}

/** One line about publication. */
export function publicationLine(
  { t }: CommandContext,
  { memo, feed, hub }: Agent,
  outcome: Outcome | "working",
): string {
  const { membership, pause, connection } = memo.agent;
  switch (outcome) {
    case "published":
      return t({
        en: `✔ everything is published: ${feed.state.nextRecordSeq} records in ${feed.state.nextSeq} batches are in the log of ${hub.origin}`,
        zh: `✔ 全部已发布：${feed.state.nextSeq} 个批次、${feed.state.nextRecordSeq} 条记录已写入 ${hub.origin} 的日志`,
      });
    case "working":
      return t({ en: `✔ connected to ${hub.hub}`, zh: `✔ 已连接 ${hub.hub}` });
    case "not-a-member": {
      const reason = membership?.reason ? `: ${membership.reason}` : "";
      return membership?.state === "pending"
        ? t({
            en: "… waiting for the operator's approval; what was signed waits in the outbox",
            zh: "… 等待枢纽管理员批准；已签名的数据暂存于待发区",
          })
        : t({
            en: `✖ membership ${membership?.state}${reason}; the operator of the hub has to decide`,
            zh: `✖ 成员状态 ${membership?.state}${reason}；需枢纽管理员处理`,
          });
    }
    case "paused":
      return t({
        en: `‖ ${pause?.message} [${pause?.code}]`,
        zh: `‖ ${pause?.messageZh} [${pause?.code}]`,
      });
    case "unreachable":
      return t({
        en: `✖ ${connection?.message} [${connection?.code}]; ${feed.outbox.batches} batches wait in the outbox`,
        zh: `✖ ${connection?.messageZh} [${connection?.code}]；${feed.outbox.batches} 个批次在待发区等待`,
      });
  }
}

/** One line about outcomes that were released. */
export function releasesLine({ t }: CommandContext, count: number): string {
  return t({
    en: `✔ outcomes: ${count} releases signed; tributary-agent privacy ledger lists them`,
    zh: `✔ 成效：已签发 ${count} 期；tributary-agent privacy ledger 可查看`,
  });
}
