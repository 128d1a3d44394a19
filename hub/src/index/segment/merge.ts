/**
 * Merges segments into one, without their deleted documents.
 *
 * @module
 */

import { plainPhoneticOf, titlesOf } from "../suggest/keys.ts";
import { writeBlob } from "./blob.ts";
import { ByteWriter, Uint32List } from "./bytes.ts";
import { ColumnsBuilder } from "./columns.ts";
import { type Deletes, isDeleted } from "./deletes.ts";
import type { Segment, SetColumnView } from "./segment.ts";
import { TermLayout, type TermSections } from "./terms.ts";
import { makeTextCode, UnitCounter, UnitEncoder } from "./text-code.ts";
import { createTextUnits } from "./text-units.ts";
import { storedPhonetic, TitlesBuilder } from "./titles.ts";

/** A segment and what is deleted of it. */
export interface MergeInput {
  readonly segment: Segment;
  readonly deletes: Deletes;
}

/** Number of a document that is not in the merged segment. */
export const GONE = 0xffffffff;

/** The number in the merged segment of each document of each input. */
export function renumber(inputs: readonly MergeInput[]): Uint32Array[] {
  let next = 0;
  return inputs.map(({ segment, deletes }) => {
    const numbers = new Uint32Array(segment.docs);
    for (let doc = 0; doc < segment.docs; doc++) {
      numbers[doc] = isDeleted(deletes, doc) ? GONE : next++;
    }
    return numbers;
  });
}

/** The segment of the living documents of `inputs`, in their order. */
export function mergeSegments(inputs: readonly MergeInput[]): SharedArrayBuffer {
  const numbers = renumber(inputs);
  const { meta, sections } = mergeColumns(inputs, numbers);
  return writeBlob(meta, {
    ...sections,
    ...mergeTerms(inputs, numbers, meta.docs),
    ...mergeTitles(inputs, numbers),
    ...mergeTexts(inputs, numbers, meta.docs),
  });
}

function mergeColumns(inputs: readonly MergeInput[], numbers: readonly Uint32Array[]) {
  const living = numbers.reduce((sum, list) => sum + list.filter((n) => n !== GONE).length, 0);
  const columns = new ColumnsBuilder(living);
  inputs.forEach(({ segment }, input) => {
    const fields = [...segment.facetFields].map((field) => {
      const { sets, values, setOf } = segment.facet(field) as SetColumnView;
      return { field, setOf, sets: sets.map((set) => set.map((id) => values[id] as string)) };
    });
    // One object for all rows: the builder takes what it needs from it at once.
    const facets: Record<string, readonly string[]> = {};
    for (let doc = 0; doc < segment.docs; doc++) {
      if (numbers[input]?.[doc] === GONE) continue;
      for (const { field, setOf, sets } of fields) {
        facets[field] = sets[setOf[doc] as number] as readonly string[];
      }
      const validUntilMs = segment.validUntil?.[doc];
      columns.add({
        ref: segment.ref(doc),
        receivedAtMs: segment.received[doc] as number,
        validUntilMs: Number.isNaN(validUntilMs) ? undefined : validUntilMs,
        audience: segment.meta.audiences[segment.audience[doc] as number] as string,
        facets,
        lengths: [0, 1, 2, 3].map((field) => segment.lengths[field * segment.docs + doc] as number),
      });
    }
  });
  return columns.finish();
}

/** Merges dictionaries and postings: grams by key, then texts. */
function mergeTerms(
  inputs: readonly MergeInput[],
  numbers: readonly Uint32Array[],
  docs: number,
): TermSections {
  const postings = new PostingsMerger(inputs, numbers, docs);
  const gramKeys = mergeGrams(inputs, postings);
  const texts = mergeTextTerms(inputs, postings);
  return { gramKeys, ...texts, ...postings.layout.finish() };
}

function mergeGrams(inputs: readonly MergeInput[], postings: PostingsMerger): Uint32Array {
  const merged = new Uint32List();
  const lists = inputs.map(({ segment }) => segment.gramKeys);
  const at = new Uint32Array(inputs.length);
  const heads = Float64Array.from(lists, (keys) => keys[0] ?? Number.POSITIVE_INFINITY);
  for (;;) {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < heads.length; i++)
      if ((heads[i] as number) < least) least = heads[i] as number;
    if (least === Number.POSITIVE_INFINITY) return merged.written();
    for (let i = 0; i < heads.length; i++) {
      if (heads[i] !== least) continue;
      const place = at[i] as number;
      postings.take(i, place);
      at[i] = place + 1;
      heads[i] = lists[i]?.[place + 1] ?? Number.POSITIVE_INFINITY;
    }
    if (postings.layout.finishTerm()) merged.push(least);
  }
}

function mergeTextTerms(inputs: readonly MergeInput[], postings: PostingsMerger) {
  const textTermAt = new Uint32List();
  textTermAt.push(0);
  let texts = new Uint16Array(4096);
  let length = 0;
  const heads = inputs.map(({ segment }) => new TextHead(segment));
  for (;;) {
    let least: string | undefined;
    for (const { term } of heads) {
      if (term !== undefined && (least === undefined || term < least)) least = term;
    }
    if (least === undefined) break;
    for (let i = 0; i < heads.length; i++) {
      const head = heads[i] as TextHead;
      if (head.term !== least) continue;
      postings.take(i, head.place);
      head.next();
    }
    if (!postings.layout.finishTerm()) continue;
    if (length + least.length > texts.length) {
      const grown = new Uint16Array(texts.length * 2 + least.length);
      grown.set(texts);
      texts = grown;
    }
    for (let i = 0; i < least.length; i++) texts[length++] = least.charCodeAt(i);
    textTermAt.push(length);
  }
  return { textTermAt: textTermAt.written(), textTerms: texts.subarray(0, length) };
}

/** The next text term of a segment. */
class TextHead {
  readonly #segment: Segment;
  #at = -1;
  term: string | undefined;

  constructor(segment: Segment) {
    this.#segment = segment;
    this.next();
  }

  /** Place of the term in the dictionary. */
  get place(): number {
    return this.#segment.gramKeys.length + this.#at;
  }

  next(): void {
    this.#at += 1;
    const isEnd = this.#at >= this.#segment.textTermAt.length - 1;
    this.term = isEnd ? undefined : this.#segment.textTerm(this.#at);
  }
}

/** Renumbers the documents of terms. */
class PostingsMerger {
  readonly layout: TermLayout;
  readonly #inputs: readonly MergeInput[];
  readonly #numbers: readonly Uint32Array[];
  readonly #docs: Uint32Array;
  readonly #counts: Uint32Array;

  constructor(inputs: readonly MergeInput[], numbers: readonly Uint32Array[], docs: number) {
    this.#inputs = inputs;
    this.#numbers = numbers;
    const largest = Math.max(0, ...inputs.map(({ segment }) => segment.docs));
    this.#docs = new Uint32Array(largest);
    this.#counts = new Uint32Array(largest);
    this.layout = new TermLayout(docs, docs * 256);
  }

  /** Adds the postings of a term of an input to the current term. Inputs come in ascending order. */
  take(input: number, term: number): void {
    const docs = this.#docs;
    const numbers = this.#numbers[input] as Uint32Array;
    const df = (this.#inputs[input] as MergeInput).segment.readTerm(term, docs, this.#counts);
    for (let i = 0; i < df; i++) {
      const number = numbers[docs[i] as number] as number;
      if (number !== GONE) this.layout.push(number, this.#counts[i] as number);
    }
  }
}

function mergeTexts(inputs: readonly MergeInput[], numbers: readonly Uint32Array[], docs: number) {
  const texts = createTextUnits();
  const counter = new UnitCounter(docs);
  const eachDoc = (visit: () => void) => {
    inputs.forEach(({ segment }, input) => {
      for (let doc = 0; doc < segment.docs; doc++) {
        if (numbers[input]?.[doc] === GONE) continue;
        segment.readTexts(doc, texts);
        visit();
      }
    });
  };
  eachDoc(() => counter.addUnits(texts.units, texts.ends[3] as number));
  const code = makeTextCode(counter);
  const encoder = new UnitEncoder(code);
  const out = new ByteWriter(1 << 16);
  const textAt = new Uint32Array(docs + 1);
  let doc = 0;
  eachDoc(() => {
    let before = 0;
    for (const end of texts.ends) {
      out.varint(end - before);
      before = end;
    }
    encoder.writeUnits(texts.units, before, out);
    textAt[++doc] = out.length;
  });
  return { alphabet: code.alphabet, textAt, texts: out.written() };
}

function mergeTitles(inputs: readonly MergeInput[], numbers: readonly Uint32Array[]) {
  const titles = new TitlesBuilder();
  const texts = createTextUnits();
  inputs.forEach(({ segment }, input) => {
    segment.titles.entries.forEach((entry, i) => {
      const number = numbers[input]?.[entry >>> 2] as number;
      if (number === GONE) return;
      segment.readTexts(entry >>> 2, texts);
      const title = String.fromCharCode(...texts.units.subarray(0, texts.ends[0]));
      const text = titlesOf(title)[entry & 3] as string;
      const plain = plainPhoneticOf(text);
      titles.add(number, entry & 3, text, storedPhonetic(segment.titles, i) ?? plain, plain);
    });
  });
  return titles.finish();
}
