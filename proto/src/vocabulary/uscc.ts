/**
 * The unified social credit code, GB 32100-2015, with the organisation code of GB 11714 inside it.
 *
 * @module
 */

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const INNER_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
const INNER_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * What a cell turned out to be:
 * - `valid`: 18 characters and the check digit holds;
 * - `invalid`: 18 characters of the alphabet, the check digit fails; kept and flagged, since a few real ones do;
 * - `missing`: empty, or a word for nothing;
 * - `old_number`: a registration number of 15 digits or an organisation code of 9 characters, from before 2015;
 * - `digits_lost`: a spreadsheet turned the code into a number and its last digits are gone; refused;
 * - `malformed`: something else.
 */
export type UsccStatus =
  | "valid"
  | "invalid"
  | "missing"
  | "old_number"
  | "digits_lost"
  | "malformed";

/** The result of {@link checkUscc}. */
export interface UsccCheck {
  readonly status: UsccStatus;
  /** NFKC, upper case, without spaces, hyphens and a leading apostrophe; empty when missing. */
  readonly normalised: string;
  /** Whether positions 9 to 17 pass GB 11714; only for codes of 18 characters. */
  readonly organisationCodeHolds?: boolean;
  /** GB/T 2260 code of the registration authority, positions 3 to 8; may be retired. */
  readonly region?: string;
  /** The code that was probably meant, where a letter was written for the digit that it looks like. */
  readonly suggestion?: string;
}

const NOTHING = /^(?:无|暂无|没有|空|-+|—+|\/+|N\/?A|NULL|NONE|NIL|0+|UNKNOWN|不详|未知)?$/;
const EXPONENT = /^\d(?:\.\d+)?E\+?1[0-9]$/;

/** Examines a credit code. Never throws; what to do with each status is the caller's decision. */
export function checkUscc(value: string | number | bigint): UsccCheck {
  const text = normaliseUscc(typeof value === "number" ? numberText(value) : String(value));
  if (NOTHING.test(text)) return { status: "missing", normalised: "" };
  if (EXPONENT.test(text)) return { status: "digits_lost", normalised: text };
  if (text.length === 18) return checkEighteen(text);
  if (/^\d{15}$/.test(text) || isOrganisationCode(text)) {
    return { status: "old_number", normalised: text };
  }
  return { status: "malformed", normalised: text };
}

function checkEighteen(text: string): UsccCheck {
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(text)) {
    const fixed = text.replace(
      /[OISZV]/g,
      (letter) => ({ O: "0", I: "1", S: "5", Z: "2" })[letter] ?? letter,
    );
    const isFixed = fixed !== text && usccCheckDigit(fixed.slice(0, 17)) === fixed[17];
    return { status: "malformed", normalised: text, ...(isFixed && { suggestion: fixed }) };
  }
  const holds = usccCheckDigit(text.slice(0, 17)) === text[17];
  const facts = {
    normalised: text,
    organisationCodeHolds: organisationCheckDigit(text.slice(8, 16)) === text[16],
    region: text.slice(2, 8),
  };
  // A spreadsheet keeps 15 significant digits and fills up with zeros.
  if (!holds && /^\d{15}000$/.test(text)) return { status: "digits_lost", normalised: text };
  return { status: holds ? "valid" : "invalid", ...facts };
}

/** NFKC, upper case, without spaces, hyphens, invisible characters and a leading apostrophe. */
export function normaliseUscc(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\p{Z}\p{C}]/gu, "")
    .replace(/^['‘’`]+/, "")
    .toUpperCase()
    .replace(/(?<=[0-9A-Z])[-‐-―](?=[0-9A-Z])/g, "");
}

/** As a spreadsheet would write it, with the exponent from 10^15 on, so that lost digits stay visible. */
function numberText(value: number): string {
  return Math.abs(value) >= 1e15 ? value.toExponential().toUpperCase() : String(value);
}

/**
 * The check character of a code's first 17 characters, by GB 32100-2015 appendix A; empty where one of them is not of
 * the alphabet.
 */
export function usccCheckDigit(first17: string): string {
  let sum = 0;
  for (const [i, weight] of WEIGHTS.entries()) {
    const value = ALPHABET.indexOf(first17[i] ?? "?");
    if (value < 0) return "";
    sum += value * weight;
  }
  return ALPHABET[(31 - (sum % 31)) % 31] ?? "";
}

/**
 * The check character of an organisation code's first 8 characters, by GB 11714: 0 to 9 or X; empty where one of them
 * is no letter or digit.
 */
export function organisationCheckDigit(first8: string): string {
  let sum = 0;
  for (const [i, weight] of INNER_WEIGHTS.entries()) {
    const value = INNER_ALPHABET.indexOf(first8[i] ?? "?");
    if (value < 0) return "";
    sum += value * weight;
  }
  const digit = 11 - (sum % 11);
  return digit === 10 ? "X" : digit === 11 ? "0" : String(digit);
}

function isOrganisationCode(text: string): boolean {
  return /^[0-9A-Z]{8}[0-9X]$/.test(text) && organisationCheckDigit(text.slice(0, 8)) === text[8];
}
