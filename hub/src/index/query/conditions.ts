/**
 * What a document must satisfy beside having the terms of a free text: that it is there and may be seen, units of one
 * field, phrases, exclusions.
 *
 * @module
 */

import type { Reader } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { classOf, GRAM } from "../analysis/script.ts";
import { isInAudience } from "../fields.ts";
import { apart } from "../loop.ts";
import { type Deletes, isDeleted } from "../segment/deletes.ts";
import type { Segment } from "../segment/segment.ts";
import { createTextUnits, unitsToText } from "../segment/text-units.ts";
import { BATCH_SIZE } from "./batch.ts";
import { allOf, anyOf, type Docs, FieldTermDocs, NO_DOCS, TermDocs } from "./docs.ts";
import { phraseForm } from "./phrase.ts";
import type { Phrase, QueryPlan, Term, Unit } from "./plan.ts";
import { findTerm } from "./weighed-term.ts";

/** Units that a document must have in the two ways of answering a text. */
export function requiredUnits({ units }: QueryPlan, isQuestion: boolean): readonly Unit[] {
  return isQuestion ? units.filter(({ field }) => field !== undefined) : units;
}

/**
 * Tells whether each document that satisfies units has a term: it is one that a unit requires, or in one, since a text has
 * all bigrams and dictionary words of each word that it has.
 */
export function impliedBy(units: readonly Unit[]): (term: Term) => boolean {
  const required = units.flatMap(({ alternatives }) =>
    alternatives.length === 1 ? (alternatives[0] ?? []) : [],
  );
  return ({ text }) =>
    required.some((term) => term.text === text || (isOfGrams(text) && term.text.includes(text)));
}

function isOfGrams(text: string): boolean {
  return classOf(text.codePointAt(0) as number) === GRAM;
}

/** The documents that may satisfy units and phrases; undefined when there are none of them. */
export function candidateDocs(
  segment: Segment,
  units: readonly Unit[],
  phrases: readonly Phrase[],
): Docs | undefined {
  if (units.length + phrases.length === 0) return undefined;
  return allOf([
    ...units.map(({ alternatives, field }) =>
      anyOf(alternatives.map((terms) => termsDocs(segment, terms, field))),
    ),
    ...phrases.map(({ terms, field }) => termsDocs(segment, terms, field)),
  ]);
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

/** For the batch that is looked at: documents that have what is excluded. One query runs at a time in a thread. */
const EXCLUDED = new Uint32Array(BATCH_SIZE);

/** Checks documents of a segment. */
export class DocumentGate {
  readonly #segment: Segment;
  readonly #deletes: Deletes;
  readonly #isSeen: Uint8Array | undefined;
  readonly #phrases: readonly Phrase[];
  readonly #excluded: readonly { readonly phrase: Phrase; readonly docs: Docs }[];
  readonly #analyzer: Analyzer;
  readonly #texts = createTextUnits();
  /** True when every document passes. */
  readonly #isOpen: boolean;
  /** False where something is excluded: that is known of ascending documents only. */
  readonly canTellAlone: boolean;

  constructor(
    segment: Segment,
    deletes: Deletes,
    reader: Reader,
    plan: QueryPlan,
    analyzer: Analyzer,
  ) {
    this.#segment = segment;
    this.#deletes = deletes;
    const isSeen = Uint8Array.from(segment.meta.audiences, (a) =>
      isInAudience(reader, a) ? 1 : 0,
    );
    this.#isSeen = isSeen.includes(0) ? isSeen : undefined;
    this.#phrases = plan.phrases.filter(({ isExact }) => !isExact);
    this.#excluded = plan.excluded.map((phrase) => ({
      phrase,
      docs: termsDocs(segment, phrase.terms, phrase.field),
    }));
    this.#analyzer = analyzer;
    this.canTellAlone = this.#excluded.length === 0;
    this.#isOpen =
      deletes === undefined &&
      this.#isSeen === undefined &&
      this.#phrases.length === 0 &&
      this.#excluded.length === 0;
  }

  /**
   * Keeps those of the first `size` documents that pass; returns how many.
   *
   * @param docs Ascending, beyond those of earlier calls; at most {@link BATCH_SIZE}.
   * @param scores Of the documents, kept with them.
   */
  keep(docs: Uint32Array, size: number, scores?: Float64Array): number {
    if (this.#isOpen) return size;
    const documents = { docs, scores };
    let kept = this.#keepVisible(documents, size);
    if (this.#phrases.length > 0) kept = keepIf(documents, kept, (doc) => this.#hasPhrases(doc));
    for (const { phrase, docs: having } of this.#excluded) {
      kept = this.#dropExcluded(documents, kept, phrase, having);
    }
    return kept;
  }

  /** Whether one document passes, in any order; for a gate that {@link canTellAlone}. */
  passes(doc: number): boolean {
    return this.#isOpen || (this.#isVisible(doc) && this.#hasPhrases(doc));
  }

  #isVisible(doc: number): boolean {
    if (isDeleted(this.#deletes, doc)) return false;
    return this.#isSeen?.[this.#segment.audience[doc] as number] !== 0;
  }

  #keepVisible(documents: Documents, size: number): number {
    const isSeen = this.#isSeen;
    const { audience } = this.#segment;
    let kept = size;
    if (this.#deletes !== undefined)
      kept = keepIf(documents, kept, (doc) => !isDeleted(this.#deletes, doc));
    if (isSeen !== undefined) {
      const { docs, scores } = documents;
      kept =
        scores === undefined
          ? apart(keepSeen, docs, kept, audience, isSeen)
          : apart(keepSeenWithScores, docs, kept, audience, isSeen, scores);
    }
    return kept;
  }

  #dropExcluded(documents: Documents, size: number, phrase: Phrase, having: Docs): number {
    for (let i = 0; i < size; i++) EXCLUDED[i] = documents.docs[i] as number;
    const excluded = having.retain(EXCLUDED, size);
    let at = 0;
    return keepIf(documents, size, (doc) => {
      if (at === excluded || EXCLUDED[at] !== doc) return true;
      at += 1;
      return !phrase.isExact && !this.#hasPhrase(doc, phrase);
    });
  }

  #hasPhrases(doc: number): boolean {
    for (const phrase of this.#phrases) if (!this.#hasPhrase(doc, phrase)) return false;
    return true;
  }

  #hasPhrase(doc: number, { form, field }: Phrase): boolean {
    this.#segment.readTexts(doc, this.#texts);
    const { units, ends } = this.#texts;
    for (let f = 0; f < 4; f++) {
      if (field !== undefined && f !== field) continue;
      const from = f === 0 ? 0 : (ends[f - 1] as number);
      const text = unitsToText(units, from, ends[f] as number);
      if (phraseForm(text, this.#analyzer).includes(form)) return true;
    }
    return false;
  }
}

function keepSeen(
  docs: Uint32Array,
  size: number,
  audience: Uint16Array,
  isSeen: Uint8Array,
): number {
  let kept = 0;
  for (let i = 0; i < size; i++) {
    const doc = docs[i] as number;
    docs[kept] = doc;
    kept += isSeen[audience[doc] as number] as number;
  }
  return kept;
}

function keepSeenWithScores(
  docs: Uint32Array,
  size: number,
  audience: Uint16Array,
  isSeen: Uint8Array,
  scores: Float64Array,
): number {
  let kept = 0;
  for (let i = 0; i < size; i++) {
    const doc = docs[i] as number;
    docs[kept] = doc;
    scores[kept] = scores[i] as number;
    kept += isSeen[audience[doc] as number] as number;
  }
  return kept;
}

/** Documents and what is kept with them. */
interface Documents {
  readonly docs: Uint32Array;
  readonly scores: Float64Array | undefined;
}

function keepIf(
  { docs, scores }: Documents,
  size: number,
  isKept: (doc: number) => boolean,
): number {
  let kept = 0;
  for (let i = 0; i < size; i++) {
    const doc = docs[i] as number;
    if (!isKept(doc)) continue;
    docs[kept] = doc;
    if (scores !== undefined) scores[kept] = scores[i] as number;
    kept += 1;
  }
  return kept;
}
