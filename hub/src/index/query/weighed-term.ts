/**
 * Terms of a query with their weight in an index.
 *
 * @module
 */

import type { Generation } from "../generation.ts";
import { gramKeyOf, type Segment } from "../segment/segment.ts";
import { MAX_CHARACTERS, type QueryPlan, type ScoringTerm, type Term } from "./plan.ts";
import { idfOf } from "./score.ts";

/** A scoring term whose weight is that of its channel times idf: what a document gets from it, over its saturation. */
export type WeighedTerm = ScoringTerm;

/** The terms that occur in the index, in the order of {@link orderTerms}. */
export function weighTerms(
  { segments, stats }: Generation,
  { terms, maxTerms }: Pick<QueryPlan, "terms" | "maxTerms">,
): WeighedTerm[] {
  const weighed: WeighedTerm[] = [];
  for (const term of terms) {
    let df = 0;
    for (const { segment } of segments) {
      const place = findTerm(segment, term);
      if (place !== -1) df += segment.df(place);
    }
    if (df > 0) weighed.push({ ...term, weight: term.weight * idfOf(stats.docs, df) });
  }
  return orderTerms(weighed, maxTerms);
}

/**
 * The order in which terms are added up, so that equal documents get equal sums: those that count first, then by falling
 * weight. At most `maxTerms` that count, and {@link MAX_CHARACTERS} others.
 */
export function orderTerms(terms: readonly WeighedTerm[], maxTerms: number): WeighedTerm[] {
  const ordered = terms.toSorted((a, b) => b.weight - a.weight || (a.text < b.text ? -1 : 1));
  return [
    ...ordered.filter(({ isCounted }) => isCounted).slice(0, maxTerms),
    ...ordered.filter(({ isCounted }) => !isCounted).slice(0, MAX_CHARACTERS),
  ];
}

/** Place of a term in the dictionary of a segment; -1 when it has it not. */
export function findTerm(segment: Segment, { text, isGram }: Term): number {
  const key = gramKeyOf(text, isGram);
  return key === 0 ? segment.findText(text) : segment.findGram(key);
}

/** Counts by field of a term in a document; 0 when the document has it not. */
export function countsIn(segment: Segment, doc: number): (term: Term) => number {
  return (term) => {
    const place = findTerm(segment, term);
    const cursor = place === -1 ? undefined : segment.cursor(place);
    return cursor !== undefined && cursor.advance(doc) === doc ? cursor.counts : 0;
  };
}

/** Less, beyond the rounding of sums in different orders. */
export function isBelow(mass: number, needed: number): boolean {
  return mass < needed * (1 - 1e-9);
}
