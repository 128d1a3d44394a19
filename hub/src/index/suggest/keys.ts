/**
 * By what a title is found while it is typed: its folded text, its pinyin and its initials.
 *
 * @module
 */

import { pinyin } from "pinyin-pro";
import type { Analyzer } from "../analysis/analyzer.ts";
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
 * The sound of a title with a capital at the beginning of each syllable or word: `ChongQingShi`, `MesXiTong`. A character
 * with several readings has the one of the word that it stands in (pinyin-pro). Empty for a title without Chinese
 * characters.
 */
export function phoneticOf(title: string, { dictionary }: Analyzer): string {
  return phonetic(title, (from, to) => {
    let sound = "";
    let at = from;
    for (const end of dictionary.cut(FOLDED.codes, from, to)) {
      sound += end - at === 1 ? soundOfCharacter(at) : soundOfWord(foldedSlice(FOLDED, at, end));
      at = end;
    }
    return sound;
  });
}

/** The same with each character read as it mostly is: needs no dictionary, and differs where one has several. */
export function plainPhoneticOf(title: string): string {
  return phonetic(title, (from, to) => {
    let sound = "";
    for (let at = from; at < to; at++) sound += soundOfCharacter(at);
    return sound;
  });
}

/** @param soundOf The sound of a run's codes. */
function phonetic(title: string, soundOf: (from: number, to: number) => string): string {
  let sound = "";
  let syllables = 0;
  let hasHan = false;
  foldInto(title, FOLDED);
  forEachRun(FOLDED, ({ type, from, to }) => {
    if (syllables >= MAX_SYLLABLES) return;
    if (type === "word") {
      sound += capitalized(foldedSlice(FOLDED, from, to));
      syllables += 1;
      return;
    }
    hasHan = true;
    const end = Math.min(to, from + MAX_SYLLABLES - syllables);
    sound += soundOf(from, end);
    syllables += end - from;
  });
  return hasHan ? sound : "";
}

/** Sounds by code point. */
const CHARACTER_SOUNDS = new Map<number, string>();

function soundOfCharacter(at: number): string {
  const code = FOLDED.codes[at] as number;
  let sound = CHARACTER_SOUNDS.get(code);
  if (sound === undefined) {
    sound = soundOfWord(String.fromCodePoint(code));
    CHARACTER_SOUNDS.set(code, sound);
  }
  return sound;
}

/** Sounds by word; forgets everything when it is full. */
const SOUNDS = new Map<string, string>();

function soundOfWord(word: string): string {
  let sound = SOUNDS.get(word);
  if (sound === undefined) {
    if (SOUNDS.size >= 65_536) SOUNDS.clear();
    sound = pinyin(word, { toneType: "none", type: "array", v: true }).map(capitalized).join("");
    SOUNDS.set(word, sound);
  }
  return sound;
}

function capitalized(syllable: string): string {
  const letters = syllable.replace(/[^a-z0-9]/gu, "");
  return letters.slice(0, 1).toUpperCase() + letters.slice(1);
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
