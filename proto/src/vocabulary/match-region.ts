/**
 * Regions as people write them: 赣州, 赣州市, 江西省赣州市章贡区, 360702, a retired code, an address, Ganzhou, Spain, ES.
 *
 * @module
 */

import type { Match } from "./match.ts";
import { isRegionCode, NATION, type Region, regionTable } from "./region-table.ts";
import { fold, hasHan, tidy } from "./text.ts";

interface RegionIndex {
  /** Names of provinces and cities, full and short, and of counties, by folded name. */
  readonly names: ReadonlyMap<string, readonly Region[]>;
  /** Lengths of those names, longest first, to try prefixes. */
  readonly lengths: readonly number[];
  /** English names, ISO codes and names of countries. */
  readonly foreign: ReadonlyMap<string, readonly Region[]>;
}

let index: RegionIndex | undefined;

const NATIONWIDE = new Set([
  "全国",
  "中国",
  "全国范围",
  "全国各地",
  "国内",
  "china",
  "nationwide",
  "prchina",
]);

const COUNTRY_WORDS: Readonly<Record<string, string>> = {
  turkey: "TR",
  czechrepublic: "CZ",
  uk: "GB",
  greatbritain: "GB",
  england: "GB",
  usa: "US",
  unitedstatesofamerica: "US",
  thenetherlands: "NL",
  holland: "NL",
  macedonia: "MK",
  republicofkorea: "KR",
  russianfederation: "RU",
};

/**
 * The region that a text names: a GB/T 2260 code for places in China, an ISO 3166-1 alpha-2 code for other countries.
 *
 * Of an address the deepest named region counts. A six-digit code of an existing province that no list has (retired,
 * or of a development zone) is accepted with confidence 0.5. Undefined where nothing fits, or where a name alone
 * stands for several places, such as 鼓楼区.
 */
export function matchRegion(text: string): Match | undefined {
  const plain = tidy(text);
  if (plain === "") return undefined;
  return byCode(plain) ?? (hasHan(plain) ? byHanName(plain) : byLatinName(plain));
}

function byCode(text: string): Match | undefined {
  if (/^[A-Z]{2}$/.test(text) && regionTable().has(text)) {
    return { code: text, confidence: 0.95, reason: "code" };
  }
  if (!/^\d{2,12}$/.test(text) || text.length % 2 === 1) return undefined;
  // Statistical codes have 12 digits, of which the first six are those of GB/T 2260.
  const code = text.length > 6 ? text.slice(0, 6) : text.padEnd(6, "0");
  const listed = regionTable().get(canonicalCode(code));
  if (listed !== undefined) return { code: listed.code, confidence: 1, reason: "code" };
  return text.length >= 6 && isRegionCode(code)
    ? { code, confidence: 0.5, reason: "unlisted_code" }
    : undefined;
}

/** 市辖区, 县 and 省直辖县级行政区划 are shelves of the list and no regions: their province is meant. */
function canonicalCode(code: string): string {
  const isShelf = /^(?:11|12|31|50)0[12]00$|^\d\d9000$/.test(code);
  return isShelf ? `${code.slice(0, 2)}0000` : code;
}

interface Reading {
  readonly region: Region | undefined;
  /** Characters of the text that are names. */
  readonly length: number;
  readonly parts: number;
  readonly isShort: boolean;
}

function byHanName(text: string): Match | undefined {
  const folded = fold(text);
  if (NATIONWIDE.has(folded)) return { code: NATION, confidence: 1, reason: "label" };
  const body = folded.replace(/^(?:中华人民共和国|中国)/, "");
  const country = regionIndex().foreign.get(body)?.[0];
  if (country !== undefined) return { code: country.code, confidence: 1, reason: "label" };
  let best: Reading | undefined;
  for (const reading of readings(body, undefined, 0)) {
    if (best === undefined || isBetter(reading, best)) best = reading;
  }
  const region = best?.region;
  if (best === undefined || region === undefined) return undefined;
  const rest = body.length - best.length;
  if (rest > 0)
    return { code: region.code, confidence: best.isShort ? 0.7 : 0.85, reason: "address" };
  return best.isShort
    ? { code: region.code, confidence: 0.95, reason: "alias" }
    : { code: region.code, confidence: 1, reason: "label" };
}

/** The reading that covers more of the text is better, then the one with fewer parts: 吉林 is the province. */
function isBetter(a: Reading, b: Reading): boolean {
  if (a.length !== b.length) return a.length > b.length;
  return a.parts < b.parts;
}

/** All ways to read the start of the text as a province, a city in it and a county in that. */
function* readings(text: string, within: Region | undefined, parts: number): Generator<Reading> {
  if (parts === 3) return;
  for (const length of regionIndex().lengths) {
    if (length > text.length) continue;
    const name = text.slice(0, length);
    const named = regionIndex().names.get(name);
    if (named === undefined) continue;
    const fitting = named.filter((region) => isWithin(region, within));
    const usable = narrowest(fitting, name, within);
    if (usable === "several") {
      yield { region: within, length, parts: parts + 1, isShort: false };
    } else if (usable !== undefined) {
      const isShort = usable.zh !== name;
      yield { region: usable, length, parts: parts + 1, isShort };
      for (const deeper of readings(text.slice(length), usable, parts + 1)) {
        yield { ...deeper, length: length + deeper.length, isShort: isShort || deeper.isShort };
      }
    }
  }
}

function isWithin(region: Region, outer: Region | undefined): boolean {
  if (outer === undefined) return true;
  if (region.level === "province" || region.code === outer.code) return false;
  const digits = outer.level === "province" ? 2 : outer.level === "city" ? 4 : 6;
  return digits < 6 && region.code.startsWith(outer.code.slice(0, digits));
}

/** One region, where the name means one; a county's short name counts only inside a known region. */
function narrowest(
  regions: readonly Region[],
  name: string,
  within: Region | undefined,
): Region | "several" | undefined {
  const full = regions.filter((region) => region.zh === name || region.level !== "county");
  const candidates = full.length > 0 ? full : within === undefined ? [] : regions;
  const [first, second] = candidates;
  if (second === undefined) return first;
  const wide =
    candidates.find((region) => region.level === "province") ??
    candidates.find((region) => region.level === "city");
  const rivals = candidates.filter((region) => region.level === wide?.level);
  return rivals.length === 1 ? wide : "several";
}

function byLatinName(text: string): Match | undefined {
  const { foreign } = regionIndex();
  const parts = text
    .split(/[,;/|]/)
    .map(latinKey)
    .filter((part) => part !== "");
  const whole = latinKey(text);
  if (NATIONWIDE.has(whole)) return { code: NATION, confidence: 1, reason: "label" };
  const direct = one(foreign.get(whole));
  if (direct !== undefined) return { code: direct.code, confidence: 0.95, reason: "label" };
  // "Ganzhou, Jiangxi": the deepest part that lies in all the wider ones.
  const named = parts.flatMap((part) => {
    const regions = foreign.get(part);
    return regions === undefined ? [] : [regions];
  });
  if (named.length === 0) return undefined;
  const chains = named.reduce<readonly Region[]>((kept, regions) => {
    const next = regions.flatMap((region) =>
      kept.length === 0 ? [region] : kept.flatMap((other) => deeperOf(region, other)),
    );
    return next.length === 0 ? kept : next;
  }, []);
  const region = one(chains);
  return (
    region && { code: region.code, confidence: named.length > 1 ? 0.95 : 0.75, reason: "address" }
  );
}

function deeperOf(a: Region, b: Region): readonly Region[] {
  if (isWithin(a, b)) return [a];
  return isWithin(b, a) ? [b] : [];
}

function one(regions: readonly Region[] | undefined): Region | undefined {
  if (regions === undefined) return undefined;
  const distinct = new Set(regions);
  const wide = regions.find((region) => region.level !== "city");
  return distinct.size === 1 ? regions[0] : wide;
}

function latinKey(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/&/g, " and ")
    .toLowerCase()
    .replace(
      /\b(province|city|municipality|prefecture|autonomous|region|district|county|p\.?r\.?)\b/g,
      "",
    );
  return fold(plain);
}

function regionIndex(): RegionIndex {
  if (index !== undefined) return index;
  const names = new Map<string, Region[]>();
  const foreign = new Map<string, Region[]>();
  const put = (map: Map<string, Region[]>, key: string, region: Region) => {
    const known = map.get(key);
    if (known === undefined) map.set(key, [region]);
    else if (!known.includes(region)) known.push(region);
  };
  for (const region of regionTable().values()) {
    if (region.level === "nation") continue;
    if (region.level === "country") {
      put(foreign, fold(region.zh), region);
      put(foreign, latinKey(region.en), region);
      continue;
    }
    put(names, fold(region.zh), region);
    if (region.level === "county") {
      const short = region.zh.replace(/(?:自治县|自治旗|林区|特区|[县区市旗])$/, "");
      if (short.length >= 2) put(names, short, region);
    } else {
      put(names, region.short, region);
      put(foreign, latinKey(region.en.replace(/ \(.*\)$/, "")), region);
      for (const iso of region.aliases) if (/^CN-/.test(iso)) put(foreign, latinKey(iso), region);
    }
  }
  for (const [word, code] of Object.entries(COUNTRY_WORDS)) {
    const region = regionTable().get(code);
    if (region !== undefined) put(foreign, word, region);
  }
  const lengths = [...new Set([...names.keys()].map((name) => name.length))].sort((a, b) => b - a);
  index = { names, lengths, foreign };
  return index;
}
