/**
 * The sentences that a cell is told back with.
 *
 * @module
 */

import type { Cell } from "../ports/source.ts";
import { textOf } from "./cell.ts";

/** Something about a cell that a person should know. */
export interface CellProblem {
  /** Stable name of the rule, for example date.unreadable. */
  readonly rule: string;
  readonly message: string;
  readonly messageZh: string;
  /** True where the row must not be published with it. */
  readonly isFatal?: true;
}

const MAX_SHOWN = 60;

/** The cell is none of what the field takes. */
export function unreadable(rule: string, cell: Cell, en: string, zh: string): CellProblem {
  const shown = textOf(cell).slice(0, MAX_SHOWN).toWellFormed();
  return {
    rule: `${rule}.unreadable`,
    message: `${shown} cannot be read as a ${en}; it is left out`,
    messageZh: `“${shown}”无法识别为${zh}；此项留空`,
  };
}

/** The text is longer than a record takes. */
export function tooLong(length: number, most: number): CellProblem {
  return {
    rule: "text.too_long",
    message: `the text has ${length} characters, more than the ${most} that a record takes; it is left out`,
    messageZh: `文本有 ${length} 个字符，超过上限 ${most}；此项留空`,
  };
}

/** The value is none that the field of a record can have. @param en Why, as the record's schema says it. */
export function misfit(cell: Cell, field: string, en: string, zh: string): CellProblem {
  const shown = textOf(cell).slice(0, MAX_SHOWN).toWellFormed();
  return {
    rule: "value.misfit",
    message: `${shown} cannot be ${field}: ${en}; it is left out`,
    messageZh: `“${shown}”不能用于 ${field}：${zh}；此项留空`,
  };
}

/** No vocabulary has the word, and the record has no place for it. */
export function unknownWord(word: string): CellProblem {
  return {
    rule: "word.unknown",
    message: `${word} is in no list of the vocabulary; it is left out`,
    messageZh: `“${word}”不在共享词表中；此项留空`,
  };
}

/** The hub's curators ask for another code. @param instead Empty where none follows. */
export function retiredTerm(code: string, instead: string): CellProblem {
  return {
    rule: "word.retired",
    message:
      instead === ""
        ? `the hub does not use ${code} any more; it is published all the same`
        : `the hub does not use ${code} any more but ${instead}; it is published all the same`,
    messageZh:
      instead === ""
        ? `枢纽已停用 ${code}；此项照常发布`
        : `枢纽已停用 ${code}，请改用 ${instead}；此项照常发布`,
  };
}

/** Values that belong to the items of a list do not fit their number. */
export function unequalLists(values: number, items: number): CellProblem {
  return {
    rule: "list.unequal",
    message: `${values} values stand beside a list of ${items}; they are left out`,
    messageZh: `此列有 ${values} 项，而对应的列表有 ${items} 项；此项留空`,
  };
}

/** A spreadsheet made a number of a credit code. */
export function digitsLost(shown: string): CellProblem {
  return {
    rule: "uscc.digits_lost",
    message: `${shown} is what a spreadsheet leaves of an 18-digit code: digits are lost; format the column as text and enter the code again`,
    messageZh: `${shown} 是被表格软件转成数字后的信用代码，位数已丢失；请把该列设为文本格式并重新填写`,
    isFatal: true,
  };
}

/** A credit code that does not hold. @param suggestion What was probably meant. */
export function doubtfulCode(
  rule: "check_digit" | "old_number" | "malformed",
  shown: string,
  suggestion: string | undefined,
): CellProblem {
  const perhaps = suggestion === undefined ? "" : `; probably ${suggestion}`;
  const perhapsZh = suggestion === undefined ? "" : `，可能是 ${suggestion}`;
  const [why, whyZh] = {
    check_digit: [`the check digit of ${shown} does not hold`, `信用代码 ${shown} 校验位不符`],
    old_number: [
      `${shown} is a number from before 2015, not a code of 18 characters`,
      `${shown} 是 2015 年以前的注册号或组织机构代码，不是 18 位统一社会信用代码`,
    ],
    malformed: [`${shown} is not a code of 18 characters`, `${shown} 不是 18 位统一社会信用代码`],
  }[rule] as [string, string];
  return {
    rule: `uscc.${rule}`,
    message: `${why}${perhaps}; the record is published and marked`,
    messageZh: `${whyZh}${perhapsZh}；记录照常发布并加标记`,
  };
}
