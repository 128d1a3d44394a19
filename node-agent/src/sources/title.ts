/**
 * Column titles: how they are cleaned, made unique, and found again.
 *
 * @module
 */

import { fold } from "@tributary/proto/vocabulary";

const MAX_TITLE = 200;

/** A title on one line, as a person sees it: line breaks and spaces between Han characters gone. */
export function titleText(text: string): string {
  return text
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, "")
    .replace(/[\s\p{Cc}\u3000]+/gu, " ")
    .replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, "")
    .trim()
    .slice(0, MAX_TITLE);
}

/** Letters of a column as a spreadsheet shows them. @param index Counted from 0. */
export function columnLetters(index: number): string {
  let letters = "";
  for (let at = index; at >= 0; at = Math.floor(at / 26) - 1) {
    letters = String.fromCharCode(65 + (at % 26)) + letters;
  }
  return letters;
}

/** Titles without repetition: a repeated one gets " (2)", one that is empty its column's letters. */
export function uniqueTitles(titles: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return titles.map((title, index) => {
    const base = title === "" ? columnLetters(index) : title;
    let name = base;
    for (let n = 2; used.has(name); n += 1) name = `${base} (${n})`;
    used.add(name);
    return name;
  });
}

/** Parts of a title of several rows: at each "/", but for one in brackets, as in 收费（元/人）. */
export function titleParts(title: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  for (const sign of title) {
    if ("（([".includes(sign)) depth += 1;
    if ("）)]".includes(sign)) depth -= 1;
    if (sign === "/" && depth <= 0) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts;
}

/**
 * The title that a mapping means: the same, the same but for width, case, spaces and brackets, or the only one whose
 * last part is it (企业名称 for 企业基本信息/企业名称). Undefined where none or several fit.
 */
export function findTitle(titles: readonly string[], wanted: string): string | undefined {
  if (titles.includes(wanted)) return wanted;
  const folded = fold(wanted);
  const same = titles.filter((title) => fold(title) === folded);
  if (same.length === 1) return same[0];
  const ending = titles.filter((title) => fold(titleParts(title).at(-1) ?? "") === folded);
  return ending.length === 1 ? ending[0] : undefined;
}
