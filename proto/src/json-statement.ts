/**
 * Arguments of decisions that say more than a word: the JSON of a value with its members in one order, without spaces, so
 * that what was decided has one text.
 *
 * @module
 */

import { isTributaryError, TributaryError } from "./errors.ts";
import type { Sentence } from "./match/answer.ts";

/** Between a value and its one text. */
export interface JsonStatement<Value> {
  readonly encode: (value: Value) => string;
  /**
   * Reads a statement.
   *
   * @param text From a log; attacker-controlled where the log is another's.
   * @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if it is not what `encode` writes of a valid value.
   */
  readonly decode: (text: string) => Value;
  /** As `decode`; undefined for what it refuses: a log may say nonsense. */
  readonly read: (text: string) => Value | undefined;
}

/** @param kind How a value is written and what it must be. */
export function jsonStatement<Value extends object>(kind: {
  /** What it is, with an article where the language has one. */
  readonly of: Sentence;
  /** The members in their order. */
  readonly pick: (value: Value) => Value;
  /** What is not valid of any object, as a sentence; `pick` is asked of what this lets through. */
  readonly problemOf: (value: Value) => Sentence | undefined;
}): JsonStatement<Value> {
  const { of, pick, problemOf } = kind;
  const encode = (value: Value) => JSON.stringify(pick(value));
  const malformed = ({ en, zh }: Sentence, options: { readonly cause?: unknown } = {}) =>
    new TributaryError(
      "ERR_STATEMENT_MALFORMED",
      `the argument of the decision is not ${of.en}: ${en}`,
      { messageZh: `决定的内容不是有效的${of.zh}：${zh}`, ...options },
    );
  const decode = (text: string): Value => {
    let value: Value | null;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw malformed(NO_JSON, { cause });
    }
    if (typeof value !== "object" || value === null) throw malformed(NO_JSON);
    const problem = problemOf(value);
    if (problem !== undefined) throw malformed(problem);
    if (encode(value) !== text) throw malformed(OTHERWISE);
    return value;
  };
  const read = (text: string): Value | undefined => {
    try {
      return decode(text);
    } catch (error) {
      if (isTributaryError(error, "ERR_STATEMENT_MALFORMED")) return undefined;
      throw error;
    }
  };
  return { encode, decode, read };
}

const NO_JSON: Sentence = { en: "it is no JSON object", zh: "不是 JSON 对象" };
const OTHERWISE: Sentence = {
  en: "its members are others, or in another order, or with spaces",
  zh: "成员、顺序或空格不符",
};
