/**
 * Changes of the vocabulary by curators: what a decision `term` says, and changed terms as the hub tells them.
 *
 * @see ../../tributary/v1/vocabulary_service.proto
 * @module
 */

import {
  ListTermsResponseSchema,
  PreviewTermResponseSchema,
} from "../gen/tributary/v1/vocabulary_service_pb.ts";
import { type JsonStatement, jsonStatement } from "../json-statement.ts";
import type { Sentence } from "../match/answer.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { FacetValue } from "../query/answer.ts";
import { type RecordView, viewOptions } from "../query/record-view.ts";

/** What a decision `term` says of its subject, whole: what it leaves empty is as the shared vocabulary has it. */
export interface TermStatement {
  /** Labels; at most 60 characters each. */
  readonly zh: string;
  readonly en: string;
  /** Further words that it is found by; at most 20, each 1 to 60 characters, none twice. */
  readonly aliases: readonly string[];
  /** Code of the term that it is merged into; empty where it is not. */
  readonly into: string;
  /** Of a term that the hub adds: code of the wider term; absent where its scheme has none, and of shared terms. */
  readonly broader?: string | undefined;
  /** There if the term should not be used any more, with the code to use instead; empty where there is none. */
  readonly deprecated?: { readonly successor: string } | undefined;
}

/** A term of the vocabulary. */
export interface TermName {
  readonly scheme: string;
  readonly code: string;
}

/** A term as curators changed it. */
export interface ChangedTerm extends TermName {
  readonly label: Sentence;
  /** As the shared vocabulary has it; both empty where it has not: then the hub added the term. */
  readonly shared: Sentence;
  readonly aliases: readonly string[];
  readonly into: string;
  /** Of a term that the hub added, code of the wider term; empty where there is none. */
  readonly broader: string;
  readonly isDeprecated: boolean;
  /** Of a deprecated term, the code to use instead; empty where there is none. */
  readonly successor: string;
  readonly actor: string;
  readonly reason: string;
  /** Position in the log of the decision. */
  readonly position: number;
  /** Ms since the epoch. */
  readonly decidedAtMs: number;
}

/** Changed terms, ascending by scheme and code. */
export interface TermsAnswer {
  readonly terms: readonly ChangedTerm[];
  /** Of the shared vocabulary and, behind a plus sign, the position of the newest change. */
  readonly version: string;
}

/** What a change of a term would do. */
export interface TermPreview {
  /** Records that are shown and carry the term. */
  readonly records: number;
  /** How many of each center. */
  readonly centers: readonly FacetValue[];
  /** The first of them, without bodies; at most 10. */
  readonly sample: readonly RecordView[];
  /** Words that stand for other terms of the scheme already. */
  readonly clashes: readonly { readonly word: string; readonly code: string }[];
}

const MAX_WORD = 60;
const MAX_ALIASES = 20;
const TERM_URN = /^urn:dth-term:([A-Za-z]{1,40}):([\w.-]{1,40})$/;

/** The subject of a decision about a term. */
export function termUrnOf({ scheme, code }: TermName): string {
  return `urn:dth-term:${scheme}:${code}`;
}

/** The term that a subject names; undefined where it names something else. */
export function termOfUrn(text: string): TermName | undefined {
  const [, scheme, code] = TERM_URN.exec(text) ?? [];
  return scheme === undefined || code === undefined ? undefined : { scheme, code };
}

/** The argument of a decision `term`. */
export const termStatement: JsonStatement<TermStatement> = jsonStatement({
  of: { en: "a change of a term", zh: "词条改动" },
  pick: ({ zh, en, aliases, into, broader, deprecated }) => ({
    ...{ zh, en, aliases: [...aliases], into },
    // Absent in what was written before there were new terms.
    ...(broader && { broader }),
    ...(deprecated && { deprecated: { successor: deprecated.successor } }),
  }),
  problemOf: ({ zh, en, aliases, into, broader = "", deprecated }) => {
    if (!isWord(zh, 0) || !isWord(en, 0)) {
      return {
        en: `a label has at most ${MAX_WORD} characters, without space around it`,
        zh: `标签最多 ${MAX_WORD} 个字符，首尾不含空格`,
      };
    }
    const isList = Array.isArray(aliases) && aliases.every((alias) => isWord(alias, 1));
    if (!isList || aliases.length > MAX_ALIASES || new Set(aliases).size < aliases.length) {
      return {
        en: `a term has at most ${MAX_ALIASES} aliases of 1 to ${MAX_WORD} characters, none twice, without space around them`,
        zh: `别名最多 ${MAX_ALIASES} 个，各 1 至 ${MAX_WORD} 个字符，不得重复，首尾不含空格`,
      };
    }
    if (![into, broader, deprecated?.successor ?? ""].every((code) => isWord(code, 0))) {
      return {
        en: "a term is merged into, stands under and is followed by codes",
        zh: "合并目标、上级和后继须为代码",
      };
    }
    return into === "" || deprecated === undefined
      ? undefined
      : {
          en: "a term that is merged is followed by the one that it is merged into: it is not deprecated, too",
          zh: "已合并的词条以合并目标为后继，不能同时停用",
        };
  },
});

/** Between changed terms and their message. */
export const termsAnswerCodec: Codec<TermsAnswer, typeof ListTermsResponseSchema> = completeCodec<
  TermsAnswer,
  typeof ListTermsResponseSchema
>(ListTermsResponseSchema);

/** Between the preview of a change and its message. */
export const termPreviewCodec: Codec<TermPreview, typeof PreviewTermResponseSchema> = completeCodec<
  TermPreview,
  typeof PreviewTermResponseSchema
>(PreviewTermResponseSchema, viewOptions);

function isWord(text: unknown, least: number): boolean {
  return (
    typeof text === "string" &&
    text.length >= least &&
    text.length <= MAX_WORD &&
    text === text.trim()
  );
}
