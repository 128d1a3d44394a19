/**
 * `tributary-hub curation`: what waits for a decision, and decisions.
 *
 * @module
 */

import { type QueueItem, type QueuePage, TributaryError } from "@tributary/proto";
import { CurationService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Bilingual, Language } from "./io.ts";
import { table } from "./table.ts";

interface QueueOptions {
  readonly reason?: readonly string[];
  readonly center?: string;
  readonly order: string;
  readonly limit: string;
}

const MAX_PAGE = 500;

export async function curationListCommand(
  context: CommandContext,
  options: QueueOptions,
): Promise<void> {
  const limit = numberOf("--limit", options.limit);
  const items: QueueItem[] = [];
  let page: QueuePage;
  let pageToken = "";
  do {
    page = await callHub<QueuePage>(context, CurationService.method.listQueue, {
      reasons: options.reason ?? [],
      centerId: options.center ?? "",
      order: options.order,
      pageSize: Math.min(MAX_PAGE, limit - items.length),
      pageToken,
    });
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== "" && items.length < limit);
  const { language } = context.options;
  const { counts } = page;
  context.result({ items, counts }, () =>
    items.length === 0
      ? context.t({ en: "Nothing waits for a decision.", zh: "没有待处理事项。" })
      : table(
          HEAD[language],
          items.map((item) => rowOf(item, language)),
        ),
  );
  const waiting = counts.filter(({ count }) => count > 0);
  if (waiting.length > 0) {
    const list = waiting.map(({ reason, count }) => `${reasonText(reason, language)} ${count}`);
    context.say({
      en: `Waiting: ${list.join(", ")}. What ends one: tributary-hub curation show ID`,
      zh: `待处理：${list.join("，")}。查看处理办法：tributary-hub curation show 编号`,
    });
  }
}

export async function curationShowCommand(context: CommandContext, id: string): Promise<void> {
  const { items } = await callHub<QueuePage>(context, CurationService.method.listQueue, { id });
  const [item] = items;
  if (item === undefined) {
    throw new TributaryError("ERR_NOT_FOUND", `nothing with the id ${id} waits`, {
      messageZh: `没有编号为 ${id} 的待处理事项`,
    });
  }
  context.result(item, () => linesOf(item, context.options.language).join("\n"));
}

/** A number of the command line. @throws {TributaryError} `ERR_ARGUMENT_INVALID`. */
export function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new TributaryError("ERR_ARGUMENT_INVALID", `${name} is a number above 0, not ${text}`, {
    messageZh: `${name} 须为正整数，收到 ${text}`,
  });
}

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["reason", "value", "since", "id", "what"],
  zh: ["原因", "价值", "自", "编号", "内容"],
};

const REASONS: Readonly<Record<string, Bilingual>> = {
  approval: { en: "approval", zh: "待批准" },
  duplicate: { en: "duplicate", zh: "疑似重复" },
  quarantined: { en: "quarantined", zh: "被隔离" },
  paused: { en: "paused", zh: "已暂停" },
  objection: { en: "objection", zh: "异议" },
};

function reasonText(reason: string, language: Language): string {
  return REASONS[reason]?.[language] ?? reason;
}

function rowOf(item: QueueItem, language: Language): string[] {
  return [
    reasonText(item.reason, language),
    item.value.toFixed(2),
    new Date(item.sinceMs).toISOString().slice(0, 16),
    item.id,
    titleOf(item),
  ];
}

function titleOf({ record, records, detail }: QueueItem): string {
  const titles = [...(record === undefined ? [] : [record]), ...records].map(({ title }) => title);
  return titles.length === 0 ? detail : titles.join(" | ");
}

function linesOf(item: QueueItem, language: Language): string[] {
  const { record, records, link, detail, checkCode } = item;
  const all = [...(record === undefined ? [] : [record]), ...records];
  return [
    `${reasonText(item.reason, language)}  ${item.waitsFor[language]}`,
    ...all.map(({ urn, title, centerName }) => `  ${title}  ${centerName}  ${urn}`),
    ...(detail === "" ? [] : [`  ${detail}`]),
    ...(checkCode === "" ? [] : [`  ${checkCode}`]),
    ...(link === undefined ? [] : [`  ${language === "zh" ? link.textZh : link.text}`]),
    "",
    ...item.answers.map(({ text, command }) => `${command}   # ${text[language]}`),
  ];
}
