/**
 * What must not leave inside a text, and how it is recognised. Detectors read normalised text (see plain-text.ts) and
 * are ordered: where two find the same characters, the first one names them.
 *
 * Numbers with a check digit are found by shape; the digit only decides where the shape alone would hit too much.
 *
 * @module
 */

import type { FindingType } from "./finding.ts";

/** A stretch of a text: UTF-16 code units from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** True for the shape of a code whose check digit fails. */
  readonly isWeak?: boolean;
}

/** Finds one type of thing. */
export interface Detector {
  readonly type: FindingType;
  readonly find: (plain: string) => Span[];
}

/** What may stand between the groups of a number. */
const GAP = "[\\s.·_—–-]?";

const RESIDENT_ID = new RegExp(
  `(?<![0-9A-Za-z])[1-8]\\d{5}${GAP}(?:18|19|20)\\d{2}${GAP}(?:0[1-9]|1[0-2])${GAP}(?:0[1-9]|[12]\\d|3[01])${GAP}\\d{3}[0-9Xx](?![0-9A-Za-z])`,
  "g",
);
/** The form before 1999 has no check digit and looks like a registration number: only where a label says what it is. */
const OLD_RESIDENT_ID =
  /(?<=身份证[^0-9]{0,10})(?<!\d)[1-8]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)/g;

const BANK_CARD = new RegExp(
  `(?<!\\d)[3-6]\\d{3}${GAP}\\d{4}${GAP}\\d{4}${GAP}\\d{4}(?:${GAP}\\d{1,3})?(?!\\d)`,
  "g",
);

const MOBILE = new RegExp(
  `(?<![0-9])(?:\\+?(?:00)?86${GAP})?(?:1[3-9]\\d{9}|1[3-9]\\d${GAP}\\d{4}${GAP}\\d{4}|1[3-9]\\d${GAP}\\d{3}${GAP}\\d{5}|1[\\s.·_-][3-9](?:[\\s.·_-]\\d){9})(?![0-9])`,
  "g",
);

/** Area codes of the mainland: 010, 02x, 03xx to 09xx; then service numbers 400 and 800. */
const LANDLINE =
  /(?<![0-9A-Za-z])(?:\+?86[\s-]?)?(?:\(0(?:10|2\d|[3-9]\d{2})\)\s?|0(?:10|2\d|[3-9]\d{2})[\s-]?)[2-9]\d{2,3}[\s-]?\d{4}(?:\s?(?:转|ext\.?|-)\s?\d{1,5})?(?!\d)|(?<![0-9A-Za-z])[48]00[\s-]?(?:\d{3}[\s-]?\d{4}|\d{4}[\s-]?\d{3})(?!\d)/g;

/** With the spellings that are meant to escape machines. */
const EMAIL =
  /[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\s?(?:@|\(at\)|\[at\]|#at#)\s?[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}/gi;

/** An id of WeChat: 6 to 20 characters, a letter first. Named as such, or with a digit or underscore in it. */
const WECHAT =
  /(?<=(?:微信|薇信|威信|公众号|we\s?chat|weixin|(?<![A-Za-z])vx|v信)\s?(?:号码|号|账号|id|no\.?)?\s?[:=是为]\s?)[A-Za-z][-_A-Za-z0-9]{5,19}(?![-_A-Za-z0-9])|(?<=(?:微信|薇信|威信|weixin|(?<![A-Za-z])vx|v信)\s?(?:号码|号|账号|id|no\.?)?\s?)(?=[-A-Za-z]*[0-9_])[A-Za-z][-_A-Za-z0-9]{5,19}(?![-_A-Za-z0-9])/gi;

const QQ = /(?<=(?<![A-Za-z])QQ\s?(?:号码|号|群|群号|id)?\s?[:=是为]?\s?)[1-9]\d{4,10}(?!\d)/gi;

/** All detectors, the most certain first. */
export const DETECTORS: readonly Detector[] = [
  {
    type: "resident_id",
    find: (text) => [...spans(text, RESIDENT_ID), ...spans(text, OLD_RESIDENT_ID)],
  },
  { type: "qq_id", find: (text) => spans(text, QQ) },
  { type: "mobile", find: (text) => spans(text, MOBILE) },
  { type: "landline", find: (text) => spans(text, LANDLINE) },
  {
    type: "bank_card",
    find: (text) => spans(text, BANK_CARD).filter((s) => isCardNumber(text, s)),
  },
  { type: "email", find: (text) => spans(text, EMAIL) },
  { type: "wechat_id", find: (text) => spans(text, WECHAT) },
];

function spans(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

/** True for 16 to 19 digits that pass the Luhn check (ISO/IEC 7812-1, annex B). */
export function isCardNumber(text: string, { start, end }: Span): boolean {
  const digits = text.slice(start, end).replace(/\D/g, "");
  if (digits.length < 16 || digits.length > 19) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
