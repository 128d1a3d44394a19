/**
 * How usual a column's title is for a field.
 *
 * @module
 */

import { fold, headerAliases } from "@tributary/proto/vocabulary";
import { titleParts } from "../../sources/title.ts";

/** A title that is one of the usual ones. */
const SAME = 0.9;
/** One of the less usual ones, which other fields may mean as well. */
const RARE = 0.8;
const RARE_FROM = 8;
/** A title that holds a usual one, or begins one. */
const PARTLY = 0.55;

const titlesByField = new Map<string, readonly string[]>();

/**
 * 0 to 1. Of a title in several rows (规模/人数) the whole, the last part, and both orders of the first and the last part
 * count; of one such as `client_city` its words.
 */
export function titleScore(kind: string, field: string, title: string): number {
  const forms = formsOf(title);
  let best = 0;
  for (const [place, known] of usualTitles(kind, field).entries()) {
    const score = forms.some((form) => form === known)
      ? place < RARE_FROM
        ? SAME
        : RARE
      : forms.some((form) => isPart(form, known))
        ? PARTLY
        : 0;
    best = Math.max(best, score);
  }
  return best;
}

function usualTitles(kind: string, field: string): readonly string[] {
  const name = `${kind} ${field}`;
  let titles = titlesByField.get(name);
  if (titles === undefined) {
    const found = headerAliases().find((one) => one.kind === kind && one.field === field);
    titles = (found?.titles ?? []).map((known) => wordsOf(known));
    titlesByField.set(name, titles);
  }
  return titles;
}

function formsOf(title: string): readonly string[] {
  const parts = titleParts(title).map(withoutUnit);
  const [first = ""] = parts;
  const last = parts.at(-1) ?? "";
  const forms = [parts.join(""), last, ...(parts.length > 1 ? [first + last, last + first] : [])];
  return [...new Set(forms.flatMap((form) => [wordsOf(form), withoutSuffix(wordsOf(form))]))];
}

/** Chinese without signs; Latin as lower-case words with single spaces. */
function wordsOf(title: string): string {
  if (/\p{Script=Han}/u.test(title)) return fold(title);
  return title
    .normalize("NFKC")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

/** Words that name a language or a unit: name_zh is name, amount_max_yuan is amount max. */
function withoutSuffix(words: string): string {
  return words.replace(/ (?:zh|cn|yuan|cny|rmb|10k|wan|eur|usd)$/, "");
}

/** 注册资本（万元） is 注册资本. */
function withoutUnit(title: string): string {
  return title.replace(/[（(][^（()）]*[)）]\s*$/, "").trim() || title;
}

function isPart(form: string, known: string): boolean {
  if (/\p{Script=Han}/u.test(known)) {
    if (form.length < 2 || known.length < 2) return false;
    return form.endsWith(known) || form.startsWith(known) || known.startsWith(form);
  }
  return form.endsWith(` ${known}`) || form.startsWith(`${known} `);
}
