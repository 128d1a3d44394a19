/**
 * Numbers that name an organisation: the unified social credit code (GB 32100-2015), the organisation code (GB 11714),
 * and the registration number of 15 digits from before 2015.
 *
 * A code of the right shape with a wrong check digit is found too, since a few genuine ones fail it; it is marked weak.
 *
 * @module
 */

import { organisationCheckDigit, usccCheckDigit } from "@tributary/proto/vocabulary";
import type { Detector, Span } from "./detectors.ts";
import { closedUp, groupSpansOf, parted, SEPARATORS, spansOf } from "./written-code.ts";

const CODE = "[0-9A-HJ-NPQRTUWXY]";
/** Two characters, the six digits of the region, ten characters; a permit of the environment adds 001P. */
const USCC = new RegExp(
  `(?<![0-9])(?<![0-9A-Za-z][-.])${parted(CODE, 2)}${SEPARATORS}${parted("\\d", 6)}${SEPARATORS}${parted(CODE, 10)}(?:${SEPARATORS}\\d{3}[A-Z])?(?![0-9A-Za-z])`,
  "gi",
);
const USCC_LABEL =
  "(?:信用代码|信用编码|信用码|税号|识别号|营业执照|USCC|credit\\s?code|tax\\s?(?:id|no))";
/** Whatever a label calls a credit code or a tax number. */
const LABELLED_USCC = new RegExp(
  `${USCC_LABEL}[^0-9A-Za-z]{0,8}(?<it>${parted("[0-9A-Z]", "15,20")})(?![0-9A-Za-z])`,
  "gid",
);
const BEFORE = 16;

const ORG_CODE_LABEL = "(?:机构代码证?|机构证代码|机构码|org(?:anization|anisation)?\\.?\\s?code)";
const LABELLED_ORG_CODE = new RegExp(
  `${ORG_CODE_LABEL}[^0-9A-Za-z]{0,8}(?<it>${parted("[0-9A-Z]", 9)})(?![0-9A-Za-z])`,
  "gid",
);
/** As the certificate writes it: eight characters, a hyphen, the check character. */
const ORG_CODE = /(?<![0-9A-Za-z-])[0-9A-Z]{8}\s?[-‐-―−]\s?[0-9X](?![-0-9A-Za-z])/gi;

const REGISTRATION = new RegExp(`(?<![0-9A-Za-z])${parted("\\d", 15)}(?![0-9A-Za-z])`, "g");
const LABELLED_REGISTRATION = new RegExp(
  `(?:注册号|登记号|执照号|营业执照)码?[^0-9A-Za-z]{0,8}(?<it>${parted("\\d", "13,15")})(?![0-9A-Za-z])`,
  "gd",
);

export const ORGANISATION_NUMBERS: readonly Detector[] = [
  {
    type: "uscc",
    find: (text) => [
      ...spansOf(text, USCC).flatMap((span) => creditCode(text, span)),
      ...labelledCodes(text),
    ],
  },
  {
    type: "org_code",
    find: (text) => [
      ...groupSpansOf(text, LABELLED_ORG_CODE).map((span) => ({
        ...span,
        isWeak: !isOrganisationCode(text.slice(span.start, span.end)),
      })),
      ...spansOf(text, ORG_CODE).filter(({ start, end }) =>
        isOrganisationCode(text.slice(start, end)),
      ),
    ],
  },
  {
    type: "registration_number",
    find: (text) => [
      ...groupSpansOf(text, LABELLED_REGISTRATION),
      ...spansOf(text, REGISTRATION).filter(({ start, end }) =>
        holdsMod1110(closedUp(text.slice(start, end))),
      ),
    ],
  },
];

/** A candidate; one that is written in pieces and fails the check is a row of numbers, unless a label says otherwise. */
function creditCode(text: string, span: Span): Span[] {
  const written = text.slice(span.start, span.end);
  const code = closedUp(written).slice(0, 18);
  const isWeak = usccCheckDigit(code.slice(0, 17)) !== code[17];
  const isLabelled = new RegExp(USCC_LABEL, "i").test(
    text.slice(Math.max(0, span.start - BEFORE), span.start),
  );
  const isParted = /[^0-9A-Z]/i.test(written);
  if (isWeak && isParted && !isLabelled && !/^9[1-3]|[A-Z]/.test(code)) return [];
  return [{ ...span, isWeak }];
}

function labelledCodes(text: string): Span[] {
  return groupSpansOf(text, LABELLED_USCC)
    .filter(({ start, end }) => /\d{4}/.test(closedUp(text.slice(start, end))))
    .map((span) => ({ ...span, isWeak: true }));
}

function isOrganisationCode(written: string): boolean {
  const code = closedUp(written);
  // 20240315-1 is a day and its first batch.
  return !/^(?:19|20)\d{6}/.test(code) && organisationCheckDigit(code.slice(0, 8)) === code[8];
}

/** ISO/IEC 7064, MOD 11,10: the check digit of registration numbers (GS 15-2006). */
function holdsMod1110(digits: string): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) {
    const sum = (product + Number(digit)) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (product + Number(digits.at(-1))) % 10 === 1;
}
