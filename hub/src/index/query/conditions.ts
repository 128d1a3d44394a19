/**
 * What a document must satisfy beside having the terms of a free text: that it is there and may be seen, units of one
 * field, phrases, exclusions.
 *
 * @module
 */

import type { Reader } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { isInAudience } from "../fields.ts";
import { type Deletes, isDeleted } from "../segment/deletes.ts";
import { createTextUnits, type Segment, unitsToText } from "../segment/segment.ts";
import { allOf, anyOf, type Docs, FieldTermDocs, NO_DOCS, TermDocs } from "./docs.ts";
import { phraseForm } from "./phrase.ts";
import type { Phrase, QueryPlan, Term, Unit } from "./plan.ts";
import { findTerm } from "./weighed-term.ts";

/** Units that a document must have in the two ways of answering a text. */
export function requiredUnits({ units }: QueryPlan, isQuestion: boolean): readonly Unit[] {
  return isQuestion ? units.filter(({ field }) => field !== undefined) : units;
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

/** Checks documents of a segment one by one, in ascending order. */
export class DocumentGate {
  readonly #segment: Segment;
  readonly #deletes: Deletes;
  readonly #isSeen: Uint8Array | undefined;
  readonly #phrases: readonly Phrase[];
  readonly #excluded: readonly { readonly phrase: Phrase; readonly docs: Docs }[];
  readonly #analyzer: Analyzer;
  readonly #texts = createTextUnits();
  /** True when every document passes. */
  readonly isOpen: boolean;
  /** True when documents must be asked in ascending order. */
  readonly needsOrder: boolean;

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
    this.needsOrder = this.#excluded.length > 0;
    this.isOpen =
      deletes === undefined &&
      this.#isSeen === undefined &&
      this.#phrases.length === 0 &&
      this.#excluded.length === 0;
  }

  passes(doc: number): boolean {
    if (this.isOpen) return true;
    if (isDeleted(this.#deletes, doc)) return false;
    if (this.#isSeen?.[this.#segment.audience[doc] as number] === 0) return false;
    for (const phrase of this.#phrases) if (!this.#hasPhrase(doc, phrase)) return false;
    for (const { phrase, docs } of this.#excluded) {
      if (docs.advance(doc) !== doc) continue;
      if (phrase.isExact || this.#hasPhrase(doc, phrase)) return false;
    }
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
