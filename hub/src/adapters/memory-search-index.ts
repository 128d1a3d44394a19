/**
 * The search index in the simplest form: all documents in a map, every query looks at every one.
 *
 * Exact by construction, and the model that the segment index is tested against. It shares the analysis, the query
 * language and the formula with it, and nothing of its structures: no postings, no pruning, no columns. Fine for some
 * thousand documents.
 *
 * @module
 */

import { MAX_SIMILAR_LENGTH, type RecordRef } from "@tributary/proto";
import type { Analyzer } from "../index/analysis/analyzer.ts";
import {
  audienceOf,
  compareRefs,
  compareTexts,
  facetsOf,
  isInAudience,
  refText,
  STATE_FIELD,
  TEXT_FIELDS,
} from "../index/fields.ts";
import { requiredUnits } from "../index/query/conditions.ts";
import { correctQuery, withChannels } from "../index/query/correct.ts";
import { explainHit } from "../index/query/explain.ts";
import { Highlighter } from "../index/query/highlight.ts";
import type { Lexicon } from "../index/query/lexicon.ts";
import { parseQuery } from "../index/query/parse.ts";
import { phraseForm } from "../index/query/phrase.ts";
import {
  MIN_SHARE,
  type Phrase,
  planQuery,
  type QueryPlan,
  RERANKED,
  relaxed,
  type Unit,
} from "../index/query/plan.ts";
import { priorOf } from "../index/query/prior.ts";
import { FieldScorer, idfOf } from "../index/query/score.ts";
import { checkRanges } from "../index/query/search.ts";
import {
  checkSimilar,
  filtersOfKind,
  isOther,
  noSuchDocument,
  POOL,
  planComparison,
  SIMILAR_SHARE,
} from "../index/query/similar.ts";
import { SAME_CENTER, spread } from "../index/query/spread.ts";
import { isBelow, orderTerms, type WeighedTerm } from "../index/query/weighed-term.ts";
import { foldedUnitsOf } from "../index/segment/text-units.ts";
import { bestSuggestions, completionsOf, typedKeys } from "../index/suggest/suggest.ts";
import {
  type IndexChange,
  type IndexDocument,
  type IndexHit,
  type IndexQuery,
  type IndexReader,
  type IndexResult,
  type IndexSuggestion,
  type IndexWriter,
  MAX_FACET_VALUES,
  type Reader,
  type SimilarQuery,
  type SimilarResult,
} from "../ports/search-index.ts";

/** A document with its terms. */
interface Entry {
  readonly document: IndexDocument;
  readonly audience: string;
  readonly facets: Readonly<Record<string, readonly string[]>>;
  /** Counts of each term, by field as in postings. */
  readonly terms: ReadonlyMap<string, number>;
  readonly lengths: Uint16Array;
}

/** The two sides of one index. */
export interface MemorySearchIndex {
  readonly writer: IndexWriter;
  readonly reader: IndexReader;
}

/** An empty index. */
export function createMemorySearchIndex(analyzer: Analyzer): MemorySearchIndex {
  const documents = new Documents(analyzer);
  return { writer: new MemoryWriter(documents), reader: new MemoryReader(documents, analyzer) };
}

class MemoryWriter implements IndexWriter {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async position(): Promise<number> {
    return this.#documents.position;
  }

  async apply({ upserts, deletes, position }: IndexChange): Promise<void> {
    for (const ref of deletes) this.#documents.delete(ref);
    for (const document of upserts) this.#documents.set(document);
    this.#documents.position = position;
  }

  async flush(): Promise<void> {}

  async rest(): Promise<void> {}

  async clear(): Promise<void> {
    this.#documents.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class MemoryReader implements IndexReader {
  readonly #documents: Documents;
  readonly #analyzer: Analyzer;

  constructor(documents: Documents, analyzer: Analyzer) {
    this.#documents = documents;
    this.#analyzer = analyzer;
  }

  get position(): number {
    return this.#documents.position;
  }

  async search(query: IndexQuery, signal: AbortSignal): Promise<IndexResult> {
    signal.throwIfAborted();
    checkRanges(query);
    const entries = [...this.#documents.entries()];
    const run = (plan: QueryPlan) =>
      new ModelSearch(entries, query, plan, this.#analyzer).result(this.position);
    const clauses = parseQuery(query.text);
    const plan = planQuery(clauses, query.filters, this.#analyzer);
    // Without a model nothing is found by meaning.
    if (query.channel === "semantic" && plan.terms.length > 0) return this.#nothing(query);
    const result = run(plan);
    if (result.total > 0) return result;
    const seen = entries.filter(({ audience }) => isInAudience(query.reader, audience));
    const corrected = correctQuery(clauses, modelLexicon(seen, this.#analyzer), this.#analyzer);
    const corrections = corrected?.corrections ?? [];
    const used =
      corrected === undefined
        ? plan
        : withChannels(
            planQuery(corrected.clauses, query.filters, this.#analyzer),
            plan,
            corrections,
          );
    const question = relaxed(used);
    const others = [
      ...(used === plan ? [] : [{ ...run(used), corrections }]),
      ...(question === undefined ? [] : [{ ...run(question), corrections, isPartial: true }]),
    ];
    return others.find(({ total }) => total > 0) ?? result;
  }

  async similar(query: SimilarQuery, signal: AbortSignal): Promise<SimilarResult> {
    signal.throwIfAborted();
    checkSimilar(query);
    const { to, reader } = query;
    const entries = [...this.#documents.entries()];
    const position = this.position;
    if ("text" in to) {
      const hits = new ModelSimilar(entries, query, to.text, this.#analyzer).hits([]);
      return { hits, position };
    }
    const own = entries.find(({ document }) => refText(document.ref) === refText(to.ref));
    if (own === undefined || !isInAudience(reader, own.audience)) throw noSuchDocument(to.ref);
    const others = entries.filter((entry) => entry !== own);
    const filters = filtersOfKind(query.filters, to.ref.kind);
    const text = TEXT_FIELDS.map((field) => own.document.text[field])
      .filter((part) => part !== "")
      .join("\n")
      .slice(0, MAX_SIMILAR_LENGTH);
    const run = new ModelSimilar(others, { ...query, filters }, text, this.#analyzer, entries);
    return { hits: run.hits(own.facets["scenario"] ?? []), position };
  }

  async suggest(
    query: { readonly prefix: string; readonly limit: number; readonly reader: Reader },
    signal: AbortSignal,
  ): Promise<readonly IndexSuggestion[]> {
    signal.throwIfAborted();
    const titles = [...this.#documents.entries()]
      .filter(({ audience }) => isInAudience(query.reader, audience))
      .map(({ document }) => ({ title: document.text.title, ref: document.ref }));
    const keys = typedKeys(query.prefix);
    return bestSuggestions(
      completionsOf(titles, keys, this.#analyzer),
      keys,
      query.limit,
      this.#analyzer,
    );
  }

  #nothing({ facets }: IndexQuery): IndexResult {
    return {
      hits: [],
      total: 0,
      facets: facets.map((field) => ({ field, values: [] })),
      corrections: [],
      isPartial: false,
      position: this.position,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class Documents {
  readonly #analyzer: Analyzer;
  readonly #entries = new Map<string, Entry>();
  position = 0;

  constructor(analyzer: Analyzer) {
    this.#analyzer = analyzer;
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  set(document: IndexDocument): void {
    this.#entries.set(refText(document.ref), this.#entryOf(document));
  }

  delete(ref: RecordRef): void {
    this.#entries.delete(refText(ref));
  }

  clear(): void {
    this.#entries.clear();
    this.position = 0;
  }

  #entryOf(document: IndexDocument): Entry {
    const terms = new Map<string, number>();
    const lengths = new Uint16Array(4);
    TEXT_FIELDS.forEach((field, f) => {
      for (const { term, kind } of this.#analyzer.tokens(document.text[field])) {
        const counts = terms.get(term) ?? 0;
        // A unigram counts once a field.
        const most = kind === "unigram" ? 1 : 255;
        const count = Math.min(most, ((counts >>> (f * 8)) & 255) + 1);
        terms.set(term, ((counts & ~(255 << (f * 8))) | (count << (f * 8))) >>> 0);
        if (kind === "unigram" || kind === "whole") lengths[f] = (lengths[f] as number) + 1;
      }
    });
    return {
      document,
      audience: audienceOf(document),
      facets: facetsOf(document),
      terms,
      lengths,
    };
  }
}

/** What the entries are made of. */
function modelLexicon(entries: readonly Entry[], analyzer: Analyzer): Lexicon {
  return {
    has: ({ text }) => entries.some(({ terms }) => terms.has(text)),
    titlesWithSound: (sound) =>
      completionsOf(
        entries.map(({ document }) => ({ title: document.text.title, ref: document.ref })),
        { text: undefined, pinyin: sound, initials: undefined },
        analyzer,
      )
        .sort((a, b) => compareTexts(a.key, b.key))
        .map(({ text }) => text),
    *wordsWith(first) {
      const words = new Set(entries.flatMap(({ terms }) => [...terms.keys()]));
      for (const word of words) {
        if (!word.startsWith(first)) continue;
        yield { word, df: entries.filter(({ terms }) => terms.has(word)).length };
      }
    },
  };
}

/** One search over all entries. */
class ModelSearch {
  readonly #entries: readonly Entry[];
  readonly #query: IndexQuery;
  readonly #plan: QueryPlan;
  readonly #analyzer: Analyzer;
  readonly #scorer: FieldScorer;
  readonly #terms: readonly WeighedTerm[];
  readonly #highlighter: Highlighter;

  /** @param all What rarity and lengths are counted over. */
  constructor(
    entries: readonly Entry[],
    query: IndexQuery,
    plan: QueryPlan,
    analyzer: Analyzer,
    all = entries,
  ) {
    this.#entries = entries;
    this.#query = query;
    this.#plan = plan;
    this.#analyzer = analyzer;
    this.#scorer = new FieldScorer({ docs: all.length, averageLengths: averages(all) });
    this.#terms = orderTerms(
      plan.terms.flatMap((term) => {
        const df = all.filter(({ terms }) => terms.has(term.text)).length;
        return df === 0 ? [] : [{ ...term, weight: term.weight * idfOf(all.length, df) }];
      }),
      plan.maxTerms,
    );
    this.#highlighter = new Highlighter(plan.marks, this.#termsOf(false), analyzer);
  }

  result(position: number): IndexResult {
    const { filters, mode } = this.#plan;
    const isQuestion = mode === "question";
    const matches = this.#matches(isQuestion, MIN_SHARE);
    const ranked = this.#ranked(matches);
    const isReranked = (i: number) => isQuestion && i < RERANKED;
    const hits = ranked
      .map(({ entry, hit }, i) => (isReranked(i) ? this.#hit(entry, true) : hit))
      .sort((a, b) => this.#compare(a, b));
    const { after, limit } = this.#query;
    const page = after === undefined ? hits : hits.filter((hit) => this.#compare(hit, after) > 0);
    return {
      hits: page.slice(0, limit),
      total: hits.length,
      facets: this.#query.facets.map((field) => {
        const others = filters.filter((filter) => filter.field !== field);
        const counted = matches.filter((entry) => others.every((f) => this.#passes(entry, f)));
        return {
          field,
          values: countValues(counted.flatMap((e) => [...new Set(this.#values(e, field))])),
        };
      }),
      corrections: [],
      isPartial: false,
      position,
    };
  }

  /** Matches with `share` of the weight of the best, best first. */
  candidates(share: number): { readonly entry: Entry; readonly hit: IndexHit }[] {
    return this.#ranked(this.#matches(true, share));
  }

  /** What matches before filters. @param share Of the best document's weight; of questions only. */
  #matches(isQuestion: boolean, share: number): readonly Entry[] {
    const satisfying = this.#entries.filter((entry) => this.#satisfies(entry, isQuestion));
    const masses = satisfying.map((entry) => this.#massOf(entry));
    const needed = Math.max(...masses) * share;
    return satisfying
      .filter((_, i) => {
        const mass = masses[i] as number;
        return !isQuestion || (mass > 0 && !isBelow(mass, needed));
      })
      .filter((entry) => !this.#plan.excludedFilters.some((f) => this.#passes(entry, f)));
  }

  /** Those that pass the filters, best first. */
  #ranked(matches: readonly Entry[]): { readonly entry: Entry; readonly hit: IndexHit }[] {
    return matches
      .filter((entry) => this.#plan.filters.every((f) => this.#passes(entry, f)))
      .map((entry) => ({ entry, hit: this.#hit(entry, false) }))
      .sort((a, b) => this.#compare(a.hit, b.hit));
  }

  /** Everything but the filters and what a question asks for. */
  #satisfies(entry: Entry, isQuestion: boolean): boolean {
    const { phrases, excluded } = this.#plan;
    const units = requiredUnits(this.#plan, isQuestion);
    if (!isInAudience(this.#query.reader, entry.audience)) return false;
    if (!units.every((unit) => hasUnit(entry, unit))) return false;
    if (!phrases.every((phrase) => this.#hasPhrase(entry, phrase))) return false;
    return !excluded.some((phrase) => this.#hasPhrase(entry, phrase));
  }

  #massOf({ terms }: Entry): number {
    return this.#termsOf(false)
      .filter(({ text }) => terms.has(text))
      .reduce((sum, { weight }) => sum + weight, 0);
  }

  /** By the text alone, except for words without quotes, which stand for their plurals too. */
  #hasPhrase(entry: Entry, { terms, form, field }: Phrase): boolean {
    if (form === "") return terms.every(({ text }) => entry.terms.has(text));
    return TEXT_FIELDS.some(
      (name, f) =>
        (field === undefined || field === f) &&
        phraseForm(entry.document.text[name], this.#analyzer).includes(form),
    );
  }

  #passes(entry: Entry, { field, values }: { field: string; values: readonly string[] }): boolean {
    return this.#values(entry, field).some((value) => values.includes(value));
  }

  #values(entry: Entry, field: string): readonly string[] {
    if (field !== STATE_FIELD) return entry.facets[field] ?? [];
    const { atMs, centers } = this.#query.stale;
    const { ref, validUntilMs } = entry.document;
    const isStale =
      centers.has(ref.centerId) || (validUntilMs !== undefined && validUntilMs < atMs);
    return [isStale ? "stale" : "live"];
  }

  #termsOf(isReranked: boolean): readonly WeighedTerm[] {
    return isReranked ? this.#terms : this.#terms.filter(({ isCounted }) => isCounted);
  }

  #hit(entry: Entry, isReranked: boolean): IndexHit {
    const { document, lengths, terms } = entry;
    const isScored = this.#query.sort === "relevance";
    const isAsked = this.#termsOf(false).length > 0;
    let score = isScored && !isAsked ? priorOf(document.ref.kind, this.#values(entry, "kpi")) : 0;
    const wanted = isScored ? this.#termsOf(isReranked) : [];
    const found = (isFine: boolean) =>
      wanted.flatMap(({ text, weight, isCounted }) => {
        const counts = terms.get(text);
        return counts === undefined || isCounted === isFine ? [] : [{ counts, weight }];
      });
    score += this.#scorer.score(found(false), lengths, 0);
    for (const { counts, weight } of found(true)) {
      score += weight * this.#scorer.saturation(counts, lengths, 0);
    }
    return {
      ref: document.ref,
      score,
      receivedAtMs: document.receivedAtMs,
      highlights: this.#highlighter.highlight(
        foldedUnitsOf(TEXT_FIELDS.map((field) => document.text[field])),
      ),
      isByMeaning: false,
      terms:
        this.#query.explain && isScored
          ? explainHit(this.#termsOf(isReranked), ({ text }) => terms.get(text) ?? 0, {
              scorer: this.#scorer,
              lengths,
              doc: 0,
            })
          : [],
    };
  }

  #compare(a: Place, b: Place): number {
    const byScore = this.#query.sort === "relevance" ? b.score - a.score : 0;
    return byScore || b.receivedAtMs - a.receivedAtMs || compareRefs(a.ref, b.ref);
  }
}

/** Documents like a text, by their words. */
class ModelSimilar {
  readonly #search: ModelSearch;
  readonly #query: SimilarQuery;

  /** @param all What rarity is counted over; a document that is compared with is among them. */
  constructor(
    entries: readonly Entry[],
    query: SimilarQuery,
    text: string,
    analyzer: Analyzer,
    all = entries,
  ) {
    this.#query = query;
    const plan = planComparison(text, query.filters, analyzer);
    const asQuery = { ...query, text, after: undefined, facets: [], sort: "relevance" } as const;
    this.#search = new ModelSearch(entries, asQuery, plan, analyzer, all);
  }

  hits(scenarios: readonly string[]): IndexHit[] {
    const pool = this.#search
      .candidates(SIMILAR_SHARE)
      .filter(({ entry }) => !isOther(entry.facets["scenario"] ?? [], scenarios))
      .map(({ hit }) => hit)
      .slice(0, POOL);
    const most = Math.max(...pool.map(({ score }) => score));
    const scaled = pool.map((hit) => ({
      ...hit,
      score: hit.score / most,
      terms: hit.terms.map((term) => ({ ...term, score: term.score / most })),
    }));
    return spread(scaled, this.#query.limit, (a, b) =>
      a.ref.centerId === b.ref.centerId ? SAME_CENTER : 0,
    );
  }
}

interface Place {
  readonly score: number;
  readonly receivedAtMs: number;
  readonly ref: RecordRef;
}

function hasUnit({ terms }: Entry, { alternatives, field }: Unit): boolean {
  const isHere = (text: string) => {
    const counts = terms.get(text) ?? 0;
    return field === undefined ? counts !== 0 : ((counts >>> (field * 8)) & 255) !== 0;
  };
  return alternatives.some((list) => list.every(({ text }) => isHere(text)));
}

function averages(entries: readonly Entry[]): number[] {
  return TEXT_FIELDS.map((_, f) => {
    const lengths = entries.map((e) => e.lengths[f] as number).filter((length) => length > 0);
    return lengths.length === 0 ? 1 : lengths.reduce((a, b) => a + b, 0) / lengths.length;
  });
}

function countValues(values: readonly string[]) {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || compareTexts(a.value, b.value))
    .slice(0, MAX_FACET_VALUES);
}
