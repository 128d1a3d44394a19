/**
 * `tributary-hub curation feature` and its like: collections of records for everybody.
 *
 * @module
 */

import {
  type Collection,
  type CollectionsAnswer,
  collectionStatement,
  type DecisionReceipt,
} from "@tributary/proto";
import { CollectionService, CurationService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Language } from "./io.ts";
import { table } from "./table.ts";

/** Options of {@link featureCommand}. */
export interface FeatureOptions {
  readonly nameZh: string;
  readonly nameEn: string;
  readonly textZh: string;
  readonly textEn: string;
  readonly reason: string;
}

export async function featureCommand(
  context: CommandContext,
  id: string,
  subjects: readonly string[],
  { nameZh, nameEn, textZh, textEn, reason }: FeatureOptions,
): Promise<void> {
  const name = { zh: nameZh, en: nameEn };
  const argument = collectionStatement.encode({ id, name, text: { zh: textZh, en: textEn } });
  const request = { action: "feature", subjects, argument, reason };
  const decided = await callHub<DecisionReceipt>(context, CurationService.method.decide, request);
  const undo = `tributary-hub curation undo ${decided.position} --reason`;
  context.result({ id, subjects, ...decided }, () =>
    context.t({
      en: `${id}: ${subjects.length} records are featured (log entry ${decided.position}; to take it back: ${undo} REASON)`,
      zh: `${id}：已推荐 ${subjects.length} 条记录（日志第 ${decided.position} 条；撤销：${undo} 理由）`,
    }),
  );
}

export async function unfeatureCommand(
  context: CommandContext,
  id: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const request = { action: "unfeature", argument: id, reason };
  const decided = await callHub<DecisionReceipt>(context, CurationService.method.decide, request);
  context.result({ id, ...decided }, () =>
    context.t({
      en: `${id} is no longer featured (log entry ${decided.position})`,
      zh: `${id} 已撤下（日志第 ${decided.position} 条）`,
    }),
  );
}

/** Without an identifier all collections, else the records of one. */
export async function collectionsCommand(
  context: CommandContext,
  id: string | undefined,
): Promise<void> {
  const { method } = CollectionService;
  const request = { id: id ?? "" };
  const answer = await callHub<CollectionsAnswer>(context, method.listCollections, request);
  const { language } = context.options;
  const { collections } = answer;
  context.result(answer, () => {
    if (id !== undefined) return collections.map((one) => collectionText(one, language)).join("\n");
    return collections.length === 0
      ? context.t({ en: "There are no collections.", zh: "没有合集。" })
      : table(
          HEAD[language],
          collections.map((collection) => rowOf(collection, language)),
        );
  });
}

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["id", "name", "shown", "not shown", "entry", "who", "why"],
  zh: ["标识", "名称", "显示", "不显示", "日志", "决定人", "理由"],
};

function rowOf(collection: Collection, language: Language): string[] {
  const { id, name, total, notShown, position, actor, reason } = collection;
  return [id, name[language], String(total), String(notShown), String(position), actor, reason];
}

function collectionText({ name, text, records }: Collection, language: Language): string {
  return [
    name[language],
    ...(text[language] === "" ? [] : [text[language]]),
    ...records.map(
      ({ title, centerName, urn }, i) => `  ${i + 1}. ${title}  ${centerName}  ${urn}`,
    ),
  ].join("\n");
}
