/**
 * Places at the beginning of a company's name: 深圳市南山区…, 江西…, and in brackets: （深圳）.
 *
 * @module
 */

import { type Region, regionTable } from "@tributary/proto/vocabulary";
import { foldText } from "../../index/analysis/fold.ts";

/** What stands for the whole country in a name. */
const NATIONAL = new Set(["中国", "中华", "全国", "china"]);

interface PlaceIndex {
  readonly byName: ReadonlyMap<string, readonly Region[]>;
  /** Short names of counties and cities at their level: 昆山. They may as well be a brand. */
  readonly towns: ReadonlySet<string>;
  /** Codes of provinces and cities by English name in one word, lower case. */
  readonly byLatin: ReadonlyMap<string, string>;
  readonly longest: number;
}

let index: PlaceIndex | undefined;

/** A place that a text begins with. */
export interface LeadingPlace {
  /** GB/T 2260 code of the deepest region that is named. */
  readonly code: string;
  /** Characters that it takes. */
  readonly length: number;
}

/**
 * The place that a folded name begins with: at most a province, a city in it and a county in that, each by the longest
 * name that fits. Counties only by their full name, since 长安 and 东方 are brands.
 */
export function leadingPlace(text: string): LeadingPlace | undefined {
  let place: LeadingPlace | undefined;
  for (let depth = 0; depth < 3; depth++) {
    const next = placeAt(text, place?.length ?? 0, place?.code);
    if (next === undefined) break;
    place = next;
  }
  return place;
}

/** The place that a whole folded text names, in brackets or in front of 分公司. */
export function placeNamed(text: string): string | undefined {
  const place = leadingPlace(text);
  return place !== undefined && place.length === text.length ? place.code : undefined;
}

/** True if a folded text means the whole country. */
export function isNational(text: string): boolean {
  return NATIONAL.has(text);
}

/** True if a folded text is the short name of a county or of a city at its level. */
export function isTown(text: string): boolean {
  return places().towns.has(text);
}

/** Code of the province or city that a word in Latin letters names, lower case. */
export function latinPlace(word: string): string | undefined {
  return places().byLatin.get(word);
}

/** True if one region lies in the other, or they are the same. Codes of GB/T 2260. */
export function isNested(a: string, b: string): boolean {
  const left = significant(a);
  const right = significant(b);
  return left.startsWith(right) || right.startsWith(left);
}

/** A code without the zeros that say "all of it": 440000 is 44. */
function significant(code: string): string {
  return code.replace(/(?:00){1,2}$/, "");
}

function placeAt(text: string, from: number, within: string | undefined): LeadingPlace | undefined {
  const { byName, longest } = places();
  for (let length = Math.min(longest, text.length - from); length >= 2; length--) {
    const regions = byName.get(text.slice(from, from + length)) ?? [];
    const region = regions.find(
      ({ code }) =>
        within === undefined || (code !== within && code.startsWith(significant(within))),
    );
    if (region !== undefined) return { code: region.code, length: from + length };
  }
  return undefined;
}

function places(): PlaceIndex {
  if (index !== undefined) return index;
  const byName = new Map<string, Region[]>();
  const towns = new Set<string>();
  const byLatin = new Map<string, string>();
  const put = (name: string, region: Region) => {
    if (name.length < 2) return;
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [region]);
    else if (!known.includes(region)) known.push(region);
  };
  for (const region of regionTable().values()) {
    if (region.level === "nation" || region.level === "country") continue;
    const name = foldText(region.zh);
    put(name, region);
    if (region.level === "county") {
      if (/[市县区旗]$/u.test(name) && name.length >= 3) towns.add(name.slice(0, -1));
      continue;
    }
    put(foldText(region.short), region);
    const latin = foldText(region.en).replace(/[^a-z]/g, "");
    if (!byLatin.has(latin)) byLatin.set(latin, region.code);
  }
  const longest = Math.max(...[...byName.keys()].map((name) => name.length));
  index = { byName, towns, byLatin, longest };
  return index;
}
