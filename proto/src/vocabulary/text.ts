/**
 * How words of a person are compared: without width, case, spaces and punctuation.
 *
 * @module
 */

/**
 * The form in which two spellings of one word are equal: NFKC, lower case, without spaces, control characters,
 * punctuation and quotes. Keeps `+`, since "线上+线下" and "C++" mean something by it.
 */
export function fold(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{Z}\p{C}\p{P}`´^]/gu, "");
}

/** NFKC without zero-width and control characters, one space where there were several, none at the ends. */
export function tidy(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, "")
    .replace(/[\p{Z}\p{Cc}]+/gu, " ")
    .trim();
}

/** True where the text holds a Han character. */
export function hasHan(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}

/**
 * Whether `word` stands in `text`: anywhere for a Chinese word, between word boundaries for a Latin one, so that
 * "tea" is not found in "steam". Both as {@link tidy} and lower case.
 */
export function containsWord(text: string, word: string): boolean {
  let at = text.indexOf(word);
  while (at >= 0) {
    const before = text[at - 1] ?? "";
    const after = text[at + word.length] ?? "";
    const startsLatin = /[a-z0-9]/.test(word[0] ?? "");
    const endsLatin = /[a-z0-9]/.test(word.at(-1) ?? "");
    if (!(startsLatin && /[a-z0-9]/.test(before)) && !(endsLatin && /[a-z0-9]/.test(after))) {
      return true;
    }
    at = text.indexOf(word, at + 1);
  }
  return false;
}

/** Longest text, in characters, that is read as a number, a date or an amount; bounds the work of the patterns. */
export const MAX_VALUE_LENGTH = 100;

/**
 * The names in a label such as 改造实施/系统集成; the label itself where a part of it is too short to be a name, as in
 * 订单/供应链响应时间.
 */
export function halvesOf(label: string): readonly string[] {
  const halves = label.replace(/[（(].*?[）)]/g, "").split("/");
  return halves.every((half) => half.length >= 3) ? halves : [label];
}
