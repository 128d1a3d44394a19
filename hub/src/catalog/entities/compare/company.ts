/**
 * Names of companies: legal name, short name, misspelt name, English name.
 *
 * @module
 */

import { type CompanyName, parseCompanyNames } from "../company-name.ts";
import { isNested, isTown } from "../name-place.ts";
import { soundsAlike, syllablesOf } from "../sound.ts";
import { bigramsOf, isSubsequence, isWithinOneEdit, jaroWinkler } from "../text-distance.ts";
import { type BlockingKey, type Comparison, type Level, MISSING, type Veto } from "./comparison.ts";

/** From the most to the least telling; weights: `Level.startBits`. */
const LEVELS = [
  { name: "equal", startShare: 0.3, startBits: 9.2, byFrequency: true },
  { name: "core", startShare: 0.2, startBits: 9.2, byFrequency: true },
  { name: "sound", startShare: 0.06, startBits: 8.1, byFrequency: true },
  { name: "short", startShare: 0.16, startBits: 7.6, byFrequency: true },
  { name: "romanised", startShare: 0.05, startBits: 8.1, byFrequency: true },
  { name: "close", startShare: 0.08, startBits: 5.9 },
  { name: "brand", startShare: 0.03, startBits: 2, byFrequency: true },
  { name: "abbreviation", startShare: 0.04, startBits: 1.5 },
  { name: "similar", startShare: 0.03, startBits: 1.6 },
  { name: "different", startShare: 0, startBits: -6.9, minBits: -6.9 },
] as const satisfies readonly Level[];

type LevelName = (typeof LEVELS)[number]["name"];

const LEVEL_OF = Object.fromEntries(LEVELS.map(({ name }, i) => [name, i])) as Record<
  LevelName,
  number
>;

/** A name with what is computed once. */
interface Name extends CompanyName {
  /** Brand and trade. */
  readonly core: string;
  readonly isHan: boolean;
  /** Syllables of the core, or letters of an English brand. */
  readonly sound: string;
  /** Syllables of the brand. */
  readonly brandSound: string;
  /** What the brand may be of an English name: its words and neighbouring words, each in one piece. */
  readonly spans: readonly string[];
}

/** The names of a record; the first is the main one. */
type Names = readonly Name[];

/** Compares the names of companies; all fields of type `company` together. */
export const companyComparison: Comparison<Names> = {
  name: "name",
  levels: LEVELS,
  prepare: (texts) => {
    const names = texts.flatMap(parseCompanyNames).map(withSound);
    return names.length === 0 ? undefined : names;
  },
  level: (a, b) => {
    const isSingle = a.length === 1 && b.length === 1;
    return isSingle ? levelOf(a[0] as Name, b[0] as Name) : bestPair(a, b).level;
  },
  term: (names) => names[0]?.brandSound ?? "",
  keys: keysOf,
  veto: (a, b) => {
    const { left, right, level } = bestPair(a, b);
    return left === undefined || right === undefined ? undefined : vetoOf(left, right, level);
  },
};

function withSound(name: CompanyName): Name {
  const isHan = HAN.test(name.text);
  const core = name.brand + name.trade;
  return {
    ...name,
    core,
    isHan,
    sound: isHan ? asLetters(syllablesOf(core).join("")) : name.brand,
    brandSound: isHan ? asLetters(syllablesOf(name.brand).join("")) : name.brand,
    spans: isHan ? [] : spansOf(name.latin),
  };
}

/** As English names write it: 绿 is lu. */
function asLetters(syllables: string): string {
  return syllables.replaceAll("v", "u");
}

/** Runs of at most four words. */
function spansOf(words: readonly string[]): readonly string[] {
  const spans = new Set<string>();
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= Math.min(words.length, from + 4); to++) {
      spans.add(words.slice(from, to).join(""));
    }
  }
  return [...spans];
}

const HAN = /\p{Script=Han}/u;

interface Pair {
  readonly level: number;
  readonly left?: Name;
  readonly right?: Name;
}

/** The two names that are most alike. */
function bestPair(a: Names, b: Names): Pair {
  let best: Pair = { level: MISSING };
  for (const left of a) {
    for (const right of b) {
      const level = levelOf(left, right);
      if (level !== MISSING && (best.level === MISSING || level < best.level)) {
        best = { level, left, right };
      }
    }
  }
  return best;
}

function levelOf(a: Name, b: Name): number {
  if (a.text === b.text) return LEVEL_OF.equal;
  if (a.isHan !== b.isHan) return romanisedLevel(a, b);
  if (a.core === b.core) return LEVEL_OF.core;
  if (!a.isHan) return latinLevel(a, b);
  if (a.core.length === b.core.length && soundsAlike(a.core, b.core)) return LEVEL_OF.sound;
  const [short, long] = a.core.length <= b.core.length ? [a, b] : [b, a];
  if (a.brand === b.brand) {
    return isSubsequence(short.trade, long.trade) ? LEVEL_OF.short : LEVEL_OF.brand;
  }
  if (isTown(long.core.slice(0, -short.core.length)) && long.core.endsWith(short.core)) {
    return LEVEL_OF.short;
  }
  if (short.core.length >= 2 && long.core.startsWith(short.core)) return LEVEL_OF.short;
  if (isClose(short, long)) return LEVEL_OF.close;
  if (isAbbreviation(short, long)) return LEVEL_OF.abbreviation;
  return jaroWinkler(a.core, b.core) >= 0.85 ? LEVEL_OF.similar : LEVEL_OF.different;
}

/** One wrong character in a name that is long enough, or the sound of the brand with the trade cut. */
function isClose(short: Name, long: Name): boolean {
  if (short.core.length >= 4 && isWithinOneEdit(short.core, long.core)) return true;
  if (jaroWinkler(short.core, long.core) >= 0.92) return true;
  return (
    short.brand.length === long.brand.length &&
    soundsAlike(short.brand, long.brand) &&
    isSubsequence(short.trade, long.trade)
  );
}

/** 中石化 of 中国石油化工: begins alike, and its characters stand in the whole name in their order. */
function isAbbreviation(short: Name, long: Name): boolean {
  return (
    short.legalForm === "" &&
    short.core.length >= 2 &&
    short.core.length <= 6 &&
    (short.core[0] === long.core[0] || short.core[0] === long.text[0]) &&
    isSubsequence(short.core, long.text)
  );
}

/** An English name against a Chinese one: it says something only if it has the brand's pinyin or its Latin letters. */
function romanisedLevel(a: Name, b: Name): number {
  const [han, latin] = a.isHan ? [a, b] : [b, a];
  const isSame = latin.spans.some(
    (span) => span === han.brandSound || span === han.sound || span === han.brand,
  );
  return isSame ? LEVEL_OF.romanised : MISSING;
}

function latinLevel(a: Name, b: Name): number {
  if (a.brand === "" || b.brand === "") return MISSING;
  if (a.brand === b.brand) return LEVEL_OF.core;
  const similarity = jaroWinkler(a.brand, b.brand);
  if (similarity >= 0.92) return LEVEL_OF.close;
  const shared = a.latin.filter((word) => b.latin.includes(word)).length;
  if (shared > 0 && shared === Math.min(a.latin.length, b.latin.length)) return LEVEL_OF.short;
  return similarity >= 0.85 ? LEVEL_OF.similar : LEVEL_OF.different;
}

/** Two legal names are two companies where they differ in more than a slip of the pen. */
function vetoOf(a: Name, b: Name, level: number): Veto | undefined {
  if (level >= LEVEL_OF.different) return undefined;
  if (a.branch !== b.branch && (a.isHan || b.isHan)) return "branch";
  if (a.place !== "" && b.place !== "" && !isNested(a.place, b.place)) return "place";
  if (a.isHan && b.isHan && differsInNumber(a.core, b.core)) return "number";
  if (level === LEVEL_OF.brand) return "trade";
  const isFull = a.legalForm !== "" && b.legalForm !== "";
  return isFull && level === LEVEL_OF.short ? "trade" : undefined;
}

const ORDINALS = /[0-9一二三四五六七八九十甲乙丙丁东南西北]/gu;

/** 第一建筑 and 第二建筑, 华东 and 华南: one character that tells places of a series apart. */
function differsInNumber(a: string, b: string): boolean {
  if (a === b || a.length !== b.length) return false;
  return a.replace(ORDINALS, "#") === b.replace(ORDINALS, "#");
}

function* keysOf(names: Names): Iterable<BlockingKey> {
  for (const name of names) {
    if (name.brand === "") continue;
    yield { kind: "brand", text: name.brandSound };
    yield { kind: "core", text: name.sound };
    for (const span of name.spans) yield { kind: "brand", text: span };
    for (const word of name.latin) yield { kind: "word", text: word };
    if (!name.isHan) continue;
    const syllables = syllablesOf(name.brand);
    for (const pair of bigramsOf(name.brand)) yield { kind: "pair", text: pair };
    for (let i = 0; i + 1 < syllables.length; i++) {
      yield { kind: "sound", text: `${syllables[i]} ${syllables[i + 1]}` };
    }
    for (const character of new Set(name.brand)) {
      yield { kind: "character", text: character, isPart: true };
    }
  }
}
