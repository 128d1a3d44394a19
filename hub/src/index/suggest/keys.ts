/**
 * By what a title is found while it is typed: its folded text, its pinyin and its initials.
 *
 * @module
 */

import { pinyin } from "pinyin-pro";
import { createFolded, foldedSlice, foldInto } from "../analysis/fold.ts";
import { forEachRun } from "../analysis/runs.ts";

/** Between the titles of a document in several languages. */
const SEPARATOR = " · ";

const FOLDED = createFolded();

/** Titles of one document that are suggested. */
export const MAX_TITLES = 4;

/** Syllables and words of a title that are kept as pinyin; nobody types more. */
const MAX_SYLLABLES = 12;

/** The titles of a document; at most {@link MAX_TITLES}. */
export function titlesOf(title: string): string[] {
  return title
    .split(SEPARATOR)
    .filter((part) => part.trim() !== "")
    .slice(0, MAX_TITLES);
}

/** The text of letters, digits and characters alone, folded. */
export function textKey(text: string): string {
  let key = "";
  foldInto(text, FOLDED);
  forEachRun(FOLDED, ({ from, to }) => {
    key += foldedSlice(FOLDED, from, to);
  });
  return key;
}

/**
 * The sound of a title with a capital at the beginning of each syllable or word: `ChongQingShi`, `MesXiTong`. Readings
 * depend on the words around (pinyin-pro). Empty for a title without Chinese characters.
 */
export function phoneticOf(title: string): string {
  const parts: string[] = [];
  let hasHan = false;
  foldInto(title, FOLDED);
  forEachRun(FOLDED, ({ type, from, to }) => {
    if (parts.length >= MAX_SYLLABLES) return;
    const text = foldedSlice(FOLDED, from, to);
    if (type === "word") parts.push(text);
    else {
      parts.push(...pinyin(text, { toneType: "none", type: "array", v: true }));
      hasHan = true;
    }
  });
  if (!hasHan) return "";
  return parts
    .slice(0, MAX_SYLLABLES)
    .map((part) => part.replace(/[^a-z0-9]/gu, ""))
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("");
}

/** `ChongQing` as `chongqing`. */
export function pinyinKey(phonetic: string): string {
  return phonetic.toLowerCase();
}

/** `ChongQing` as `cq`; digits at the beginning of a word stay. */
export function initialsKey(phonetic: string): string {
  return phonetic.replace(/(?<=[A-Za-z0-9])[a-z]+|(?<=[a-z0-9])[0-9]+/gu, "").toLowerCase();
}

/** What is typed as pinyin: letters and digits; undefined when it is something else. */
export function typedPinyin(prefix: string): string | undefined {
  const typed = prefix
    .toLowerCase()
    .replaceAll("ü", "v")
    .replace(/[\s'’]/gu, "");
  return /^[a-z0-9]+$/u.test(typed) ? typed : undefined;
}
