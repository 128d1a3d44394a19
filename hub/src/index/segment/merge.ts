/**
 * Merges segments into one, without their deleted documents.
 *
 * @module
 */

import { textKey, titlesOf } from "../suggest/keys.ts";
import { writeBlob } from "./blob.ts";
import { ByteWriter, Uint32List } from "./bytes.ts";
import { ColumnsBuilder } from "./columns.ts";
import { type Deletes, isDeleted } from "./deletes.ts";
import { PostingsWriter, readPostings } from "./postings.ts";
import { createTextUnits, type Segment } from "./segment.ts";
import { makeTextCode, UnitCounter, UnitEncoder } from "./text-code.ts";
import { phoneticAt, TitlesBuilder } from "./titles.ts";

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
    ...mergeTexts(inputs, numbers, meta.docs),
    ...mergeTitles(inputs, numbers),
  });
}

function mergeColumns(inputs: readonly MergeInput[], numbers: readonly Uint32Array[]) {
  const living = numbers.reduce((sum, list) => sum + list.filter((n) => n !== GONE).length, 0);
  const columns = new ColumnsBuilder(living);
  inputs.forEach(({ segment }, input) => {
    const fields = [...segment.facetFields];
    const sets = fields.map((field) => {
      const column = segment.facet(field);
      return column?.sets.map((set) => set.map((value) => column.values[value] as string)) ?? [];
    });
    const setOf = fields.map((field) => segment.facet(field)?.setOf as Uint32Array);
    for (let doc = 0; doc < segment.docs; doc++) {
      if (numbers[input]?.[doc] === GONE) continue;
      const validUntilMs = segment.validUntil?.[doc];
      columns.add({
        ref: segment.ref(doc),
        receivedAtMs: segment.received[doc] as number,
        validUntilMs: Number.isNaN(validUntilMs) ? undefined : validUntilMs,
        audience: segment.meta.audiences[segment.audience[doc] as number] as string,
        facets: fields.map(
          (field, f) => [field, sets[f]?.[setOf[f]?.[doc] as number] ?? []] as const,
        ),
        lengths: segment.lengths.subarray(doc * 4, doc * 4 + 4),
      });
    }
  });
  return columns.finish();
}

/** Merges dictionaries and postings: grams by key, then texts. */
function mergeTerms(inputs: readonly MergeInput[], numbers: readonly Uint32Array[], docs: number) {
  const merger = new PostingsMerger(inputs, numbers, docs);
  const gramKeys = new Uint32List();
  const gramAt = inputs.map(() => 0);
  for (;;) {
    let least = Number.POSITIVE_INFINITY;
    inputs.forEach(({ segment }, i) => {
      least = Math.min(least, segment.gramKeys[gramAt[i] as number] ?? Number.POSITIVE_INFINITY);
    });
    if (least === Number.POSITIVE_INFINITY) break;
    for (let i = 0; i < inputs.length; i++) {
      const at = gramAt[i] as number;
      if (inputs[i]?.segment.gramKeys[at] !== least) continue;
      merger.take(i, at);
      gramAt[i] = at + 1;
    }
    if (merger.finishTerm()) gramKeys.push(least);
  }

  const textAt = new Uint32List();
  textAt.push(0);
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
      merger.take(i, head.place);
      head.next();
    }
    if (!merger.finishTerm()) continue;
    if (length + least.length > texts.length) {
      const grown = new Uint16Array(texts.length * 2 + least.length);
      grown.set(texts);
      texts = grown;
    }
    for (let i = 0; i < least.length; i++) texts[length++] = least.charCodeAt(i);
    textAt.push(length);
  }
  return {
    gramKeys: gramKeys.written(),
    textTermAt: textAt.written(),
    textTerms: texts.subarray(0, length),
    ...merger.finish(),
  };
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

class PostingsMerger {
  readonly #inputs: readonly MergeInput[];
  readonly #numbers: readonly Uint32Array[];
  readonly #inDocs: Uint32Array;
  readonly #inCounts: Uint32Array;
  readonly #docs: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #out = new ByteWriter(1 << 16);
  readonly #writer = new PostingsWriter(this.#out, new ByteWriter(), new ByteWriter());
  readonly #ends = new Uint32List();
  #df = 0;

  constructor(inputs: readonly MergeInput[], numbers: readonly Uint32Array[], docs: number) {
    this.#inputs = inputs;
    this.#numbers = numbers;
    const largest = Math.max(0, ...inputs.map(({ segment }) => segment.docs));
    this.#inDocs = new Uint32Array(largest);
    this.#inCounts = new Uint32Array(largest);
    this.#docs = new Uint32Array(docs);
    this.#counts = new Uint32Array(docs);
    this.#ends.push(0);
  }

  /** Adds the postings of a term of an input to the current term. Inputs come in ascending order. */
  take(input: number, term: number): void {
    const reader = (this.#inputs[input] as MergeInput).segment.postings(term);
    const numbers = this.#numbers[input] as Uint32Array;
    const df = reader.varint();
    readPostings(reader, df, this.#inDocs, this.#inCounts);
    let at = this.#df;
    for (let i = 0; i < df; i++) {
      const doc = numbers[this.#inDocs[i] as number] as number;
      if (doc === GONE) continue;
      this.#docs[at] = doc;
      this.#counts[at] = this.#inCounts[i] as number;
      at += 1;
    }
    this.#df = at;
  }

  /** Ends the current term; false when no living document has it, and it is left out. */
  finishTerm(): boolean {
    const df = this.#df;
    this.#df = 0;
    if (df === 0) return false;
    this.#writer.write(this.#docs, this.#counts, 0, df);
    this.#ends.push(this.#out.length);
    return true;
  }

  finish() {
    return { postingsAt: this.#ends.written(), postings: this.#out.written() };
  }
}

function mergeTexts(inputs: readonly MergeInput[], numbers: readonly Uint32Array[], docs: number) {
  const texts = createTextUnits();
  const counter = new UnitCounter();
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
    encoder.writeUnits(texts.units, 0, before, out);
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
      titles.add(number, entry & 3, textKey(text), phoneticAt(segment.titles, i));
    });
  });
  return titles.finish();
}
