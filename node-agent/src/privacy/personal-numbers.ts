/**
 * Numbers of a person however they are parted: resident id (GB 11643-1999), bank card, mobile, passport. What every text
 * is searched for (detectors.ts) knows the usual spellings; a text about a client is searched for all of them.
 *
 * @module
 */

import type { Detector } from "./detectors.ts";
import { isCardNumber } from "./detectors.ts";
import { closedUp, groupSpansOf, parted, SEPARATORS, spansOf } from "./written-code.ts";

const RESIDENT_ID = new RegExp(
  `(?<![0-9A-Za-z])[1-8]${SEPARATORS}${parted("\\d", 16)}${SEPARATORS}[0-9X](?![0-9A-Za-z])`,
  "gi",
);
const CARD = new RegExp(
  `(?<![0-9A-Za-z])[3-6]${SEPARATORS}${parted("\\d", "15,18")}(?![0-9])`,
  "g",
);
const ACCOUNT = new RegExp(
  `(?:银行卡|[行贷]卡|卡号|[账帐]号|账户|开户行?[^0-9]{0,20})[^0-9A-Za-z]{0,6}(?<it>${parted("\\d", "9,25")})(?![0-9])`,
  "gd",
);
const MOBILE = new RegExp(
  `(?<![0-9])(?:\\+?(?:00)?86${SEPARATORS})?1${SEPARATORS}[3-9]${SEPARATORS}${parted("\\d", 9)}(?![0-9])`,
  "g",
);
const TRAVEL_DOCUMENT =
  /(?:护照|通行证|passport)[^0-9A-Za-z]{0,8}(?<it>[A-Z]{1,2}\d{7,8})(?![0-9])/dgi;

export const PERSONAL_NUMBERS: readonly Detector[] = [
  {
    type: "resident_id",
    find: (text) => [
      ...spansOf(text, RESIDENT_ID).filter(({ start, end }) =>
        holdsBirthday(closedUp(text.slice(start, end))),
      ),
      ...groupSpansOf(text, TRAVEL_DOCUMENT),
    ],
  },
  {
    type: "bank_card",
    find: (text) => [
      ...spansOf(text, CARD).filter((span) => isCardNumber(text, span)),
      ...groupSpansOf(text, ACCOUNT),
    ],
  },
  { type: "mobile", find: (text) => spansOf(text, MOBILE) },
];

/** True if characters 7 to 14 are a day of the last or this century, or the check character holds. */
function holdsBirthday(id: string): boolean {
  return /^.{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(id);
}
