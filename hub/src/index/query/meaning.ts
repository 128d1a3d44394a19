/**
 * What the meaning of a text adds to a query.
 *
 * Scores are fused, not ranks: `a bm25 / max + (1 - a) max(0, cos)`, here times `max / a`, so that a document which
 * only words find keeps its score: what meaning adds is `boost max(0, cos)`. How much it weighs depends on what the text
 * is (a described need is found by what it says, all else by its words) and on how much of it words find at all.
 *
 * @module
 */

import type { IndexQuery, SimilarQuery } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { Uint32List } from "../segment/bytes.ts";
import type { Segment } from "../segment/segment.ts";
import { createTextUnits, unitsToText } from "../segment/text-units.ts";
import type { Meaning } from "../semantic/semantic.ts";
import { BATCH_SIZE } from "./batch.ts";
import type { DocumentGate } from "./conditions.ts";
import type { Docs } from "./docs.ts";
import { type Clause, parseQuery } from "./parse.ts";
import { phraseForm } from "./phrase.ts";
import type { QueryPlan } from "./plan.ts";

/** Share of words (`a`) in a score, by what a query is: something that is asked for, or something that is described. */
export const WORD_SHARE = { asked: 0.95, described: 0.4 } as const;

/** A text of more units describes something. */
const DESCRIPTION_UNITS = 16;

/** Share of the best document's cosine that a match by meaning must have, as for words, and what it must have anyway. */
export const MIN_COSINE_SHARE = 0.5;
const MIN_COSINE = 0.12;

/** Where vectors differ by less, what they differ by is rounding. */
const LEAST_SPREAD = 0.05;

/** Words that carry at least this share of what a question weighs say as much as words can. */
const FULL_COVERAGE = 0.15;

/** Fewer matches by words than this are less than a page. */
const PAGE = 20;

/** Words that carry less than this share of what a question weighs found something else than was asked for. */
const LITTLE_COVERAGE = 0.3;

/**
 * Whether words find so little of a question that it is answered by meaning too, for which all vectors are looked at.
 *
 * @param matches By words, before filters.
 * @param coverage See {@link QueryMeaning.boost}.
 */
export function isLittle(matches: number, coverage: number): boolean {
  return matches < PAGE && coverage < LITTLE_COVERAGE;
}

/** The cosine that a match by meaning must have when the best document has `best`. */
export function leastCosine(best: number): number {
  return Math.max(MIN_COSINE, best * MIN_COSINE_SHARE);
}

/** Titles in several languages are joined by this. */
const TITLE_SEPARATOR = " · ";

export class QueryMeaning {
  readonly text: string;
  readonly #meaning: Meaning;
  readonly #vector: Float32Array;
  /** Cosine with the documents on average. */
  readonly #common: number;
  readonly #wordShare: number;
  readonly #analyzer: Analyzer;
  readonly #form: string;
  readonly #texts = createTextUnits();

  /** Undefined when nothing is known of the text. @param vector Of the text; what the meaning says of it if left out. */
  static of(
    meaning: Meaning,
    text: string,
    wordShare: number,
    analyzer: Analyzer,
    vector = meaning.vectorOf(text),
  ): QueryMeaning | undefined {
    return vector.some((value) => value !== 0)
      ? new QueryMeaning(meaning, text, vector, wordShare, analyzer)
      : undefined;
  }

  private constructor(
    meaning: Meaning,
    text: string,
    vector: Float32Array,
    wordShare: number,
    analyzer: Analyzer,
  ) {
    this.text = text;
    this.#meaning = meaning;
    this.#vector = vector;
    this.#common = meaning.commonCosine(vector);
    this.#wordShare = wordShare;
    this.#analyzer = analyzer;
    this.#form = phraseForm(text, analyzer);
  }

  /**
   * The documents of `docs` that pass the gate, ascending.
   *
   * @param share Those with less than this share of the best cosine may be left out; and those with none are.
   */
  nearest(
    segment: Segment,
    docs: Docs,
    gate: DocumentGate,
    share: number,
    tick: (documents: number) => void,
  ): { readonly docs: Uint32Array; readonly cosines: Float32Array; readonly best: number } {
    const cosine = this.cosines(segment);
    const found = new Uint32List();
    const cosines: number[] = [];
    let best = 0;
    if (cosine === undefined) return { docs: found.written(), cosines: new Float32Array(0), best };
    const batch = new Uint32Array(BATCH_SIZE);
    for (let read = docs.fill(batch); read > 0; read = docs.fill(batch)) {
      tick(read);
      const size = gate.keep(batch, read);
      for (let i = 0; i < size; i++) {
        const near = cosine(batch[i] as number);
        if (near < best * share || near <= 0) continue;
        best = Math.max(best, near);
        found.push(batch[i] as number);
        cosines.push(near);
      }
    }
    return { docs: found.written(), cosines: Float32Array.from(cosines), best };
  }

  /**
   * Cosines of a segment's documents, at least 0; undefined when it has no vectors. Where vectors have something in
   * common, 0 is the cosine with the documents on average: `(cos - common) / (1 - common)`.
   */
  cosines(segment: Segment): ((doc: number) => number) | undefined {
    const vectors = this.#meaning.vectorsOf(segment);
    const scale = 1 / Math.max(LEAST_SPREAD, 1 - this.#common);
    return (
      vectors && ((doc) => Math.max(0, (vectors.cosine(doc, this.#vector) - this.#common) * scale))
    );
  }

  /**
   * What a cosine of 1 adds when the best document by words has the score `most`.
   *
   * @param coverage Share of the weight of a question that the best document's words carry. Where words find little of
   * what was asked, as in another language, meaning weighs more.
   */
  boost(most: number, coverage = 1): number {
    const words = this.#wordShare * Math.min(1, coverage / FULL_COVERAGE);
    return most === 0 ? 1 : ((1 - words) / words) * most;
  }

  /**
   * What meaning adds to a document that words found, over the boost. A document that has the text for its title is what
   * was meant: it gets all, and nothing by meaning comes before it.
   */
  addition(segment: Segment, doc: number): number {
    if (this.#isNamed(segment, doc)) return 1;
    return this.cosines(segment)?.(doc) ?? 0;
  }

  #isNamed(segment: Segment, doc: number): boolean {
    segment.readTexts(doc, this.#texts);
    const { units, ends } = this.#texts;
    const title = unitsToText(units, 0, ends[0] as number);
    return title.split(TITLE_SEPARATOR).some(
      // Folding makes texts longer or shorter, but not by so much.
      (name) =>
        name.length <= this.text.length * 2 &&
        this.text.length <= name.length * 2 &&
        phraseForm(name, this.#analyzer) === this.#form,
    );
  }
}

/** The text of a question that is to be embedded before it is asked; undefined when no vector is of use to it. */
export function textToEmbed(query: IndexQuery | SimilarQuery): string | undefined {
  if ("to" in query) return "text" in query.to ? query.to.text : undefined;
  if (query.channel === "lexical") return undefined;
  return meantText(parseQuery(query.text)) || undefined;
}

/** The part of a query that has a meaning. */
export function meantText(clauses: readonly Clause[]): string {
  return clauses
    .flatMap((clause) => (clause.type === "text" && !clause.isExcluded ? [clause.text] : []))
    .join(" ");
}

/** How much words weigh in the answer to a query. */
export function wordShareOf({ units, phrases }: QueryPlan): number {
  const isDescription = phrases.length === 0 && units.length > DESCRIPTION_UNITS;
  return isDescription ? WORD_SHARE.described : WORD_SHARE.asked;
}
