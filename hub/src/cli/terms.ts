/**
 * `tributary-hub curation term` and `terms`: changes of the shared vocabulary for this hub, and its own terms.
 *
 * @module
 */

import {
  type ChangedTerm,
  type DecisionReceipt,
  type TermPreview,
  type TermsAnswer,
  termStatement,
  termUrnOf,
} from "@tributary/proto";
import { CurationService, VocabularyService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Language } from "./io.ts";
import { table } from "./table.ts";

/** Options of {@link termCommand}. */
export interface TermOptions {
  readonly zh: string;
  readonly en: string;
  readonly alias: readonly string[];
  readonly into: string;
  /** Code of the wider term, of a new one. */
  readonly under?: string;
  /** True where no successor is named. */
  readonly deprecate?: string | true;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** What is not given becomes again what the shared vocabulary has. */
export async function termCommand(
  context: CommandContext,
  scheme: string,
  code: string,
  { zh, en, alias: aliases, into, under, deprecate, reason, dryRun }: TermOptions,
): Promise<void> {
  if (dryRun) {
    const words = [zh, en, ...aliases].filter((word) => word !== "");
    const { previewTerm } = VocabularyService.method;
    const preview = await callHub<TermPreview>(context, previewTerm, { scheme, code, words });
    context.result(preview, () => previewText(preview, context.options.language));
    return;
  }
  const deprecated =
    deprecate === undefined ? undefined : { successor: deprecate === true ? "" : deprecate };
  const decided = await callHub<DecisionReceipt>(context, CurationService.method.decide, {
    action: "term",
    subjects: [termUrnOf({ scheme, code })],
    argument: termStatement.encode({ zh, en, aliases, into, broader: under, deprecated }),
    reason,
  });
  const undo = `tributary-hub curation undo ${decided.position} --reason`;
  context.result({ scheme, code, ...decided }, () =>
    context.t({
      en: `${scheme} ${code} is changed (log entry ${decided.position}; to take it back: ${undo} REASON)`,
      zh: `已改动 ${scheme} ${code}（日志第 ${decided.position} 条；撤销：${undo} 理由）`,
    }),
  );
}

export async function termsCommand(
  context: CommandContext,
  { scheme = "" }: { readonly scheme?: string },
): Promise<void> {
  const { listTerms } = VocabularyService.method;
  const answer = await callHub<TermsAnswer>(context, listTerms, { scheme });
  const { language } = context.options;
  context.result(answer, () =>
    answer.terms.length === 0
      ? context.t({ en: "No term is changed.", zh: "没有改动过的词条。" })
      : table(
          HEAD[language],
          answer.terms.map((term) => rowOf(term, language)),
        ),
  );
  context.say({
    en: `vocabulary ${answer.version}`,
    zh: `词表版本 ${answer.version}`,
  });
}

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["scheme", "code", "label", "shared label", "aliases", "state", "entry", "who", "why"],
  zh: ["词表", "代码", "标签", "共享标签", "别名", "状态", "日志", "决定人", "理由"],
};

/** What became of a term beside its words. */
function stateOf(term: ChangedTerm, language: Language): string {
  const { shared, broader, into, isDeprecated, successor } = term;
  const words = STATES[language];
  const states = [
    ...(shared.zh === "" ? [broader === "" ? words.added : `${words.addedUnder} ${broader}`] : []),
    ...(into === "" ? [] : [`${words.into} ${into}`]),
    ...(isDeprecated
      ? [successor === "" ? words.deprecated : `${words.deprecatedFor} ${successor}`]
      : []),
  ];
  return states.join(language === "zh" ? "，" : ", ");
}

const STATES = {
  en: {
    ...{ added: "new", addedUnder: "new, under", into: "merged into" },
    ...{ deprecated: "deprecated", deprecatedFor: "deprecated, use" },
  },
  zh: {
    ...{ added: "新增", addedUnder: "新增，上级", into: "并入" },
    ...{ deprecated: "停用", deprecatedFor: "停用，改用" },
  },
} as const;

function rowOf(term: ChangedTerm, language: Language): string[] {
  const { scheme, code, label, shared, aliases, position, actor, reason } = term;
  return [
    scheme,
    code,
    label[language],
    label[language] === shared[language] ? "" : shared[language],
    aliases.join(language === "zh" ? "、" : ", "),
    stateOf(term, language),
    String(position),
    actor,
    reason,
  ];
}

function previewText({ records, centers, sample, clashes }: TermPreview, language: Language) {
  const summary = {
    en: `${records} shown records carry the term.`,
    zh: `${records} 条显示中的记录带有该词条。`,
  };
  const label = language === "zh" ? "labelZh" : "labelEn";
  const also = { en: "is a word of", zh: "已是另一词条的用语：" }[language];
  return [
    summary[language],
    ...centers.map((center) => `  ${center[label]}  ${center.count}`),
    ...sample.map(({ urn, title }) => `  ${urn}  ${title}`),
    ...clashes.map(({ word, code }) => `  ! ${word} ${also} ${code}`),
  ].join("\n");
}
