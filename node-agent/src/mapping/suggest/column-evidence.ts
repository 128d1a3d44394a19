/**
 * What the values of a column turn out to be, whatever its title says.
 *
 * @module
 */

import {
  checkUscc,
  fold,
  type HubTerms,
  matchIndustry,
  matchRegion,
  type PrivateColumn,
  parseDate,
  parseDateRange,
  parseMoney,
  parseNumber,
  parseOutcomes,
  parsePolicyNumber,
  parseWebsite,
  privateTitles,
  type SchemeName,
  splitList,
} from "@tributary/proto/vocabulary";
import type { DiscoveredColumn } from "../../ports/source.ts";
import { titleParts } from "../../sources/title.ts";

/** Shares of the values that pass a test; 0 to 1. */
export interface ColumnEvidence {
  /** Values that were looked at. */
  readonly count: number;
  /** How many of them are different, as a share. */
  readonly distinct: number;
  /** Mean length in characters. */
  readonly length: number;
  readonly emptyShare: number;
  share(test: ValueTest): number;
  /** Share of the listed words of a scheme among the words of the values. */
  shareOfTerms(scheme: SchemeName): number;
}

/** Tests of single values. */
export type ValueTest = keyof typeof TESTS;

/** A match of this confidence names the thing itself and does not only hold it. */
const SURE = 0.85;
const MAX_VALUES = 200;
/** Characters of a cell that are looked at as a list. */
const MAX_LIST_LENGTH = 300;
/** Words of a cell that are looked at. */
const MAX_WORDS = 10;

const MOBILE = /(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)/;
const LANDLINE = /(?<!\d)0\d{2,3}[- ]?[2-9]\d{6,7}(?!\d)/;
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/;
const RESIDENT = /^[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]$/;
const ORGANISATION =
  /(?:公司|集团|厂|研究院|研究所|大学|学院|中心|协会|合作社|事务所|\b(?:ltd|inc|gmbh|llc|co|corp|s\.?a|university|institute)\b\.?)/i;

const TESTS = {
  uscc: (text: string) => checkUscc(text).status === "valid",
  usccShape: (text: string) =>
    ["valid", "invalid", "old_number", "digits_lost"].includes(checkUscc(text).status),
  phone: (text: string) => MOBILE.test(text) || LANDLINE.test(text),
  email: (text: string) => EMAIL.test(text),
  residentId: (text: string) => RESIDENT.test(text) && checkUscc(text).status !== "valid",
  region: (text: string) => text.length <= 60 && (matchRegion(text)?.confidence ?? 0) >= 0.7,
  regions: (text: string) => every(text, (word) => (matchRegion(word)?.confidence ?? 0) >= SURE),
  industry: (text: string) => every(text, (word) => (matchIndustry(word)?.confidence ?? 0) >= 0.6),
  date: (text: string) => parseDate(text) !== undefined,
  period: (text: string) => parseDateRange(text) !== undefined,
  money: (text: string) => parseMoney(text) !== undefined,
  number: (text: string) => parseNumber(text) !== undefined,
  integer: (text: string) => Number.isInteger(parseNumber(text)?.value),
  url: (text: string) => parseWebsite(text) !== undefined,
  policyNumber: (text: string) => text.length <= 60 && parsePolicyNumber(text) !== undefined,
  outcome: (text: string) => parseOutcomes(text).claims.length > 0,
  organisation: (text: string) => text.length <= 60 && ORGANISATION.test(text),
  prose: (text: string) => text.length >= (/\p{Script=Han}/u.test(text) ? 12 : 40),
} as const satisfies Record<string, (text: string) => boolean>;

/** Words of a cell, without the intensity of packed ones such as `Term - 4`; of a long text only its start. */
function wordsOf(text: string): readonly string[] {
  const words = splitList(text.slice(0, MAX_LIST_LENGTH)).slice(0, MAX_WORDS);
  return words.map((word) => word.replace(/\s+-\s+[1-5]$/, ""));
}

function every(text: string, test: (word: string) => boolean): boolean {
  const words = wordsOf(text);
  return words.length > 0 && words.every((word) => word.length <= 40 && test(word));
}

/** Looks at a column's samples; each test is made when it is first asked for. @param terms The vocabulary as the hub has it. */
export function evidenceOf(column: DiscoveredColumn, terms: HubTerms): ColumnEvidence {
  const values = column.samples
    .slice(0, MAX_VALUES)
    .map((value) => value.trim())
    .filter(Boolean);
  const shares = new Map<string, number>();
  const share = (name: string, compute: () => number): number => {
    let known = shares.get(name);
    if (known === undefined) {
      known = values.length === 0 ? 0 : compute();
      shares.set(name, known);
    }
    return known;
  };
  return {
    count: values.length,
    distinct: values.length === 0 ? 0 : new Set(values).size / values.length,
    length: values.reduce((sum, { length }) => sum + length, 0) / Math.max(1, values.length),
    emptyShare: column.emptyShare,
    share: (test) =>
      share(test, () => values.filter((value) => TESTS[test](value)).length / values.length),
    shareOfTerms: (scheme) =>
      share(`term ${scheme}`, () => {
        const words = values.flatMap(wordsOf);
        const known = words.filter((word) => (terms.match(scheme, word)?.confidence ?? 0) >= SURE);
        return words.length === 0 ? 0 : known.length / words.length;
      }),
  };
}

/** Why a column must not leave; undefined where nothing says so. */
export interface PrivateFinding {
  readonly what: PrivateColumn;
  readonly reason: string;
  readonly reasonZh: string;
}

const PRIVATE_VALUES: readonly (readonly [ValueTest, PrivateColumn, string, string])[] = [
  ["phone", "phone", "telephone numbers", "电话号码"],
  ["email", "email", "mail addresses", "电子邮箱"],
  ["residentId", "idNumber", "numbers of identity cards", "身份证号码"],
];
const PRIVATE_SHARE = 0.3;
/** Prose that mentions a telephone number now and then is masked by the privacy gate and no column of numbers. */
const PRIVATE_MAX_LENGTH = 60;

/** Finds columns of personal data by their values and by their titles. */
export function privateFinding(
  title: string,
  evidence: ColumnEvidence,
): PrivateFinding | undefined {
  for (const [test, what, english, chinese] of PRIVATE_VALUES) {
    const share = evidence.share(test);
    if (share < PRIVATE_SHARE || evidence.length > PRIVATE_MAX_LENGTH) continue;
    return {
      what,
      reason: `${percent(share)} of its values are ${english}`,
      reasonZh: `${percent(share)} 的值是${chinese}`,
    };
  }
  const last = fold(titleParts(title).at(-1) ?? "");
  for (const [what, titles] of privateTitles()) {
    if (titles.some((known) => isTitleOf(last, fold(known)))) {
      return {
        what,
        reason: `the title ${title} is one of contacts`,
        reasonZh: `表头“${title}”属于联系信息`,
      };
    }
  }
  return undefined;
}

/** A title that is the known one, or a Chinese one that ends in it: 企业联系人. */
function isTitleOf(title: string, known: string): boolean {
  return (
    title === known || (/\p{Script=Han}/u.test(known) && known.length >= 2 && title.endsWith(known))
  );
}

/** A share as a person reads it. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
