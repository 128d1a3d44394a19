/**
 * Industries as people write them: codes at any level, names of the standard, everyday words.
 *
 * @module
 */

import { industryTable, industryWords } from "./industry-table.ts";
import type { Match } from "./match.ts";
import { containsWord, fold, tidy } from "./text.ts";

/** An industry match; everyday words such as 装备制造 stand for several codes. */
export interface IndustryMatch extends Match {
  /** All codes that are meant, ascending by the standard; `code` is the one, or the nearest that holds them all. */
  readonly codes: readonly string[];
}

interface IndustryIndex {
  readonly exact: ReadonlyMap<string, IndustryMatch>;
  readonly words: readonly (readonly [word: string, codes: readonly string[]])[];
}

let index: IndustryIndex | undefined;

const ENDING =
  /(产业链|产业集群|产业|行业|领域|制造业|制造|加工业|加工|工业|企业|业|类|industry|sector)$/;

/**
 * The industry of GB/T 4754-2017 that a text names: `C38`, `38`, `3670 汽车零部件及配件制造`, 电气机械和器材制造业, 装备制造,
 * `automotive`. Undefined where nothing fits.
 */
export function matchIndustry(text: string): IndustryMatch | undefined {
  const plain = tidy(text);
  if (plain === "") return undefined;
  return byCode(plain) ?? byName(fold(plain)) ?? byPart(plain.toLowerCase());
}

/** A code alone or beside its name, with or without the letter of its section. */
function byCode(text: string): IndustryMatch | undefined {
  const found = /(?:^|[^0-9a-z])([a-t]?)(\d{2,4})(?:$|[^0-9a-z])/i.exec(text);
  const digits = found?.[2];
  if (digits !== undefined) {
    const isAlone = found?.[0].trim() === text;
    const isBesideName = /^[a-t]?\d{2,4}\D+$|^\D+[a-t]?\d{2,4}\W*$/i.test(text);
    if (
      industryTable().has(digits) &&
      (isAlone || isBesideName) &&
      sectionFits(found?.[1], digits)
    ) {
      return { code: digits, codes: [digits], confidence: isAlone ? 1 : 0.95, reason: "code" };
    }
  }
  if (/^[a-t]$/i.test(text)) {
    const code = text.toUpperCase();
    return { code, codes: [code], confidence: 1, reason: "code" };
  }
  return undefined;
}

function sectionFits(letter: string | undefined, code: string): boolean {
  if (letter === undefined || letter === "") return true;
  return sectionOf(code) === letter.toUpperCase();
}

function sectionOf(code: string): string {
  let at = code;
  for (;;) {
    const broader = industryTable().get(at)?.broader;
    if (broader === undefined) return at;
    at = broader;
  }
}

function byName(folded: string): IndustryMatch | undefined {
  const { exact } = industryIndex();
  const match = exact.get(folded);
  if (match !== undefined) return match;
  const stem = folded.replace(ENDING, "");
  const byStem = stem === folded || stem === "" ? undefined : exact.get(stem);
  return byStem && { ...byStem, confidence: 0.85, reason: "ending" };
}

/** The longest everyday word or name in the text, unless another as long means something else. */
function byPart(text: string): IndustryMatch | undefined {
  let best: readonly [string, readonly string[]] | undefined;
  for (const entry of industryIndex().words) {
    if (best !== undefined && entry[0].length < best[0].length) break;
    if (!containsWord(text, entry[0])) continue;
    if (best !== undefined && best[1].join() !== entry[1].join()) return undefined;
    best = entry;
  }
  return best && { ...matchOf(best[1]), confidence: 0.65, reason: "part" };
}

function industryIndex(): IndustryIndex {
  if (index !== undefined) return index;
  const exact = new Map<string, IndustryMatch>();
  const words: [string, readonly string[]][] = [];
  // From wide to narrow, so that a name that a group shares with its only class means the group.
  const concepts = [...industryTable().values()].sort((a, b) => a.code.length - b.code.length);
  for (const { code, zh, en } of concepts) {
    for (const label of [zh, en]) {
      const key = fold(label);
      if (exact.has(key)) continue;
      exact.set(key, { ...matchOf([code]), confidence: 1, reason: "label" });
      if (key.length >= 4) words.push([tidy(label).toLowerCase(), [code]]);
    }
  }
  for (const [codes, aliases] of industryWords()) {
    for (const alias of aliases) {
      const key = fold(alias);
      if (!exact.has(key)) exact.set(key, { ...matchOf(codes), confidence: 0.95, reason: "alias" });
      if (alias.length >= 2) words.push([alias.toLowerCase(), codes]);
    }
  }
  // 通用设备 for 通用设备制造业; never against a name or word of its own.
  for (const { code, zh } of concepts) {
    const stem = fold(zh).replace(ENDING, "");
    if (stem.length >= 2 && !stem.startsWith("其他") && !exact.has(stem)) {
      exact.set(stem, { ...matchOf([code]), confidence: 0.85, reason: "ending" });
    }
  }
  words.sort((a, b) => b[0].length - a[0].length || (a[0] < b[0] ? -1 : 1));
  index = { exact, words };
  return index;
}

function matchOf(codes: readonly string[]): { code: string; codes: readonly string[] } {
  const [first] = codes;
  if (codes.length === 1 && first !== undefined) return { code: first, codes };
  return { code: commonAncestor(codes), codes };
}

/** The narrowest industry that holds all; the section where they share nothing narrower. */
function commonAncestor(codes: readonly string[]): string {
  const paths = codes.map((code) => {
    const path = [code];
    for (let at = industryTable().get(code)?.broader; at !== undefined; ) {
      path.push(at);
      at = industryTable().get(at)?.broader;
    }
    return path;
  });
  const shared = paths[0]?.find((code) => paths.every((path) => path.includes(code)));
  return shared ?? codes[0] ?? "";
}
