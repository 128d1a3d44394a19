/**
 * `tributary-hub curation hide` and its like: decisions, each an entry of the log.
 *
 * @module
 */

import {
  type DecisionPage,
  type DecisionPreview,
  type DecisionReceipt,
  type DecisionVerb,
  type DecisionView,
  type FieldFilter,
  TributaryError,
  type UndoReceipt,
} from "@tributary/proto";
import { CurationService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import { numberOf } from "./curation.ts";
import type { Bilingual, Language } from "./io.ts";
import { table } from "./table.ts";

/** Verbs, what they are about and what they do. */
export const DECISION_VERBS: readonly ({
  readonly verb: DecisionVerb;
  readonly subjects: "<urn...>" | "<center...>";
} & Bilingual)[] = [
  { verb: "approve", subjects: "<urn...>", en: "show records that wait for it", zh: "批准展示" },
  { verb: "hide", subjects: "<urn...>", en: "do not show records", zh: "隐藏记录" },
  { verb: "unhide", subjects: "<urn...>", en: "show hidden records again", zh: "取消隐藏" },
  {
    verb: "acknowledge",
    subjects: "<urn...>",
    en: "seen: leaves the queue until the next revision",
    zh: "确认知悉，重发前不再列出",
  },
  { verb: "merge", subjects: "<urn...>", en: "records are one provider", zh: "认定为同一家" },
  { verb: "split", subjects: "<urn...>", en: "the first is none of the others", zh: "认定为不同" },
  { verb: "relate", subjects: "<urn...>", en: "they belong together", zh: "认定为关联单位" },
  { verb: "label", subjects: "<urn...>", en: "give records a label", zh: "加标签" },
  { verb: "unlabel", subjects: "<urn...>", en: "take a label away", zh: "去标签" },
  { verb: "pause", subjects: "<center...>", en: "close feeds of centers", zh: "暂停中心的发布" },
  { verb: "release", subjects: "<center...>", en: "open paused feeds", zh: "解除暂停" },
];

/** Verbs about single records: they can be previewed, and choose their records by filters. */
export const PREVIEWED: ReadonlySet<string> = new Set<DecisionVerb>([
  "approve",
  "hide",
  "unhide",
  "acknowledge",
  "label",
  "unlabel",
]);

/** Options of a decision. */
export interface DecideOptions {
  readonly reason: string;
  readonly label?: string;
  /** `field=value`; values of one field are alternatives. */
  readonly where?: readonly string[];
  readonly dryRun?: boolean;
}

export async function decideCommand(
  context: CommandContext,
  verb: string,
  names: readonly string[],
  { reason, label = "", where = [], dryRun = false }: DecideOptions,
): Promise<void> {
  if (names.length > 0 && where.length > 0) {
    throw new TributaryError("ERR_ARGUMENT_INVALID", "name records or use --where, not both", {
      messageZh: "请指定记录或使用 --where，二者只能选一",
    });
  }
  // A center may be named by its identifier alone; the hub refuses what is neither.
  let subjects = names.map((name) => (name.startsWith("urn:") ? name : `urn:dth:${name}`));
  const decision = { action: verb, argument: label };
  if (dryRun || where.length > 0) {
    const request = { ...decision, subjects, filters: filtersOf(where) };
    const { method } = CurationService;
    const preview = await callHub<DecisionPreview>(context, method.preview, request);
    if (dryRun || preview.subjects.length === 0) {
      const { language } = context.options;
      context.result(preview, () => previewLines(preview, language).join("\n"));
      return;
    }
    subjects = [...preview.subjects];
  }
  const decided = await callHub<DecisionReceipt>(context, CurationService.method.decide, {
    ...decision,
    subjects,
    reason,
  });
  context.result({ action: verb, subjects, ...decided }, () =>
    context.t({
      en: `${verb}: decided about ${subjects.length} (log entry ${decided.position}; to take it back: tributary-hub curation undo ${decided.position} --reason REASON)`,
      zh: `${verb}：已对 ${subjects.length} 个对象作出决定（日志第 ${decided.position} 条；撤销：tributary-hub curation undo ${decided.position} --reason 理由）`,
    }),
  );
}

export async function undoCommand(
  context: CommandContext,
  position: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const request = { position: numberOf("POSITION", position), reason };
  const undone = await callHub<UndoReceipt>(context, CurationService.method.undo, request);
  context.result(undone, () =>
    context.t({
      en: `undone: log entry ${undone.position} says ${undone.action}`,
      zh: `已撤销：日志第 ${undone.position} 条为 ${undone.action}`,
    }),
  );
}

export async function declineCommand(
  context: CommandContext,
  objection: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const request = { action: "decline", argument: objection, reason };
  const declined = await callHub<DecisionReceipt>(context, CurationService.method.decide, request);
  context.result(declined, () =>
    context.t({
      en: `declined (log entry ${declined.position}): the decision stays, and the center can read why`,
      zh: `未采纳（日志第 ${declined.position} 条）：维持原决定，该中心可见理由`,
    }),
  );
}

export async function decisionsCommand(
  context: CommandContext,
  options: { readonly subject?: string; readonly center?: string; readonly limit: string },
): Promise<void> {
  const { subject = "", center: centerId = "", limit } = options;
  const { decisions } = await callHub<DecisionPage>(context, CurationService.method.listDecisions, {
    subject,
    centerId,
    pageSize: numberOf("--limit", limit),
  });
  const { language } = context.options;
  context.result({ decisions }, () =>
    decisions.length === 0
      ? context.t({ en: "There are no decisions.", zh: "没有决定。" })
      : table(
          HEAD[language],
          decisions.map((decision) => rowOf(decision, language)),
        ),
  );
}

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["position", "when", "who", "what", "about", "why"],
  zh: ["位置", "时间", "决定人", "操作", "对象", "理由"],
};

function rowOf(decision: DecisionView, language: Language): string[] {
  const { position, decidedAtMs, actor, action, argument, subjects, reason, retracted } = decision;
  const { standing, titles } = decision;
  const [urn = "", ...others] = subjects;
  const first = [titles[0] ?? "", urn].filter(Boolean).join("  ");
  const undone = { en: " (undone)", zh: "（已撤销）" }[language];
  return [
    String(position),
    new Date(decidedAtMs).toISOString().slice(0, 16),
    actor,
    [action, argument, standing].filter(Boolean).join(" ") + (retracted ? undone : ""),
    others.length === 0 ? first : `${first} +${others.length}`,
    reason,
  ];
}

function previewLines(
  { subjects, unchanged, unknown, sample }: DecisionPreview,
  language: Language,
): string[] {
  const summary = {
    en: `Would change ${subjects.length}, leaves ${unchanged} as they are, knows ${unknown.length} not.`,
    zh: `将改变 ${subjects.length} 条，${unchanged} 条不变，${unknown.length} 条不存在。`,
  };
  const more = subjects.length - sample.length;
  return [
    summary[language],
    ...sample.map(({ urn, title, state }) => `  ${urn}  ${title}  ${state}`),
    ...(more > 0 ? [`  +${more}`] : []),
    ...unknown.map((urn) => `  ? ${urn}`),
  ];
}

function filtersOf(where: readonly string[]): FieldFilter[] {
  const values = new Map<string, string[]>();
  for (const text of where) {
    const at = text.indexOf("=");
    if (at < 1) {
      throw new TributaryError("ERR_ARGUMENT_INVALID", `--where takes field=value, not ${text}`, {
        messageZh: `--where 须写作 字段=值，收到 ${text}`,
      });
    }
    const field = text.slice(0, at);
    values.set(field, [...(values.get(field) ?? []), text.slice(at + 1)]);
  }
  return [...values].map(([field, all]) => ({ field, values: all }));
}
