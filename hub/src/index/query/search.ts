/**
 * Answers a query over one generation.
 *
 * Conditions are walked, the rarest first, and their documents checked, counted and scored in batches. A question is
 * answered by {@link QuestionSearch}. With `isExhaustive` nothing is pruned; tests compare the two.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto/base";
import type { IndexHit, IndexQuery, IndexResult } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import type { Generation } from "../generation.ts";
import { apart } from "../loop.ts";
import type { Segment } from "../segment/segment.ts";
import { createFoldedUnits } from "../segment/text-units.ts";
import type { Meaning } from "../semantic/semantic.ts";
import { BATCH_SIZE, Batch } from "./batch.ts";
import type { Candidates } from "./candidates.ts";
import { candidateDocs, DocumentGate, impliedBy, requiredUnits } from "./conditions.ts";
import { correctQuery, withChannels } from "./correct.ts";
import { EveryDoc } from "./docs.ts";
import { explainHit, explainMeaning } from "./explain.ts";
import { FacetTally, SegmentFacets } from "./facets.ts";
import { Highlighter } from "./highlight.ts";
import { lexiconOf } from "./lexicon.ts";
import {
  isLittle,
  leastCosine,
  MIN_COSINE_SHARE,
  meantText,
  QueryMeaning,
  wordShareOf,
} from "./meaning.ts";
import { type Clause, parseQuery } from "./parse.ts";
import { planQuery, type QueryPlan, RERANKED, relaxed } from "./plan.ts";
import { setPriors } from "./prior.ts";
import { QuestionSearch } from "./question.ts";
import { addScores, listsOf, RangeSums } from "./range-sums.ts";
import { CharacterScorer } from "./rerank.ts";
import { idfOf } from "./score.ts";
import { type Candidate, TopHits } from "./top.ts";
import { countsIn, isBelow, type WeighedTerm, weighTerms } from "./weighed-term.ts";

/** How to run a query. */
export interface SearchOptions {
  /** Throws when the query should stop: its time is over or its caller has left. Asked every few thousand documents. */
  readonly checkTime: () => void;
  /** Without pruning; for tests. */
  readonly isExhaustive?: boolean;
  /** Of the generation; undefined when there is no model. */
  readonly meaning?: Meaning | undefined;
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
  const clauses = parseQuery(query.text);
  const plan = planQuery(clauses, query.filters, analyzer);
  const run = (used: QueryPlan, of: readonly Clause[]) => {
    const meaning = meaningOf(query, used, meantText(of), analyzer, options);
    return runPlan(generation, query, used, analyzer, { ...options, meaning });
  };
  const result = run(plan, clauses);
  if (result.total > 0 || query.channel === "semantic") return result;
  const corrected = correctQuery(clauses, lexiconOf(generation, query.reader), analyzer);
  const corrections = corrected?.corrections ?? [];
  let used = plan;
  if (corrected !== undefined) {
    const other = planQuery(corrected.clauses, query.filters, analyzer);
    used = withChannels(other, plan, corrections);
    const found = run(used, corrected.clauses);
    if (found.total > 0) return { ...found, corrections };
  }
  const question = relaxed(used);
  if (question === undefined) return result;
  const found = run(question, corrected?.clauses ?? clauses);
  return found.total > 0 ? { ...found, corrections, isPartial: true } : result;
}

function meaningOf(
  { channel }: IndexQuery,
  plan: QueryPlan,
  text: string,
  analyzer: Analyzer,
  { meaning }: SearchOptions,
): QueryMeaning | undefined {
  if (meaning === undefined || channel === "lexical") return undefined;
  return QueryMeaning.of(meaning, text, wordShareOf(plan), analyzer);
}

/** Options with the meaning of the query instead of that of the index. */
interface RunOptions extends Omit<SearchOptions, "meaning"> {
  readonly meaning: QueryMeaning | undefined;
}

function runPlan(
  generation: Generation,
  query: IndexQuery,
  plan: QueryPlan,
  analyzer: Analyzer,
  options: RunOptions,
): IndexResult {
  const isMeant = query.channel === "semantic" && plan.terms.length > 0;
  const isQuestion = isMeant || plan.mode === "question";
  return new SearchRun(generation, query, plan, analyzer, options, isQuestion).result();
}

/** @throws {TributaryError} `ERR_QUERY_INVALID` */
export function checkRanges({
  limit,
  filters,
  facets,
}: Pick<IndexQuery, "limit" | "filters" | "facets">): void {
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

/** One query runs at a time in a thread. */
const BATCH = new Batch();
const TEXTS = createFoldedUnits();

/** One way of answering one query. */
class SearchRun {
  readonly #generation: Generation;
  readonly #query: IndexQuery;
  readonly #plan: QueryPlan;
  readonly #analyzer: Analyzer;
  readonly #options: RunOptions;
  readonly #isQuestion: boolean;
  readonly #isScored: boolean;
  /** Terms that count, and those that only a question adds, to its best matches. */
  readonly #counted: readonly WeighedTerm[];
  readonly #fine: readonly WeighedTerm[];
  readonly #top: TopHits;
  /** The best matches by words, which get what characters and meaning add. */
  readonly #best: TopHits | undefined;
  readonly #tally: FacetTally;
  readonly #batch = BATCH;
  #total = 0;
  /** Documents that match a question by words, before filters: what matches does not depend on what is kept of it. */
  #matches = 0;
  #sinceCheck = 0;

  constructor(
    generation: Generation,
    query: IndexQuery,
    plan: QueryPlan,
    analyzer: Analyzer,
    options: RunOptions,
    isQuestion: boolean,
  ) {
    this.#generation = generation;
    this.#query = query;
    this.#plan = plan;
    this.#analyzer = analyzer;
    this.#options = options;
    this.#isQuestion = isQuestion;
    this.#isScored = query.sort === "relevance";
    const terms = weighTerms(generation, plan);
    this.#counted = terms.filter(({ isCounted }) => isCounted);
    this.#fine = isQuestion ? terms.filter(({ isCounted }) => !isCounted) : [];
    this.#top = new TopHits(query.limit, query.sort, query.after);
    if (this.#isScored && (isQuestion || options.meaning !== undefined)) {
      this.#best = new TopHits(RERANKED, query.sort, undefined);
    }
    // One that was stopped in its middle leaves documents behind.
    this.#batch.size = 0;
    this.#tally = new FacetTally(query.facets, generation.facetColumns);
  }

  result(): IndexResult {
    if (this.#query.channel === "semantic" && this.#isQuestion) this.#matchMeaning();
    else if (this.#isQuestion) this.#answerQuestion();
    else this.#matchAll();
    const highlighter = new Highlighter(this.#plan.marks, this.#counted, this.#analyzer);
    const hits = this.#top.sorted().map((candidate) => this.#hit(candidate, highlighter));
    return {
      hits,
      total: this.#total,
      facets: this.#tally.result(),
      corrections: [],
      isPartial: false,
      position: this.#generation.position,
    };
  }

  #matchAll(): void {
    const { units, phrases } = this.#plan;
    const isImplied = impliedBy(units);
    for (const { segment, deletes } of this.#generation.segments) {
      const docs = candidateDocs(segment, units, phrases) ?? new EveryDoc(segment.docs);
      const batch = this.#batch;
      let size = docs.fill(batch.docs);
      if (size === 0) continue;
      const gate = new DocumentGate(
        segment,
        deletes,
        this.#query.reader,
        this.#plan,
        this.#analyzer,
      );
      const facets = this.#facetsOf(segment);
      const lists = this.#isScored ? listsOf(segment, this.#counted, isImplied) : [];
      const sums = new RangeSums(segment, this.#generation.scorer);
      for (; size > 0; size = docs.fill(batch.docs)) {
        this.#tick(size);
        batch.size = gate.keep(batch.docs, size);
        if (batch.size === 0) continue;
        this.#count(facets);
        if (this.#isScored && this.#counted.length === 0) setPriors(batch, segment);
        else batch.scores.fill(0, 0, batch.size);
        addScores(batch, lists, sums);
        this.#offer(segment);
      }
      facets.addTo(this.#tally);
    }
    this.#takeBest();
  }

  #answerQuestion(): void {
    const units = requiredUnits(this.#plan, true);
    const tick = (documents: number) => this.#tick(documents);
    const isExhaustive = this.#options.isExhaustive === true;
    const { scorer } = this.#generation;
    const questions = new QuestionSearch(this.#counted, scorer, isExhaustive, tick);
    const { reader } = this.#query;
    const found = this.#generation.segments.map(({ segment, deletes }) => {
      const gate = () => new DocumentGate(segment, deletes, reader, this.#plan, this.#analyzer);
      const docs = candidateDocs(segment, units, this.#plan.phrases);
      return { segment, gate: gate(), candidates: questions.candidates(segment, gate(), docs) };
    });
    for (const { segment, gate, candidates } of found) {
      this.#takeMatches(segment, gate, candidates, questions.needed);
    }
    const { meaning } = this.#options;
    const coverage = meaning === undefined ? 1 : questions.best / this.#asked();
    const boost = this.#takeBest(coverage);
    if (meaning === undefined || !isLittle(this.#matches, coverage)) return;
    const matches = found.map(({ candidates }) => candidates);
    this.#addMeant(meaning, boost, (i) => matchesOf(matches[i] as Candidates, questions.needed));
  }

  /** The weight of all that was asked for, whether the index has it or not. */
  #asked(): number {
    const known = new Set(this.#counted.map(({ text }) => text));
    const { docs } = this.#generation.stats;
    const missing = this.#plan.terms.filter((term) => term.isCounted && !known.has(term.text));
    return [
      ...this.#counted.map(({ weight }) => weight),
      ...missing.map(({ weight }) => weight * idfOf(docs, 0)),
    ].reduce((sum, weight) => sum + weight, 0);
  }

  /**
   * Moves the best matches by words to the hits, with what characters and meaning add; returns what a cosine of 1 adds.
   *
   * @param coverage See {@link QueryMeaning.boost}.
   */
  #takeBest(coverage = 1): number {
    const { meaning } = this.#options;
    const isReranked = this.#isQuestion;
    const characters = isReranked
      ? new CharacterScorer(this.#fine, this.#generation.scorer)
      : undefined;
    const best = (this.#best?.sorted() ?? []).map((match) => {
      const { segment, doc, score } = match;
      const whole = characters?.addTo(score, segment, doc) ?? score;
      return { ...match, score: whole, isReranked };
    });
    const most = best.reduce((highest, { score }) => Math.max(highest, score), 0);
    const boost = meaning?.boost(most, coverage) ?? 0;
    for (const match of best) {
      const added = meaning === undefined ? 0 : boost * meaning.addition(match.segment, match.doc);
      this.#top.take({ ...match, score: match.score + added, meaning: added });
    }
    return boost;
  }

  /** All documents that conditions and filters keep and of which something is known, by meaning alone. */
  #matchMeaning(): void {
    const { meaning } = this.#options;
    if (meaning !== undefined) this.#addMeant(meaning, 1, () => () => false, true);
  }

  /**
   * Adds the documents that mean what the query means and do not match by their words.
   *
   * @param boost What a cosine of 1 gives.
   * @param matchesIn For a segment by its number: whether a document matches by its words; asked in ascending order.
   * @param isAll Whether any cosine is enough, and not only one of {@link leastCosine}.
   */
  #addMeant(
    meaning: QueryMeaning,
    boost: number,
    matchesIn: (segment: number) => (doc: number) => boolean,
    isAll = false,
  ): void {
    const { reader } = this.#query;
    const units = requiredUnits(this.#plan, true);
    const found = this.#generation.segments.map(({ segment, deletes }, i) => {
      const gate = new DocumentGate(segment, deletes, reader, this.#plan, this.#analyzer);
      const docs = candidateDocs(segment, units, this.#plan.phrases) ?? new EveryDoc(segment.docs);
      const tick = (documents: number) => this.#tick(documents);
      const near = meaning.nearest(segment, docs, gate, isAll ? 0 : MIN_COSINE_SHARE, tick);
      return { segment, isMatch: matchesIn(i), near };
    });
    const best = found.reduce((most, { near }) => Math.max(most, near.best), 0);
    const needed = isAll ? 0 : leastCosine(best);
    for (const { segment, isMatch, near } of found) {
      const keeper = this.#keeper(segment, ({ doc, score: cosine, ...match }) => {
        const score = this.#isScored ? boost * cosine : 0;
        this.#top.take({ ...match, doc, score, meaning: score, isByMeaning: true });
      });
      for (let i = 0; i < near.docs.length; i++) {
        const doc = near.docs[i] as number;
        const cosine = near.cosines[i] as number;
        if (cosine >= needed && !isMatch(doc)) keeper.offer(doc, cosine);
      }
      keeper.finish();
    }
  }

  /** Filters, counts and offers the candidates that have enough. */
  #takeMatches(segment: Segment, gate: DocumentGate, candidates: Candidates, needed: number): void {
    const facets = this.#facetsOf(segment);
    const batch = this.#batch;
    for (let from = 0; from < candidates.size; from += BATCH_SIZE) {
      const found = apart(takeEnough, candidates, from, needed, batch);
      if (!this.#isScored) batch.scores.fill(0, 0, found);
      batch.size = gate.keep(batch.docs, found, batch.scores);
      this.#matches += batch.size;
      this.#count(facets);
      this.#offer(segment);
    }
    facets.addTo(this.#tally);
  }

  /** Filters and counts what it is offered, a batch at a time, and hands what is kept to `take`. */
  #keeper(segment: Segment, take: (match: Candidate) => void) {
    const facets = this.#facetsOf(segment);
    const batch = this.#batch;
    const flush = () => {
      facets.accept(batch);
      this.#total += batch.size;
      for (let i = 0; i < batch.size; i++) {
        const doc = batch.docs[i] as number;
        const receivedAtMs = segment.received[doc] as number;
        take({ segment, doc, score: batch.scores[i] as number, receivedAtMs });
      }
      batch.size = 0;
    };
    return {
      offer: (doc: number, score: number) => {
        if (!batch.push(doc, score)) flush();
      },
      finish: () => {
        flush();
        facets.addTo(this.#tally);
      },
    };
  }

  #facetsOf(segment: Segment): SegmentFacets {
    const { filters, excludedFilters: excluded } = this.#plan;
    const { facets, stale } = this.#query;
    const { facetColumns } = this.#generation;
    return new SegmentFacets(segment, facetColumns, { filters, excluded, facets, stale });
  }

  /** Filters and counts what is in the batch. */
  #count(facets: SegmentFacets): void {
    facets.accept(this.#batch);
    this.#total += this.#batch.size;
  }

  /** Offers what is in the batch. */
  #offer(segment: Segment): void {
    const { docs, scores, size } = this.#batch;
    let i = apart(nextWith, scores, 0, size, this.#least());
    for (; i < size; i = apart(nextWith, scores, i + 1, size, this.#least())) {
      const doc = docs[i] as number;
      const receivedAtMs = segment.received[doc] as number;
      const candidate = { segment, doc, score: scores[i] as number, receivedAtMs };
      const other = this.#best === undefined ? candidate : this.#best.take(candidate);
      if (other !== undefined) this.#top.take(other);
    }
    this.#batch.size = 0;
  }

  /** A match with a lower score is neither among the best nor among the hits. */
  #least(): number {
    return Math.min(this.#best?.least ?? Number.POSITIVE_INFINITY, this.#top.least);
  }

  #hit(candidate: Candidate, highlighter: Highlighter): IndexHit {
    const { segment, doc, score, receivedAtMs } = candidate;
    segment.readFolded(doc, TEXTS);
    return {
      ref: segment.ref(doc),
      score,
      receivedAtMs,
      highlights: highlighter.highlight(TEXTS),
      isByMeaning: candidate.isByMeaning === true,
      terms: this.#query.explain && this.#isScored ? this.#explain(candidate) : [],
    };
  }

  #explain(candidate: Candidate): IndexHit["terms"] {
    const { segment, doc, isReranked = false, meaning = 0, isByMeaning = false } = candidate;
    const at = { scorer: this.#generation.scorer, lengths: segment.lengths, doc };
    const terms = isReranked ? [...this.#counted, ...this.#fine] : this.#counted;
    const words = isByMeaning ? [] : explainHit(terms, countsIn(segment, doc), at);
    return [...words, ...explainMeaning(this.#options.meaning?.text ?? "", meaning)];
  }

  #tick(documents: number): void {
    this.#sinceCheck += documents;
    if (this.#sinceCheck < CHECK_EVERY) return;
    this.#sinceCheck = 0;
    this.#options.checkTime();
  }
}

/** Whether a document is among the candidates of a segment that have enough; to be asked in ascending order. */
function matchesOf({ docs, masses, size }: Candidates, needed: number): (doc: number) => boolean {
  let at = 0;
  return (doc) => {
    while (at < size && (docs[at] as number) < doc) at += 1;
    const mass = masses[at] as number;
    return at < size && docs[at] === doc && mass > 0 && !isBelow(mass, needed);
  };
}

/** Writes those of {@link BATCH_SIZE} candidates from `from` on to a batch that have enough; returns how many. */
function takeEnough(
  { docs, masses, scores, size }: Candidates,
  from: number,
  needed: number,
  { docs: intoDocs, scores: intoScores }: Batch,
): number {
  const to = Math.min(from + BATCH_SIZE, size);
  let found = 0;
  for (let i = from; i < to; i++) {
    const mass = masses[i] as number;
    intoDocs[found] = docs[i] as number;
    intoScores[found] = scores[i] as number;
    found += Number(mass > 0 && !isBelow(mass, needed));
  }
  return found;
}

/** First index from `from` on, at most `size`, whose score is not below `least`. */
function nextWith(scores: Float64Array, from: number, size: number, least: number): number {
  let at = from;
  while (at < size && (scores[at] as number) < least) at += 1;
  return at;
}
