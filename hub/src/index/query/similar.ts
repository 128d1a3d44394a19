/**
 * Documents like a given one or like a text: the best by words and the best by meaning, fused, and then spread so that
 * the page does not say one thing, or show one center, over and over.
 *
 * @module
 */

import type { FieldFilter } from "@tributary/proto";
import { MAX_SIMILAR_LENGTH, type RecordRef, TributaryError, urnOf } from "@tributary/proto/base";
import type { IndexHit, SimilarQuery, SimilarResult } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { compareRefs, isInAudience } from "../fields.ts";
import type { Generation } from "../generation.ts";
import { isDeleted, withDeleted } from "../segment/deletes.ts";
import type { Segment } from "../segment/segment.ts";
import { createFoldedUnits } from "../segment/text-units.ts";
import { documentText } from "../semantic/document-text.ts";
import { Batch } from "./batch.ts";
import { DocumentGate } from "./conditions.ts";
import { explainHit, explainMeaning } from "./explain.ts";
import { SegmentFacets } from "./facets.ts";
import { Highlighter } from "./highlight.ts";
import { QueryMeaning, WORD_SHARE } from "./meaning.ts";
import { planQuery, type QueryPlan } from "./plan.ts";
import { QuestionSearch } from "./question.ts";
import { checkRanges, type SearchOptions } from "./search.ts";
import { SAME_CENTER, spread } from "./spread.ts";
import { TopHits } from "./top.ts";
import { countsIn, isBelow, type WeighedTerm, weighTerms } from "./weighed-term.ts";

/** Documents from each way of finding them that are compared. */
export const POOL = 64;

/** Share of the weight of the best document's terms below which words say nothing: lower than for a question. */
export const SIMILAR_SHARE = 0.1;

/** @throws {TributaryError} `ERR_QUERY_INVALID` beyond its limits; `ERR_NOT_FOUND` if there is no such document to see. */
export function similar(
  generation: Generation,
  query: SimilarQuery,
  analyzer: Analyzer,
  options: SearchOptions,
): SimilarResult {
  checkSimilar(query);
  const { to } = query;
  if ("ref" in to) {
    const found = find(generation, query, to.ref);
    const text = documentText(found.segment, found.doc).slice(0, MAX_SIMILAR_LENGTH);
    const others = without(generation, found);
    const filters = filtersOfKind(query.filters, to.ref.kind);
    const scenarios = scenariosOf(found.segment)(found.doc);
    const vector = options.meaning?.vectorsOf(found.segment)?.get(found.doc);
    const run = new SimilarRun(others, { ...query, filters }, { text, vector }, analyzer, options);
    return run.result(scenarios);
  }
  return new SimilarRun(generation, query, to, analyzer, options).result([]);
}

/** Most terms of a text that is compared: of a whole record more are telling than of a question. */
const MAX_TERMS = 64;

/** The plan of a text that is compared, in which no sign has a meaning. */
export function planComparison(
  text: string,
  filters: SimilarQuery["filters"],
  analyzer: Analyzer,
): QueryPlan {
  const clause = {
    type: "text",
    text,
    field: undefined,
    isPhrase: false,
    isExcluded: false,
  } as const;
  return { ...planQuery([clause], filters, analyzer), maxTerms: MAX_TERMS };
}

/** @throws {TributaryError} `ERR_QUERY_INVALID` */
export function checkSimilar({ to, limit, filters }: SimilarQuery): void {
  checkRanges({ limit, filters, facets: [] });
  if ("ref" in to || to.text.length <= MAX_SIMILAR_LENGTH) return;
  throw new TributaryError(
    "ERR_QUERY_INVALID",
    `a text has at most ${MAX_SIMILAR_LENGTH} characters, this one has ${to.text.length}; shorten it`,
    { messageZh: `文本最多 ${MAX_SIMILAR_LENGTH} 个字符，现有 ${to.text.length} 个，请缩短。` },
  );
}

/** The filters, with one on the kind unless there is one. */
export function filtersOfKind(
  filters: readonly FieldFilter[],
  kind: string,
): readonly FieldFilter[] {
  return filters.some(({ field }) => field === "kind")
    ? filters
    : [...filters, { field: "kind", values: [kind] }];
}

/** Whether a document is known to be about other scenarios. */
export function isOther(own: readonly string[], scenarios: readonly string[]): boolean {
  return own.length > 0 && scenarios.length > 0 && !own.some((code) => scenarios.includes(code));
}

/** The error for a document that is not there, or not for this reader. */
export function noSuchDocument(ref: RecordRef): TributaryError {
  return new TributaryError("ERR_NOT_FOUND", `there is no ${urnOf(ref)} to compare with`, {
    messageZh: `没有可供比较的记录 ${urnOf(ref)}`,
  });
}

interface Place {
  readonly segment: Segment;
  readonly doc: number;
}

function find({ segments }: Generation, { reader }: SimilarQuery, ref: RecordRef): Place {
  for (const { segment, deletes } of segments) {
    for (const doc of segment.docsOf(ref)) {
      const audience = segment.meta.audiences[segment.audience[doc] as number] as string;
      if (!isDeleted(deletes, doc) && isInAudience(reader, audience)) return { segment, doc };
    }
  }
  throw noSuchDocument(ref);
}

/** The generation as if a document were deleted. */
function without(generation: Generation, { segment, doc }: Place): Generation {
  const segments = generation.segments.map((part) =>
    part.segment === segment
      ? { ...part, deletes: withDeleted(part.deletes, segment.docs, [doc]) }
      : part,
  );
  return { ...generation, segments };
}

/** Codes of a document's scenarios. */
function scenariosOf(segment: Segment): (doc: number) => readonly string[] {
  const column = segment.facet("scenario");
  return (doc) => {
    const set = column?.sets[column.setOf[doc] as number] ?? [];
    return set.map((value) => column?.values[value] as string);
  };
}

/** A document in the pool, with its score by words and its cosine. */
interface Pooled extends Place {
  readonly words: number;
  readonly near: number;
  readonly receivedAtMs: number;
}

/** A segment of a generation. */
type Part = Pick<Generation["segments"][number], "segment" | "deletes">;

/** What is compared with. */
interface Compared {
  readonly text: string;
  /** What the meaning says of the text unless there is one. */
  readonly vector?: Float32Array | undefined;
}

class SimilarRun {
  readonly #generation: Generation;
  readonly #query: SimilarQuery;
  readonly #plan: QueryPlan;
  readonly #analyzer: Analyzer;
  readonly #options: SearchOptions;
  readonly #meaning: QueryMeaning | undefined;
  readonly #terms: readonly WeighedTerm[];
  readonly #batch = new Batch();

  constructor(
    generation: Generation,
    query: SimilarQuery,
    { text, vector }: Compared,
    analyzer: Analyzer,
    options: SearchOptions,
  ) {
    this.#generation = generation;
    this.#query = query;
    this.#plan = planComparison(text, query.filters, analyzer);
    this.#analyzer = analyzer;
    this.#options = options;
    const { meaning } = options;
    this.#meaning =
      meaning && QueryMeaning.of(meaning, text, WORD_SHARE.described, analyzer, vector);
    this.#terms = weighTerms(generation, this.#plan).filter(({ isCounted }) => isCounted);
  }

  /** @param scenarios A document with other scenarios is not similar; one without any may be. */
  result(scenarios: readonly string[]): SimilarResult {
    const pool = this.#pool(scenarios);
    const most = pool.reduce((highest, { words }) => Math.max(highest, words), 0);
    const meaning = this.#meaning;
    const wordShare = meaning === undefined ? 1 : WORD_SHARE.described;
    const wordFactor = most === 0 ? 0 : wordShare / most;
    const scored = pool.map((place) => {
      const byMeaning = (1 - wordShare) * place.near;
      const vector = this.#vectorOf(place);
      return { ...place, byMeaning, vector, score: wordFactor * place.words + byMeaning };
    });
    scored.sort((a, b) => b.score - a.score || b.receivedAtMs - a.receivedAtMs || compare(a, b));
    const highlighter = new Highlighter(this.#plan.marks, this.#terms, this.#analyzer);
    const texts = createFoldedUnits();
    const hits = spread(scored, this.#query.limit, likeness).map((found): IndexHit => {
      const { segment, doc, words, byMeaning, score, receivedAtMs } = found;
      segment.readFolded(doc, texts);
      return {
        ref: segment.ref(doc),
        score,
        receivedAtMs,
        highlights: highlighter.highlight(texts),
        isByMeaning: words === 0,
        terms: this.#query.explain ? this.#explain(found, wordFactor, byMeaning) : [],
      };
    });
    return { hits, position: this.#generation.position };
  }

  #pool(scenarios: readonly string[]): Pooled[] {
    const pool = new Map<string, Pooled>();
    const byWords = new TopHits(POOL, "relevance", undefined);
    const byMeaning = new TopHits(POOL, "relevance", undefined);
    this.#findByWords(byWords, scenarios);
    if (this.#meaning !== undefined) this.#findByMeaning(byMeaning, this.#meaning, scenarios);
    const nameOf = ({ segment, doc }: Place) =>
      `${this.#generation.segments.findIndex((part) => part.segment === segment)} ${doc}`;
    for (const { segment, doc, score, receivedAtMs } of byWords.sorted()) {
      const near = this.#meaning?.cosines(segment)?.(doc) ?? 0;
      pool.set(nameOf({ segment, doc }), { segment, doc, words: score, near, receivedAtMs });
    }
    for (const { segment, doc, score, receivedAtMs } of byMeaning.sorted()) {
      const name = nameOf({ segment, doc });
      if (!pool.has(name)) pool.set(name, { segment, doc, words: 0, near: score, receivedAtMs });
    }
    return [...pool.values()];
  }

  #findByWords(top: TopHits, scenarios: readonly string[]): void {
    const { checkTime } = this.#options;
    const { segments, scorer } = this.#generation;
    const questions = new QuestionSearch(this.#terms, scorer, false, checkTime, SIMILAR_SHARE);
    const found = segments.map((part) => {
      const candidates = questions.candidates(part.segment, this.#gate(part), undefined);
      return { part, candidates };
    });
    for (const { part, candidates } of found) {
      const { docs, masses, scores, size } = candidates;
      const keep = this.#keeper(part, scenarios, top);
      for (let i = 0; i < size; i++) {
        const mass = masses[i] as number;
        if (mass === 0 || isBelow(mass, questions.needed)) continue;
        keep.offer(docs[i] as number, scores[i] as number);
      }
      keep.finish();
    }
  }

  #findByMeaning(top: TopHits, meaning: QueryMeaning, scenarios: readonly string[]): void {
    for (const part of this.#generation.segments) {
      this.#options.checkTime();
      const { segment } = part;
      const cosine = meaning.cosines(segment);
      if (cosine === undefined) continue;
      const keep = this.#keeper(part, scenarios, top);
      for (let doc = 0; doc < segment.docs; doc++) {
        const near = cosine(doc);
        if (near > 0 && !top.isBeyond(near)) keep.offer(doc, near);
      }
      keep.finish();
    }
  }

  /** Hands to `top` what may be seen, passes the filters and is not about other scenarios. */
  #keeper(part: Part, scenarios: readonly string[], top: TopHits) {
    const { segment } = part;
    const gate = this.#gate(part);
    const { filters, excludedFilters: excluded } = this.#plan;
    const { stale } = this.#query;
    const { facetColumns } = this.#generation;
    const asked = { filters, excluded, facets: [], stale };
    const facets = new SegmentFacets(segment, facetColumns, asked);
    const of = scenariosOf(segment);
    const batch = this.#batch;
    const finish = () => {
      facets.accept(batch);
      for (let i = 0; i < batch.size; i++) {
        top.offer(segment, batch.docs[i] as number, batch.scores[i] as number);
      }
      batch.size = 0;
    };
    const offer = (doc: number, score: number) => {
      if (!gate.passes(doc)) return;
      if (isOther(of(doc), scenarios)) return;
      if (!batch.push(doc, score)) finish();
    };
    return { offer, finish };
  }

  #gate({ segment, deletes }: Part): DocumentGate {
    return new DocumentGate(segment, deletes, this.#query.reader, this.#plan, this.#analyzer);
  }

  #vectorOf({ segment, doc }: Place): Float32Array | undefined {
    return this.#options.meaning?.vectorsOf(segment)?.get(doc);
  }

  #explain({ segment, doc, words }: Pooled, wordFactor: number, byMeaning: number) {
    const at = { scorer: this.#generation.scorer, lengths: segment.lengths, doc };
    const terms = words === 0 ? [] : explainHit(this.#terms, countsIn(segment, doc), at);
    return [
      ...terms.map((term) => ({ ...term, score: term.score * wordFactor })),
      ...explainMeaning(this.#meaning?.text.slice(0, MAX_EXPLAINED) ?? "", byMeaning),
    ];
  }
}

/** Longest part of a text that an explanation repeats. */
const MAX_EXPLAINED = 64;

function compare(a: Place, b: Place): number {
  return compareRefs(a.segment.ref(a.doc), b.segment.ref(b.doc));
}

interface Likened extends Place {
  readonly vector: Float32Array | undefined;
}

function likeness(a: Likened, b: Likened): number {
  const centerOf = ({ segment, doc }: Place) => segment.meta.centers[segment.center[doc] as number];
  let cosine = 0;
  if (a.vector !== undefined && b.vector !== undefined) {
    for (let i = 0; i < a.vector.length; i++) {
      cosine += (a.vector[i] as number) * (b.vector[i] as number);
    }
  }
  const byCenter = centerOf(a) === centerOf(b) ? SAME_CENTER : 0;
  return byCenter + (1 - SAME_CENTER) * Math.max(0, cosine);
}
