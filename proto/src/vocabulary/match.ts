/**
 * From words that people write to codes.
 *
 * @module
 */

import { industryAncestors } from "./industry-table.ts";
import { regionAncestors } from "./region-table.ts";
import { type Concept, conceptOf, type SchemeName, scheme } from "./scheme.ts";
import { containsWord, fold, halvesOf, tidy } from "./text.ts";

/**
 * Why a text matched: it is the code, the label, another word for it, either with a usual ending left out, holds the
 * label or word among others, is a well-formed code that no list has, or is the start of an address.
 */
export type MatchReason =
  | "code"
  | "label"
  | "alias"
  | "ending"
  | "part"
  | "address"
  | "unlisted_code";

/** What a text was understood as. */
export interface Match {
  readonly code: string;
  /** 0 to 1; from 0.9 on nobody needs to look. */
  readonly confidence: number;
  readonly reason: MatchReason;
}

/** The words of a scheme. */
export interface TermIndex {
  readonly exact: ReadonlyMap<string, Match>;
  /** Labels and words as tidy lower case, longest first. */
  readonly words: readonly (readonly [word: string, code: string])[];
}

const indexes = new Map<SchemeName, TermIndex>();

/** Endings that say nothing: 区域型 is 区域, 省级 is 省. */
const ENDINGS =
  /(服务商|供应商|系统|软件|平台|企业|类型|型|级|类|阶段|中|会|systems?|software|platforms?|type|level)$/;

/**
 * The concept that a text names: by code, label, other word, without a usual ending, or as the longest word in it.
 * Undefined where nothing fits or two concepts fit equally well.
 *
 * For regions and industries use `matchRegion` and `matchIndustry`, which know more.
 *
 * @param index Of other words than those of the shared vocabulary; see `HubTerms`.
 */
export function matchTerm(
  name: SchemeName,
  text: string,
  index: TermIndex = indexOf(name),
): Match | undefined {
  const folded = fold(text);
  if (folded === "") return undefined;
  return index.exact.get(folded) ?? byEnding(index, folded) ?? byPart(index, text);
}

function byEnding(index: TermIndex, folded: string): Match | undefined {
  const stem = folded.replace(ENDINGS, "");
  const match = stem === folded || stem === "" ? undefined : index.exact.get(stem);
  return match && { code: match.code, confidence: 0.85, reason: "ending" };
}

/** The longest label or word that stands in the text, unless another concept has one as long. */
function byPart(index: TermIndex, text: string): Match | undefined {
  const haystack = tidy(text).toLowerCase();
  let best: readonly [string, string] | undefined;
  for (const entry of index.words) {
    if (best !== undefined && entry[0].length < best[0].length) break;
    if (!containsWord(haystack, entry[0])) continue;
    if (best !== undefined && best[1] !== entry[1]) return undefined;
    best = entry;
  }
  return best && { code: best[1], confidence: 0.7, reason: "part" };
}

function indexOf(name: SchemeName): TermIndex {
  let index = indexes.get(name);
  if (index === undefined) {
    index = termIndex(scheme(name).concepts);
    indexes.set(name, index);
  }
  return index;
}

/** The words of these concepts. */
export function termIndex(concepts: readonly Concept[]): TermIndex {
  const exact = new Map<string, Match>();
  const words: [string, string][] = [];
  const put = (word: string, match: Match) => {
    const folded = fold(word);
    if (folded !== "" && !exact.has(folded)) exact.set(folded, match);
  };
  // Codes win over labels and labels over aliases, whatever the order of the concepts.
  for (const { code } of concepts) put(code, { code, confidence: 1, reason: "code" });
  for (const { code, zh, en } of concepts) {
    for (const label of [zh, en]) put(label, { code, confidence: 1, reason: "label" });
  }
  for (const concept of concepts) {
    for (const word of otherWords(concept)) {
      put(word, { code: concept.code, confidence: 0.95, reason: "alias" });
    }
    for (const word of [concept.zh, concept.en, ...otherWords(concept)]) {
      const lower = tidy(word).toLowerCase();
      if (isDistinctive(lower)) words.push([lower, concept.code]);
    }
  }
  words.sort((a, b) => b[0].length - a[0].length || (a[0] < b[0] ? -1 : 1));
  return { exact, words };
}

/** Aliases, and the halves of a label such as 改造实施/系统集成. */
function otherWords({ zh, en, aliases }: Concept): readonly string[] {
  const halves = [zh, en].flatMap(halvesOf).filter((half) => half !== zh && half !== en);
  return [...aliases, ...halves];
}

/** Long enough not to stand in other words by chance: two Han characters or three Latin letters. */
function isDistinctive(word: string): boolean {
  return /^[\x20-\x7e]+$/.test(word) ? word.length >= 3 : word.length >= 2;
}

/**
 * The wider concepts of a code, from the nearest to the widest; empty where there are none. Works for retired region
 * codes too.
 */
export function ancestorsOf(name: SchemeName, code: string): readonly string[] {
  if (name === "region") return regionAncestors(code);
  if (name === "industry") return industryAncestors(code);
  const broader = conceptOf(name, code)?.broader;
  return broader === undefined ? [] : [broader];
}
