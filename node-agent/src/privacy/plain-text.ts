/**
 * Text as detectors read it: full-width forms, compatibility characters and Chinese digits as ASCII, invisible
 * characters gone. Each character remembers where it came from, so that what is found is masked in the original, and
 * the rest of the original stays as it was written.
 *
 * @module
 */

/** A normalised text; `plain[i]` came from `original.slice(starts[i], ends[i])`. */
export interface PlainText {
  readonly original: string;
  readonly plain: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Zero-width, bidirectional and other characters that leave no trace on the screen. */
const INVISIBLE = /\p{Cf}|\p{Default_Ignorable_Code_Point}/gu;

const CHINESE_DIGITS: Readonly<Record<string, string>> = {
  零: "0",
  〇: "0",
  "○": "0",
  一: "1",
  幺: "1",
  壹: "1",
  二: "2",
  两: "2",
  贰: "2",
  三: "3",
  叁: "3",
  四: "4",
  肆: "4",
  五: "5",
  伍: "5",
  六: "6",
  陆: "6",
  七: "7",
  柒: "7",
  八: "8",
  捌: "8",
  九: "9",
  玖: "9",
};
const CHINESE_DIGIT_CLASS = Object.keys(CHINESE_DIGITS).join("");

/** At least seven digits in a row, some of them Chinese: a number that is spelled out, not a word such as 一体化. */
const SPELLED_NUMBER = new RegExp(`(?:[${CHINESE_DIGIT_CLASS}0-9][\\s.·_—–-]?){7,}`, "g");

/** The text without invisible characters. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, "");
}

export function plainTextOf(original: string): PlainText {
  let plain = "";
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const character of original) {
    const end = at + character.length;
    for (const unit of withoutInvisible(character.normalize("NFKC"))) {
      plain += unit;
      // One entry a UTF-16 code unit, so that indices of regular expressions are indices here.
      for (let i = 0; i < unit.length; i++) {
        starts.push(at);
        ends.push(end);
      }
    }
    at = end;
  }
  const withDigits = plain.replace(SPELLED_NUMBER, (run) =>
    run.replace(/[^0-9]/g, (character) => CHINESE_DIGITS[character] ?? character),
  );
  return { original, plain: withDigits, starts, ends };
}
