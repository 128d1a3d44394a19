/**
 * Answers a query over one generation.
 *
 * Conditions are walked a document at a time, the rarest first. A question (mode `mass`) is scored a term at a time: the
 * terms are sorted by weight, and only *essential* ones make candidates. They are essential until the rest together
 * weighs less than what a document must have, so no match is lost: a document without any essential term cannot have
 * enough. The rest adds to candidates only. With `isExhaustive` all terms are essential; tests compare the two.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import type { IndexHit, IndexQuery, IndexResult } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { isInAudience } from "../fields.ts";
import type { Generation } from "../generation.ts";
import { type Deletes, isDeleted } from "../segment/deletes.ts";
import { END, type PostingCursor } from "../segment/postings.ts";
import { createTextUnits, gramKeyOf, type Segment } from "../segment/segment.ts";
import { allOf, anyOf, type Docs, EveryDoc, FieldTermDocs, NO_DOCS, TermDocs } from "./docs.ts";
import { explainHit } from "./explain.ts";
import { FacetTally, SegmentFacets } from "./facets.ts";
import { highlight } from "./highlight.ts";
import { parseQuery } from "./parse.ts";
import { phraseForm } from "./phrase.ts";
import {
  MAX_TERMS,
  MIN_MASS,
  type Phrase,
  planQuery,
  type QueryPlan,
  type Term,
  type Unit,
} from "./plan.ts";
import { FieldScorer, idfOf, MAX_SATURATION } from "./score.ts";
import { type Candidate, TopHits } from "./top.ts";

/** How to run a query. */
export interface SearchOptions {
  /** Throws when the query should stop: its time is over or its caller has left. Asked every few thousand documents. */
  readonly checkTime: () => void;
  /** Without pruning; for tests. */
  readonly isExhaustive?: boolean;
}

/** A scoring term with its numbers over the whole index. */
export interface WeighedTerm extends Term {
  /** Weight of the channel times idf: the most a document can get from it, over {@link MAX_SATURATION}. */
  readonly weight: number;
  readonly isCounted: boolean;
}

/** Documents between two looks at the clock. */
const CHECK_EVERY = 4096;

/** Searches. @throws {TributaryError} `ERR_QUERY_INVALID` for a query beyond its limits. */
export function search(
  generation: Generation,
  query: IndexQuery,
  analyzer: Analyzer,
  options: SearchOptions,
): IndexResult {
  checkRanges(query);
  const plan = planQuery(parseQuery(query.text), query.filters, analyzer);
  const run = new SearchRun(generation, query, plan, analyzer, options);
  return run.result();
}

/** @throws {TributaryError} `ERR_QUERY_INVALID` */
export function checkRanges({ limit, filters, facets }: IndexQuery): void {
  const problem =
    !Number.isInteger(limit) || limit < 1 || limit > 500
      ? `limit is 1 to 500, not ${limit}`
      : filters.length > 32
        ? `at most 32 filters, not ${filters.length}`
        : filters.some(({ values }) => values.length < 1 || values.length > 64)
          ? "a filter has 1 to 64 values"
          : facets.length > 32
            ? `at most 32 facets, not ${facets.length}`
            : undefined;
  if (problem !== undefined) throw new TributaryError("ERR_QUERY_INVALID", problem);
}

class SearchRun {
  readonly #generation: Generation;
  readonly #query: IndexQuery;
  readonly #plan: QueryPlan;
  readonly #analyzer: Analyzer;
  readonly #options: SearchOptions;
  readonly #terms: readonly WeighedTerm[];
  readonly #scorer: FieldScorer;
  #top: TopHits;
  #tally: FacetTally;
  readonly #texts = createTextUnits();
  #total = 0;
  #sinceCheck = 0;

  constructor(
    generation: Generation,
    query: IndexQuery,
    plan: QueryPlan,
    analyzer: Analyzer,
    options: SearchOptions,
  ) {
    this.#generation = generation;
    this.#query = query;
    this.#plan = plan;
    this.#analyzer = analyzer;
    this.#options = options;
    this.#terms = weighTerms(generation, plan);
    this.#scorer = new FieldScorer(generation.stats);
    this.#top = new TopHits(query.limit, query.sort, query.after);
    this.#tally = new FacetTally(query.facets);
  }

  result(): IndexResult {
    const { mode } = this.#plan;
    this.#searchAll(mode === "mass");
    let isMass = mode === "mass";
    if (mode === "all-or-mass" && this.#total === 0) {
      this.#top = new TopHits(this.#query.limit, this.#query.sort, this.#query.after);
      this.#tally = new FacetTally(this.#query.facets);
      this.#searchAll(true);
      isMass = true;
    }
    const hits = this.#top.sorted().map((candidate) => this.#hit(candidate, isMass));
    return {
      hits,
      total: this.#total,
      facets: this.#tally.result(),
      position: this.#generation.position,
    };
  }

  #searchAll(isMass: boolean): void {
    for (const { segment, deletes } of this.#generation.segments) {
      if (segment.docs > 0) this.#searchSegment(segment, deletes, isMass);
    }
  }

  #searchSegment(segment: Segment, deletes: Deletes, isMass: boolean): void {
    const units = requiredUnits(this.#plan, isMass);
    const conditions = [
      ...units.map((unit) => unitDocs(segment, unit)),
      ...this.#plan.phrases.map(({ terms, field }) => termsDocs(segment, terms, field)),
    ];
    if (conditions.includes(NO_DOCS)) return;
    const { filters, excludedFilters } = this.#plan;
    const facets = new SegmentFacets(
      segment,
      filters,
      excludedFilters,
      this.#query.facets,
      this.#query.stale,
    );
    const gate = this.#gate(segment, deletes, facets);
    if (isMass) this.#walkMass(segment, conditions, gate);
    else this.#walkAll(segment, conditions, gate);
    facets.addTo(this.#tally);
  }

  /** All conditions but the free text: life, audience, exclusions, phrases in the text, filters; counts facets. */
  #gate(segment: Segment, deletes: Deletes, facets: SegmentFacets): (doc: number) => boolean {
    const { reader } = this.#query;
    const isSeen = Uint8Array.from(segment.meta.audiences, (a) =>
      isInAudience(reader, a) ? 1 : 0,
    );
    const isAllSeen = isSeen.every((seen) => seen === 1);
    const { audience } = segment;
    const phrases = this.#plan.phrases.filter(({ isExact }) => !isExact);
    const excluded = this.#plan.excluded.map((phrase) => ({
      phrase,
      docs: termsDocs(segment, phrase.terms, phrase.field),
    }));
    return (doc) => {
      this.#tick();
      if (deletes !== undefined && isDeleted(deletes, doc)) return false;
      if (!isAllSeen && isSeen[audience[doc] as number] === 0) return false;
      for (const phrase of phrases) if (!this.#hasPhrase(segment, doc, phrase)) return false;
      for (const { phrase, docs } of excluded) {
        if (docs.advance(doc) !== doc) continue;
        if (phrase.isExact || this.#hasPhrase(segment, doc, phrase)) return false;
      }
      if (!facets.accept(doc)) return false;
      this.#total += 1;
      return true;
    };
  }

  #walkAll(segment: Segment, conditions: readonly Docs[], gate: (doc: number) => boolean): void {
    const docs = conditions.length === 0 ? new EveryDoc(segment.docs) : allOf(conditions);
    const scored = this.#isScored ? this.#cursors(segment, this.#counted) : [];
    for (let doc = docs.advance(0); doc !== END; doc = docs.advance(doc + 1)) {
      if (!gate(doc)) continue;
      this.#top.offer(segment, doc, this.#addScores(0, scored, segment, doc));
    }
  }

  #walkMass(segment: Segment, conditions: readonly Docs[], gate: (doc: number) => boolean): void {
    const total = this.#counted.reduce((sum, { weight }) => sum + weight, 0);
    const needed = total * MIN_MASS;
    const sums = scratch(segment.docs);
    let rest = total;
    for (const term of this.#counted) {
      const isEssential = this.#options.isExhaustive === true || !isBelow(rest, needed);
      rest -= term.weight;
      const place = findTerm(segment, term);
      if (place !== -1)
        this.#addPostings(segment, segment.cursor(place), term.weight, sums, isEssential);
    }
    const touched = sums.touched.subarray(0, sums.count);
    if (conditions.length > 0 || this.#plan.excluded.length > 0) touched.sort();
    const others = conditions.length === 0 ? new EveryDoc(segment.docs) : allOf(conditions);
    const matches: { readonly doc: number; readonly score: number }[] = [];
    for (const doc of touched) {
      const mass = sums.mass[doc] as number;
      const score = sums.score[doc] as number;
      sums.mass[doc] = 0;
      sums.score[doc] = 0;
      if (isBelow(mass, needed) || others.advance(doc) !== doc || !gate(doc)) continue;
      matches.push({ doc, score });
    }
    sums.count = 0;
    this.#offerMatches(segment, matches);
  }

  #addPostings(
    segment: Segment,
    cursor: PostingCursor,
    weight: number,
    sums: Sums,
    isEssential: boolean,
  ): void {
    const { mass, score } = sums;
    const scored = this.#isScored ? weight : 0;
    while (cursor.nextBlock()) {
      const { docs, blockCounts, size } = cursor;
      for (let i = 0; i < size; i++) {
        const doc = docs[i] as number;
        if (mass[doc] === 0) {
          if (!isEssential) continue;
          sums.touched[sums.count++] = doc;
        }
        const saturation = this.#scorer.saturation(blockCounts[i] as number, segment.lengths, doc);
        mass[doc] = (mass[doc] as number) + weight;
        score[doc] = (score[doc] as number) + scored * saturation;
      }
      this.#tick(size);
    }
  }

  /** Adds the terms that do not count to matches, but only to those that can still be among the best. */
  #offerMatches(
    segment: Segment,
    matches: { readonly doc: number; readonly score: number }[],
  ): void {
    const fine = this.#terms.filter(({ isCounted }) => !isCounted);
    const { limit, after } = this.#query;
    let least = Number.NEGATIVE_INFINITY;
    if (after === undefined && matches.length > limit && this.#options.isExhaustive !== true) {
      const scores = Float64Array.from(matches, ({ score }) => score).sort();
      const gain = fine.reduce((sum, { weight }) => sum + weight, 0) * MAX_SATURATION;
      least = (scores[scores.length - limit] as number) - gain;
    }
    const cursors = this.#isScored ? this.#cursors(segment, fine) : [];
    const candidates = matches.filter(({ score }) => score >= least).sort((a, b) => a.doc - b.doc);
    for (const { doc, score } of candidates) {
      this.#top.offer(segment, doc, this.#addScores(score, cursors, segment, doc));
    }
  }

  get #isScored(): boolean {
    return this.#query.sort === "relevance";
  }

  get #counted(): readonly WeighedTerm[] {
    return this.#terms.filter(({ isCounted }) => isCounted);
  }

  #addScores(
    from: number,
    cursors: readonly WeighedCursor[],
    segment: Segment,
    doc: number,
  ): number {
    let score = from;
    for (const { cursor, weight } of cursors) {
      if (cursor.advance(doc) !== doc) continue;
      score += weight * this.#scorer.saturation(cursor.counts, segment.lengths, doc);
    }
    return score;
  }

  #cursors(segment: Segment, terms: readonly WeighedTerm[]): WeighedCursor[] {
    return terms.flatMap((term) => {
      const place = findTerm(segment, term);
      return place === -1 ? [] : [{ cursor: segment.cursor(place), weight: term.weight }];
    });
  }

  #hasPhrase(segment: Segment, doc: number, { form, field }: Phrase): boolean {
    segment.readTexts(doc, this.#texts);
    const { units, ends } = this.#texts;
    for (let f = 0; f < 4; f++) {
      if (field !== undefined && f !== field) continue;
      const from = f === 0 ? 0 : (ends[f - 1] as number);
      const text = unitsToText(units, from, ends[f] as number);
      if (phraseForm(text, this.#analyzer).includes(form)) return true;
    }
    return false;
  }

  #hit(candidate: Candidate, isMass: boolean): IndexHit {
    const { segment, doc, score, receivedAtMs } = candidate;
    segment.readTexts(doc, this.#texts);
    const { units, ends } = this.#texts;
    const texts = [0, 1, 2, 3].map((f) =>
      unitsToText(units, f === 0 ? 0 : (ends[f - 1] as number), ends[f] as number),
    );
    return {
      ref: segment.ref(doc),
      score,
      receivedAtMs,
      highlights: highlight(texts, this.#plan.marks, this.#terms, this.#analyzer),
      terms: this.#query.explain ? this.#explain(segment, doc, isMass) : [],
    };
  }

  #explain(segment: Segment, doc: number, isMass: boolean): IndexHit["terms"] {
    if (!this.#isScored) return [];
    return explainHit(
      isMass ? this.#terms : this.#counted,
      (term) => {
        const place = findTerm(segment, term);
        const cursor = place === -1 ? undefined : segment.cursor(place);
        return cursor !== undefined && cursor.advance(doc) === doc ? cursor.counts : 0;
      },
      { scorer: this.#scorer, lengths: segment.lengths, doc },
    );
  }

  #tick(documents = 1): void {
    this.#sinceCheck += documents;
    if (this.#sinceCheck < CHECK_EVERY) return;
    this.#sinceCheck = 0;
    this.#options.checkTime();
  }
}

/** Terms of a plan that occur in the index, the weightiest first; at most {@link MAX_TERMS}. */
function weighTerms({ segments, stats }: Generation, plan: QueryPlan): WeighedTerm[] {
  const weighed: WeighedTerm[] = [];
  for (const term of plan.terms) {
    let df = 0;
    for (const { segment } of segments) {
      const place = findTerm(segment, term);
      if (place !== -1) df += segment.df(place);
    }
    if (df > 0) weighed.push({ ...term, weight: term.weight * idfOf(stats.docs, df) });
  }
  return orderTerms(weighed);
}

/** The order in which terms are added up, so that equal documents get equal sums. */
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

/** Units that a document must have. */
export function requiredUnits({ units }: QueryPlan, isMass: boolean): readonly Unit[] {
  return isMass ? units.filter(({ field }) => field !== undefined) : units;
}

/** Less, beyond the rounding of sums in different orders. */
export function isBelow(mass: number, needed: number): boolean {
  return mass < needed * (1 - 1e-9);
}

function findTerm(segment: Segment, { text, isGram }: Term): number {
  const key = gramKeyOf(text, isGram);
  return key === 0 ? segment.findText(text) : segment.findGram(key);
}

interface WeighedCursor {
  readonly cursor: PostingCursor;
  readonly weight: number;
}

function unitDocs(segment: Segment, { alternatives, field }: Unit): Docs {
  return anyOf(alternatives.map((terms) => termsDocs(segment, terms, field)));
}

/** Documents with all terms, in the field if there is one. */
function termsDocs(segment: Segment, terms: readonly Term[], field: number | undefined): Docs {
  return allOf(
    terms.map((term) => {
      const place = findTerm(segment, term);
      if (place === -1) return NO_DOCS;
      const cursor = segment.cursor(place);
      return field === undefined ? new TermDocs(cursor) : new FieldTermDocs(cursor, field);
    }),
  );
}

/** Sums by document, all 0 between queries. One query runs at a time in a thread. */
interface Sums {
  mass: Float64Array;
  score: Float64Array;
  touched: Uint32Array;
  count: number;
}

let SUMS: Sums | undefined;

function scratch(docs: number): Sums {
  // Left behind by a query that was stopped in its middle.
  const isDirty = SUMS !== undefined && SUMS.count !== 0;
  if (SUMS === undefined || SUMS.mass.length < docs || isDirty) {
    const size = Math.max(docs, SUMS?.mass.length ?? 0);
    SUMS = {
      mass: new Float64Array(size),
      score: new Float64Array(size),
      touched: new Uint32Array(size),
      count: 0,
    };
  }
  return SUMS;
}

function unitsToText(units: Uint16Array, from: number, to: number): string {
  if (to - from < 8192) return String.fromCharCode.apply(null, units.subarray(from, to) as never);
  let text = "";
  for (let at = from; at < to; at += 8192) {
    text += String.fromCharCode(...units.subarray(at, Math.min(at + 8192, to)));
  }
  return text;
}
