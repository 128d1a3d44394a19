/**
 * `tributary-agent feed`: list, show, verify, renew.
 *
 * @module
 */

import type { FeedVerification } from "../feed/verify-feed.ts";
import { type CommandContext, timeText } from "./context.ts";
import type { FeedListAnswer, FeedShowAnswer } from "./feed-operations.ts";
import { CommandExit, EXIT } from "./io.ts";
import { operate } from "./operations.ts";
import { table } from "./table.ts";

export async function feedListCommand(
  context: CommandContext,
  { limit }: { readonly limit: string },
): Promise<void> {
  const answer = await operate<FeedListAnswer>(context, "feedList", { limit });
  const { t } = context;
  context.result(answer, () => {
    const head = [
      t({ en: "batch", zh: "批次" }),
      t({ en: "signed", zh: "签名时间" }),
      t({ en: "records", zh: "记录" }),
      t({ en: "snapshot", zh: "快照" }),
      t({ en: "in the log", zh: "日志位置" }),
      t({ en: "header", zh: "批次头" }),
    ];
    const rows = answer.batches.map((batch) => [
      batch.seq,
      timeText(batch.createdAtMs),
      String(batch.records),
      batch.snapshot === "none" ? "" : batch.snapshot,
      batch.position === undefined ? t({ en: "waits", zh: "等待中" }) : String(batch.position),
      batch.headerHash.slice(0, 16),
    ]);
    const feed = answer.feeds.at(-1);
    return `${t({ en: "feed", zh: "发布序列" })} ${feed?.id} (${feed?.ordinal}, ${feed?.reason})\n${table(head, rows)}`;
  });
}

export async function feedShowCommand(context: CommandContext, seq: string): Promise<void> {
  const answer = await operate<FeedShowAnswer>(context, "feedShow", { seq });
  context.result(answer, () =>
    [
      `batch    ${answer.seq}`,
      `signed   ${timeText(answer.createdAtMs)}`,
      `records  ${answer.records}`,
      `header   ${answer.headerHash}`,
      `root     ${answer.recordsRoot}`,
      `state    ${answer.state}${answer.position === undefined ? "" : `, position ${answer.position}`}`,
      `jws      ${answer.jws}`,
      ...(answer.keys ?? []).map((key) => `  ${key}`),
      ...(answer.receipt === undefined ? [] : ["", answer.receipt.trimEnd()]),
    ].join("\n"),
  );
}

export async function feedVerifyCommand(context: CommandContext): Promise<void> {
  const answer = await operate<
    Omit<FeedVerification, "records"> & { readonly records: string; readonly waiting: number }
  >(context, "feedVerify");
  const { batches, receipts, records, waiting, faults } = answer;
  context.result(answer, () =>
    [
      context.t({
        en: `${batches} batches with ${records} records; ${receipts} receipts verify, ${waiting} batches wait`,
        zh: `${batches} 个批次、${records} 条记录；${receipts} 份回执验证通过，${waiting} 个批次等待中`,
      }),
      ...faults.map(({ seq, code, message }) => `✖ ${seq}: ${message} [${code}]`),
    ].join("\n"),
  );
  if (faults.length > 0) throw new CommandExit(EXIT.failed);
}

export async function feedRenewCommand(
  context: CommandContext,
  { yes }: { readonly yes?: boolean },
): Promise<void> {
  if (!yes) {
    context.say({
      en: "A new feed publishes every record once more, and what it does not repeat is withdrawn when every source was read. To go on, add --yes.",
      zh: "新建发布序列会重新发布全部记录；全部数据源读取完成后，未重复发布的记录将被撤回。确认请加 --yes。",
    });
    throw new CommandExit(EXIT.usage);
  }
  const answer = await operate<{ readonly feed: string; readonly ordinal: number }>(
    context,
    "feedRenew",
  );
  context.result(answer, () =>
    context.t({ en: `new feed ${answer.feed}`, zh: `新发布序列 ${answer.feed}` }),
  );
}
