/**
 * Collects the terms of documents and lays out dictionary and postings.
 *
 * Occurrences are written down as they come and sorted once at the end: grams by their number, texts by their place in
 * the sorted list of texts.
 *
 * @module
 */

import type { IndexDocument } from "../../ports/search-index.ts";
import type { Analyzer, TokenSink } from "../analysis/analyzer.ts";
import { foldedSlice } from "../analysis/fold.ts";
import { TEXT_FIELDS } from "../fields.ts";
import { ByteWriter, Uint32List } from "./bytes.ts";
import { PLAIN, PostingsWriter } from "./postings.ts";
import { type Pairs, sortPairs } from "./radix-sort.ts";
import { gramKey, inlinePosting } from "./segment.ts";

/** Sections of dictionary and postings. */
export interface TermSections {
  readonly gramKeys: Uint32Array;
  /** Ends of text terms, with a 0 before the first. */
  readonly textTermAt: Uint32Array;
  readonly textTerms: Uint16Array;
  readonly postingsAt: Uint32Array;
  readonly postings: Uint8Array;
}

/** Occurrences: the key of a term, and document and field as `document << 2 | field`. */
class Occurrences {
  readonly #keys = new Uint32List();
  readonly #places = new Uint32List();

  clear(): void {
    this.#keys.clear();
    this.#places.clear();
  }

  get size(): number {
    return this.#keys.length;
  }

  push(key: number, place: number): void {
    this.#keys.push(key);
    this.#places.push(place);
  }

  pairs(): Pairs {
    return { keys: this.#keys.written(), values: this.#places.written() };
  }
}

/** Of the segment that is being built; their memory is kept for the next. */
const GRAMS = new Occurrences();
const TEXTS = new Occurrences();

/** One at a time. */
export class TermCollector {
  readonly #analyzer: Analyzer;
  readonly #grams = GRAMS;
  readonly #texts = TEXTS;
  readonly #textIds = new Map<string, number>();
  /** Ids of dictionary words by their node, so that known words are not spelled out again. */
  readonly #wordIds = new Map<number, number>();
  /**
   * By character of the basic plane, one more than the place where it was last: characters count once a field, since how
   * often one stands in a field says little and costs much memory.
   */
  readonly #lastPlaces = new Uint32Array(0x10000);
  /** Characters of the current field beyond the basic plane. */
  readonly #farCodes = new Set<number>();
  #doc = 0;
  #place = 0;
  #length = 0;
  readonly #sink: TokenSink;

  constructor(analyzer: Analyzer) {
    this.#analyzer = analyzer;
    this.#grams.clear();
    this.#texts.clear();
    const lastPlaces = this.#lastPlaces;
    const { folded } = analyzer;
    this.#sink = {
      unigram: (code, at) => {
        this.#length += 1;
        if (code <= 0xffff) {
          if (lastPlaces[code] === this.#place + 1) return;
          lastPlaces[code] = this.#place + 1;
          this.#grams.push(gramKey(code, 0), this.#place);
        } else if (!this.#farCodes.has(code)) {
          this.#farCodes.add(code);
          this.#text(foldedSlice(folded, at, at + 1));
        }
      },
      bigram: (first, second, at) => {
        if (first <= 0xffff && second <= 0xffff) {
          this.#grams.push(gramKey(first, second), this.#place);
        } else this.#text(foldedSlice(folded, at, at + 2));
      },
      word: (node, from, to) => {
        const known = this.#wordIds.get(node);
        if (known !== undefined) this.#texts.push(known, this.#place);
        else this.#wordIds.set(node, this.#text(foldedSlice(folded, from, to)));
      },
      text: ({ term, form }) => {
        if (form === "whole") this.#length += 1;
        this.#text(term);
      },
    };
  }

  /** Adds the terms of the next document; returns its lengths by field. */
  add(document: IndexDocument): number[] {
    const lengths = TEXT_FIELDS.map((field, number) => {
      this.#place = this.#doc * 4 + number;
      this.#length = 0;
      if (this.#farCodes.size > 0) this.#farCodes.clear();
      this.#analyzer.scan(document.text[field], this.#sink);
      return this.#length;
    });
    this.#doc += 1;
    return lengths;
  }

  finish(): TermSections {
    const layout = new TermLayout(this.#doc, this.#grams.size + this.#texts.size);
    const grams = sortPairs(this.#grams.pairs(), 0xffffffff);
    const gramKeys = layout.addAll(grams);
    const texts = [...this.#textIds.keys()].sort();
    const ranks = new Uint32Array(texts.length);
    texts.forEach((text, rank) => {
      ranks[this.#textIds.get(text) as number] = rank;
    });
    const byRank = this.#texts.pairs();
    byRank.keys.forEach((id, i) => {
      byRank.keys[i] = ranks[id] as number;
    });
    layout.addAll(sortPairs(byRank, texts.length));
    return { gramKeys, ...layOutTexts(texts), ...layout.finish() };
  }

  #text(text: string): number {
    let id = this.#textIds.get(text);
    if (id === undefined) {
      id = this.#textIds.size;
      this.#textIds.set(text, id);
    }
    this.#texts.push(id, this.#place);
    return id;
  }
}

/** Writes the postings of terms, one term after the other. */
export class TermLayout {
  readonly #docs: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #out: ByteWriter;
  readonly #writer: PostingsWriter;
  readonly #places = new Uint32List();
  #df = 0;

  /** @param docs Most documents of a term. @param expected About how many postings will come. */
  constructor(docs: number, expected: number) {
    this.#docs = new Uint32Array(docs);
    this.#counts = new Uint32Array(docs);
    this.#out = new ByteWriter(expected + 1024);
    this.#writer = new PostingsWriter(this.#out, new ByteWriter(), new ByteWriter());
  }

  /** Adds a document to the current term; documents ascend. */
  push(doc: number, counts: number): void {
    this.#docs[this.#df] = doc;
    this.#counts[this.#df] = counts;
    this.#df += 1;
  }

  /** Ends the current term; false when no document has it, and it is left out. */
  finishTerm(): boolean {
    const df = this.#df;
    this.#df = 0;
    if (df === 0) return false;
    if (df === 1 && this.#counts[0] === PLAIN) {
      this.#places.push(inlinePosting(this.#docs[0] as number));
      return true;
    }
    this.#places.push(this.#out.length);
    this.#writer.write(this.#docs, this.#counts, 0, df);
    return true;
  }

  /** Adds all terms of sorted occurrences; returns their keys. */
  addAll({ keys, values }: Pairs): Uint32Array {
    const distinct = new Uint32List();
    for (let at = 0; at < keys.length; ) {
      const key = keys[at] as number;
      while (at < keys.length && keys[at] === key) {
        const doc = (values[at] as number) >>> 2;
        let counts = 0;
        for (; at < keys.length && keys[at] === key; at++) {
          const place = values[at] as number;
          if (place >>> 2 !== doc) break;
          const shift = (place & 3) * 8;
          if (((counts >>> shift) & 255) < 255) counts += 1 << shift;
        }
        this.push(doc, counts >>> 0);
      }
      this.finishTerm();
      distinct.push(key);
    }
    return distinct.written();
  }

  finish() {
    return { postingsAt: this.#places.written(), postings: this.#out.written() };
  }
}

/** Sorted texts as sections. */
function layOutTexts(texts: readonly string[]) {
  const textTermAt = new Uint32Array(texts.length + 1);
  texts.forEach((text, i) => {
    textTermAt[i + 1] = (textTermAt[i] as number) + text.length;
  });
  const textTerms = new Uint16Array(textTermAt[texts.length] as number);
  texts.forEach((text, i) => {
    const from = textTermAt[i] as number;
    for (let j = 0; j < text.length; j++) textTerms[from + j] = text.charCodeAt(j);
  });
  return { textTermAt, textTerms };
}
