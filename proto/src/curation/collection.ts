/**
 * Featured collections: what a decision `feature` says, and collections as the hub tells them.
 *
 * @see ../../tributary/v1/collection_service.proto
 * @module
 */

import { ListCollectionsResponseSchema } from "../gen/tributary/v1/collection_service_pb.ts";
import { type JsonStatement, jsonStatement } from "../json-statement.ts";
import type { Sentence } from "../match/answer.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { Coverage } from "../query/answer.ts";
import { type RecordView, viewOptions } from "../query/record-view.ts";
import { isIdentifier } from "../record/identifier.ts";

/** What a decision `feature` says beside its subjects, which are the records in their order. */
export interface CollectionStatement {
  /** Identifier. A later decision about it replaces this one. */
  readonly id: string;
  /** In each language 1 to 60 characters. */
  readonly name: Sentence;
  /** What the records have in common; at most 600 characters. */
  readonly text: Sentence;
}

/** Records in the order in which a curator put them. */
export interface Collection extends CollectionStatement {
  /** Those that are shown and that the caller may see, without bodies; where all collections were asked for, the first. */
  readonly records: readonly RecordView[];
  /** How many are shown and may be seen. */
  readonly total: number;
  /** How many are not: withdrawn, hidden, or for others. */
  readonly notShown: number;
  readonly actor: string;
  readonly reason: string;
  /** Position in the log of the decision. */
  readonly position: number;
  /** Ms since the epoch. */
  readonly decidedAtMs: number;
}

/** Collections, the one that was decided last first. */
export interface CollectionsAnswer {
  readonly collections: readonly Collection[];
  readonly coverage: Coverage;
}

/** Most characters of a name in one language. */
const MAX_NAME = 60;
/** Most characters of a text in one language. */
const MAX_TEXT = 600;

/** The argument of a decision `feature`. */
export const collectionStatement: JsonStatement<CollectionStatement> = jsonStatement({
  of: { en: "a collection", zh: "合集" },
  pick: ({ id, name, text }) => ({
    id,
    name: { zh: name.zh, en: name.en },
    text: { zh: text.zh, en: text.en },
  }),
  problemOf,
});

/** Between collections and their message. */
export const collectionsAnswerCodec: Codec<
  CollectionsAnswer,
  typeof ListCollectionsResponseSchema
> = completeCodec<CollectionsAnswer, typeof ListCollectionsResponseSchema>(
  ListCollectionsResponseSchema,
  viewOptions,
);

function problemOf({ id, name, text }: CollectionStatement): Sentence | undefined {
  if (typeof id !== "string" || !isIdentifier(id)) {
    return {
      en: "a collection is named by 2 to 63 lower-case letters, digits and single hyphens",
      zh: "合集标识由 2 至 63 个小写字母、数字组成，中间可用单个连字符",
    };
  }
  if (!isSentence(name, 1, MAX_NAME)) {
    return {
      en: `its name has 1 to ${MAX_NAME} characters in Chinese and in English, without space around it`,
      zh: `须有中英文名称，各 1 至 ${MAX_NAME} 个字符，首尾不含空格`,
    };
  }
  if (!isSentence(text, 0, MAX_TEXT)) {
    return {
      en: `its text has at most ${MAX_TEXT} characters in Chinese and in English, without space around it`,
      zh: `中英文说明各最多 ${MAX_TEXT} 个字符，首尾不含空格`,
    };
  }
  return undefined;
}

/** Whether both languages have a text of so many characters. */
function isSentence(value: Sentence | null | undefined, least: number, most: number): boolean {
  return [value?.zh, value?.en].every(
    (text) =>
      typeof text === "string" &&
      text.length >= least &&
      text.length <= most &&
      text === text.trim(),
  );
}
