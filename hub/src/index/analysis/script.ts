/**
 * Classes of folded characters: what is cut into n-grams, what into words, what joins the parts of a code.
 *
 * @module
 */

export const OTHER = 1;
/** Written without spaces: Han, kana, hangul, bopomofo, Thai, Lao, Khmer, Burmese. Searched by n-grams. */
export const GRAM = 2;
export const LETTER = 3;
export const DIGIT = 4;
/** Joins two parts of a word or code when it stands between letters or digits. */
export const CONNECTOR = 5;

export type CharacterClass =
  | typeof OTHER
  | typeof GRAM
  | typeof LETTER
  | typeof DIGIT
  | typeof CONNECTOR;

const CLASSES = new Uint8Array(0x40000);

/** Class of a code point. */
export function classOf(code: number): CharacterClass {
  if (code >= CLASSES.length) return OTHER;
  const known = CLASSES[code] as CharacterClass | 0;
  if (known !== 0) return known;
  const found = classify(String.fromCodePoint(code));
  CLASSES[code] = found;
  return found;
}

const GRAMS =
  /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const LETTERS = /[\p{L}\p{M}]/u;
const DIGITS = /\p{N}/u;
const CONNECTORS = /[-_./+&'’#@]/u;

function classify(character: string): CharacterClass {
  if (CONNECTORS.test(character)) return CONNECTOR;
  const isWritten = LETTERS.test(character) || DIGITS.test(character);
  if (isWritten && GRAMS.test(character)) return GRAM;
  if (LETTERS.test(character)) return LETTER;
  return DIGITS.test(character) ? DIGIT : OTHER;
}
