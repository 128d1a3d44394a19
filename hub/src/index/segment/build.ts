/**
 * Builds a segment from documents.
 *
 * @module
 */

import type { IndexDocument } from "../../ports/search-index.ts";
import type { Analyzer, TokenSink } from "../analysis/analyzer.ts";
import { foldedSlice } from "../analysis/fold.ts";
import { audienceOf, facetsOf, TEXT_FIELDS } from "../fields.ts";
import { phoneticOf, textKey, titlesOf } from "../suggest/keys.ts";
import { writeBlob } from "./blob.ts";
import { ByteWriter, Uint32List } from "./bytes.ts";
import { ColumnsBuilder } from "./columns.ts";
import { NumberTable } from "./number-table.ts";
import { PostingsWriter } from "./postings.ts";
import { gramKey } from "./segment.ts";
import { makeTextCode, UnitCounter, UnitEncoder } from "./text-code.ts";
import { TitlesBuilder } from "./titles.ts";

/**
 * The segment of `documents`, in their order.
 *
 * Memory during the build is about 8 kB a document: build segments of some thousand and merge them.
 */
export function buildSegment(
  documents: readonly IndexDocument[],
  analyzer: Analyzer,
): SharedArrayBuffer {
  const terms = new TermCollector(analyzer);
  const columns = new ColumnsBuilder(documents.length);
  const titles = new TitlesBuilder();
  const counter = new UnitCounter();
  documents.forEach((document, doc) => {
    columns.add({
      ref: document.ref,
      receivedAtMs: document.receivedAtMs,
      validUntilMs: document.validUntilMs,
      audience: audienceOf(document),
      facets: Object.entries(facetsOf(document)),
      lengths: terms.add(document),
    });
    titlesOf(document.text.title).forEach((title, number) => {
      titles.add(doc, number, textKey(title), phoneticOf(title));
    });
    for (const field of TEXT_FIELDS) counter.addText(document.text[field]);
  });
  const { meta, sections } = columns.finish();
  const code = makeTextCode(counter);
  const encoder = new UnitEncoder(code);
  const texts = new ByteWriter();
  const textAt = new Uint32Array(documents.length + 1);
  documents.forEach(({ text }, doc) => {
    for (const field of TEXT_FIELDS) texts.varint(text[field].length);
    for (const field of TEXT_FIELDS) encoder.writeText(text[field], texts);
    textAt[doc + 1] = texts.length;
  });
  return writeBlob(meta, {
    ...sections,
    ...terms.finish(documents.length),
    ...titles.finish(),
    alphabet: code.alphabet,
    textAt,
    texts: texts.written(),
  });
}

/** Collects (term, document, counts) and sorts them by term. */
class TermCollector {
  readonly #analyzer: Analyzer;
  readonly #grams = new NumberTable();
  readonly #words = new NumberTable();
  readonly #texts = new Map<string, number>();
  /** Key of each term: the number of a gram, or 0 and a text. */
  readonly #keys = new Uint32List();
  readonly #textOf = new Map<number, string>();
  /** Of the current document: by term, the document that last had it and its counts. */
  #lastDoc = new Int32Array(1024).fill(-1);
  #counts = new Uint32Array(1024);
  readonly #touched = new Uint32List();
  /** All (term, counts), document after document. */
  readonly #entryTerms = new Uint32List();
  readonly #entryCounts = new Uint32List();
  readonly #entryEnds = new Uint32List();
  #doc = 0;
  #shift = 0;
  #length = 0;
  readonly #sink: TokenSink;

  constructor(analyzer: Analyzer) {
    this.#analyzer = analyzer;
    this.#sink = {
      unigram: (code, at) => {
        this.#length += 1;
        this.#hit(
          code > 0xffff
            ? this.#textId(foldedSlice(analyzer.folded, at, at + 1))
            : this.#gramId(code, 0),
        );
      },
      bigram: (first, second, at) =>
        this.#hit(
          first > 0xffff || second > 0xffff
            ? this.#textId(foldedSlice(analyzer.folded, at, at + 2))
            : this.#gramId(first, second),
        ),
      word: (node, from, to) => this.#hit(this.#wordId(node, from, to)),
      text: ({ term, form }) => {
        if (form === "whole") this.#length += 1;
        this.#hit(this.#textId(term));
      },
    };
  }

  /** Adds the terms of a document; returns its lengths by field, valid until the next call. */
  add(document: IndexDocument): ArrayLike<number> {
    this.#touched.length = 0;
    const lengths = TEXT_FIELDS.map((field, index) => {
      this.#shift = index * 8;
      this.#length = 0;
      this.#analyzer.scan(document.text[field], this.#sink);
      return this.#length;
    });
    for (const term of this.#touched.written()) {
      this.#entryTerms.push(term);
      this.#entryCounts.push(this.#counts[term] as number);
    }
    this.#entryEnds.push(this.#entryTerms.length);
    this.#doc += 1;
    return lengths;
  }

  /** Dictionary and postings. */
  finish(docs: number) {
    const { order, gramKeys, textAt, texts } = this.#sorted();
    const rank = new Uint32Array(order.length);
    for (let i = 0; i < order.length; i++) rank[order[i] as number] = i;
    const entries = this.#entryTerms.written();
    const starts = new Uint32Array(order.length + 1);
    for (const term of entries) {
      const place = (rank[term] as number) + 1;
      starts[place] = (starts[place] as number) + 1;
    }
    for (let i = 0; i < order.length; i++) {
      starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
    }
    const fill = starts.slice(0, order.length);
    const byTermDocs = new Uint32Array(entries.length);
    const byTermCounts = new Uint32Array(entries.length);
    let entry = 0;
    for (let doc = 0; doc < docs; doc++) {
      for (const end = this.#entryEnds.values[doc] as number; entry < end; entry++) {
        const term = rank[entries[entry] as number] as number;
        const place = fill[term] as number;
        fill[term] = place + 1;
        byTermDocs[place] = doc;
        byTermCounts[place] = this.#entryCounts.values[entry] as number;
      }
    }
    const out = new ByteWriter(entries.length * 2);
    const writer = new PostingsWriter(out, new ByteWriter(), new ByteWriter());
    const postingsAt = new Uint32Array(order.length + 1);
    for (let term = 0; term < order.length; term++) {
      const from = starts[term] as number;
      writer.write(byTermDocs, byTermCounts, from, (starts[term + 1] as number) - from);
      postingsAt[term + 1] = out.length;
    }
    return { gramKeys, textTermAt: textAt, textTerms: texts, postingsAt, postings: out.written() };
  }

  /** Terms in the order of the dictionary: grams by key, then texts by UTF-16 units. */
  #sorted() {
    const keys = this.#keys.written();
    const gramKeys = keys.filter((key) => key !== 0).sort();
    const gramIds = gramKeys.map((key) => this.#grams.idOf(key, 0));
    const texts = [...this.#textOf].sort(([, a], [, b]) => (a < b ? -1 : 1));
    const textAt = new Uint32Array(texts.length + 1);
    texts.forEach(([, text], i) => {
      textAt[i + 1] = (textAt[i] as number) + text.length;
    });
    const units = new Uint16Array(textAt[texts.length] as number);
    texts.forEach(([, text], i) => {
      for (let j = 0; j < text.length; j++) units[(textAt[i] as number) + j] = text.charCodeAt(j);
    });
    const order = new Uint32Array(keys.length);
    order.set(gramIds);
    order.set(
      texts.map(([id]) => id),
      gramIds.length,
    );
    return { order, gramKeys, textAt, texts: units };
  }

  #hit(term: number): void {
    if (this.#lastDoc[term] !== this.#doc) {
      this.#lastDoc[term] = this.#doc;
      this.#counts[term] = 0;
      this.#touched.push(term);
    }
    const counts = this.#counts[term] as number;
    if (((counts >>> this.#shift) & 255) !== 255) this.#counts[term] = counts + (1 << this.#shift);
  }

  #gramId(first: number, second: number): number {
    const key = gramKey(first, second);
    const next = this.#keys.length;
    const id = this.#grams.idOf(key, next);
    if (id === next) this.#newTerm(key);
    return id;
  }

  #wordId(node: number, from: number, to: number): number {
    const next = this.#keys.length;
    const id = this.#words.idOf(node, next);
    if (id !== next) return id;
    const text = foldedSlice(this.#analyzer.folded, from, to);
    return this.#newTerm(0, text);
  }

  #textId(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const id = this.#newTerm(0, text);
    this.#texts.set(text, id);
    return id;
  }

  #newTerm(key: number, text?: string): number {
    const id = this.#keys.length;
    this.#keys.push(key);
    if (text !== undefined) this.#textOf.set(id, text);
    if (id >= this.#lastDoc.length) this.#grow();
    return id;
  }

  #grow(): void {
    const lastDoc = new Int32Array(this.#lastDoc.length * 2).fill(-1);
    lastDoc.set(this.#lastDoc);
    this.#lastDoc = lastDoc;
    const counts = new Uint32Array(this.#counts.length * 2);
    counts.set(this.#counts);
    this.#counts = counts;
  }
}
