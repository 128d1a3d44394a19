/**
 * Terms of a query with their weight in an index.
 *
 * @module
 */

import type { Generation } from "../generation.ts";
import type { PostingCursor } from "../segment/posting-cursor.ts";
import { gramKeyOf, type Segment } from "../segment/segment.ts";
import { type Batch, COUNTS, FOUND } from "./batch.ts";
import { MAX_TERMS, type ScoringTerm, type Term } from "./plan.ts";
import { type FieldScorer, idfOf } from "./score.ts";

/** A scoring term whose weight is that of its channel times idf: what a document gets from it, over its saturation. */
export type WeighedTerm = ScoringTerm;

/** A term in a segment that has it. */
export interface WeighedCursor {
  readonly cursor: PostingCursor;
  readonly weight: number;
}

/** The terms that occur in the index, in the order of {@link orderTerms}. */
export function weighTerms(
  { segments, stats }: Generation,
  terms: readonly ScoringTerm[],
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
  return orderTerms(weighed);
}

/**
 * The order in which terms are added up, so that equal documents get equal sums: those that count first, then by falling
 * weight. At most {@link MAX_TERMS}.
 */
export function orderTerms(terms: readonly WeighedTerm[]): WeighedTerm[] {
  return terms
    .toSorted(
      (a, b) =>
        Number(b.isCounted) - Number(a.isCounted) ||
        b.weight - a.weight ||
        (a.text < b.text ? -1 : 1),
    )
    .slice(0, MAX_TERMS);
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

/** Cursors of the terms that a segment has. */
export function cursorsOf(segment: Segment, terms: readonly WeighedTerm[]): WeighedCursor[] {
  const cursors: WeighedCursor[] = [];
  for (const term of terms) {
    const place = findTerm(segment, term);
    if (place !== -1) cursors.push({ cursor: segment.cursor(place), weight: term.weight });
  }
  return cursors;
}

/** Adds what the terms of the cursors give to the scores of a batch. */
export function addScores(
  { docs, scores, size }: Batch,
  cursors: readonly WeighedCursor[],
  scorer: FieldScorer,
  segment: Segment,
): void {
  for (const { cursor, weight } of cursors) {
    const found = cursor.match(docs, size, FOUND, COUNTS);
    for (let k = 0; k < found; k++) {
      const i = FOUND[k] as number;
      const saturation = scorer.saturation(COUNTS[k] as number, segment.lengths, docs[i] as number);
      scores[i] = (scores[i] as number) + weight * saturation;
    }
  }
}

/** Adds the weight of a term to the first `size` documents, of one batch at most, that have it. */
export function addWeight(
  { cursor, weight }: WeighedCursor,
  docs: Uint32Array,
  masses: Float64Array,
  size: number,
): void {
  const found = cursor.match(docs, size, FOUND);
  for (let k = 0; k < found; k++) {
    const i = FOUND[k] as number;
    masses[i] = (masses[i] as number) + weight;
  }
}

/** Less, beyond the rounding of sums in different orders. */
export function isBelow(mass: number, needed: number): boolean {
  return mass < needed * (1 - 1e-9);
}
