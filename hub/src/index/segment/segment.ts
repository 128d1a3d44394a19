/**
 * An immutable segment of the index, opened over shared memory.
 *
 * @module
 */

import type { RecordKind, RecordRef } from "@tributary/proto";
import { refHash } from "../fields.ts";
import { Arrival } from "./arrival.ts";
import { readBlob } from "./blob.ts";
import { ByteReader } from "./bytes.ts";
import type { SegmentMeta } from "./columns.ts";
import { openList, PostingCursor, type PostingList } from "./posting-cursor.ts";
import { PLAIN, PostingsReader, readPostings } from "./postings.ts";
import { textCodeOf, UnitDecoder } from "./text-code.ts";
import { type FoldedUnits, reserveUnits, type TextUnits } from "./text-units.ts";
import type { TitlesView } from "./titles.ts";

/** Key of a unigram (`second` 0) or bigram of characters of the basic plane. */
export function gramKey(first: number, second: number): number {
  return ((first << 16) | second) >>> 0;
}

/** The gram of a term, or 0 if the term is kept as a text. Grams are one or two characters of the basic plane. */
export function gramKeyOf(term: string, isGram: boolean): number {
  if (!isGram || term.length > 2) return 0;
  const first = term.charCodeAt(0);
  const second = term.length === 2 ? term.charCodeAt(1) : 0;
  return first >= 0xd800 && first < 0xe000 ? 0 : gramKey(first, second);
}

/** From here on, an entry of `postingsAt` is not a byte position but a document, once in its body, plus this. */
const INLINE = 2 ** 31;

/** The entry of `postingsAt` for a term that one document has, plainly. */
export function inlinePosting(doc: number): number {
  return INLINE + doc;
}

/** Skip tables and places of terms that a segment remembers: half a megabyte, and some thousand entries. */
const MAX_LIST_BLOCKS = 65_536;
const MAX_PLACES = 4096;

function remembered<K>(places: Map<K, number>, key: K, find: () => number): number {
  let place = places.get(key);
  if (place === undefined) {
    place = find();
    if (places.size >= MAX_PLACES) places.clear();
    places.set(key, place);
  }
  return place;
}

/** A facet column: the set of each document, and the values of each set. */
export interface SetColumnView {
  readonly setOf: Uint8Array | Uint16Array | Uint32Array;
  readonly values: readonly string[];
  readonly sets: readonly (readonly number[])[];
}

/** Reads a segment. Documents are 0 to `docs - 1`, terms are places in its dictionary. */
export class Segment {
  readonly buffer: SharedArrayBuffer;
  readonly meta: SegmentMeta;
  readonly docs: number;
  readonly received: Float64Array;
  /** NaN for never; undefined when no document expires. */
  readonly validUntil: Float64Array | undefined;
  /** Number of the audience in `meta.audiences`. */
  readonly audience: Uint16Array;
  /** Number of the center in `meta.centers`. */
  readonly center: Uint16Array;
  /** Place of each document in the order of names. */
  readonly refRanks: Uint32Array;
  /** In terms: of all documents in the first text field, then in the second, and so on. */
  readonly lengths: Uint16Array;
  readonly gramKeys: Uint32Array;
  readonly textTerms: Uint16Array;
  readonly textTermAt: Uint32Array;
  readonly titles: TitlesView;

  readonly #kind: Uint8Array;
  readonly #keyAt: Uint32Array;
  readonly #keys: Uint8Array;
  readonly #refHashes: Uint32Array;
  readonly #refDocs: Uint32Array;
  readonly #postings: Uint8Array;
  readonly #postingsAt: Uint32Array;
  /** For {@link readTerm} and {@link df}. */
  readonly #reader: PostingsReader;
  readonly #decoder: UnitDecoder;
  readonly #textAt: Uint32Array;
  readonly #texts: Uint8Array;
  readonly #facets = new Map<string, SetColumnView>();
  /** Lists and places that were asked for lately: a query asks for each of its terms several times. */
  readonly #lists = new Map<number, PostingList>();
  #listBlocks = 0;
  readonly #grams = new Map<number, number>();
  readonly #words = new Map<string, number>();
  /** Undefined when all of it is here. */
  #arrival: Arrival | undefined;

  /**
   * @param parts What is here of `buffer`, of which {@link readForOpening} has come to its end; undefined if all is. What
   * is not here is waited for as it is needed, which blocks the thread.
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if the bytes are no segment.
   */
  constructor(buffer: SharedArrayBuffer, parts?: Int32Array<SharedArrayBuffer>) {
    const blob = readBlob<SegmentMeta>(buffer);
    const { meta } = blob;
    this.buffer = buffer;
    this.#arrival = parts && new Arrival(parts);
    this.meta = meta;
    this.docs = meta.docs;
    this.received = blob.section("received", "f64");
    this.validUntil = meta.hasValidUntil ? blob.section("validUntil", "f64") : undefined;
    this.audience = blob.section("audience", "u16");
    this.center = blob.section("center", "u16");
    this.refRanks = blob.section("refRanks", "u32");
    this.lengths = blob.section("lengths", "u16");
    this.gramKeys = blob.section("gramKeys", "u32");
    this.textTerms = blob.section("textTerms", "u16");
    this.textTermAt = blob.section("textTermAt", "u32");
    this.#decoder = new UnitDecoder(textCodeOf(blob.section("alphabet", "u32")));
    this.titles = {
      entries: blob.section("titleEntries", "u32"),
      phoneticAt: blob.section("phoneticAt", "u32"),
      phonetics: blob.section("phonetics", "u8"),
      byText: blob.section("titlesByText", "u32"),
      byPinyin: blob.section("titlesByPinyin", "u32"),
      byInitials: blob.section("titlesByInitials", "u32"),
    };
    this.#kind = blob.section("kind", "u8");
    this.#keyAt = blob.section("keyAt", "u32");
    this.#keys = blob.section("keys", "u8");
    this.#refHashes = blob.section("refHashes", "u32");
    this.#refDocs = blob.section("refDocs", "u32");
    this.#postingsAt = blob.section("postingsAt", "u32");
    this.#postings = blob.section("postings", "u8");
    this.#reader = new PostingsReader(this.#postings);
    this.#textAt = blob.section("textAt", "u32");
    this.#texts = blob.section("texts", "u8");
    for (const [field, { values, sets }] of Object.entries(meta.facets)) {
      this.#facets.set(field, { setOf: blob.numbers(`facet:${field}`), values, sets });
    }
  }

  /** Number of terms in the dictionary. */
  get terms(): number {
    return this.#postingsAt.length;
  }

  /** Facet fields of the segment. */
  get facetFields(): Iterable<string> {
    return this.#facets.keys();
  }

  /** The column of a facet field; undefined when no document has a value. */
  facet(field: string): SetColumnView | undefined {
    return this.#facets.get(field);
  }

  /** Place of a gram in the dictionary; -1 when there is none. */
  findGram(key: number): number {
    return remembered(this.#grams, key, () => {
      const { gramKeys } = this;
      let low = 0;
      let high = gramKeys.length - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const found = gramKeys[middle] as number;
        if (found === key) return middle;
        if (found < key) low = middle + 1;
        else high = middle - 1;
      }
      return -1;
    });
  }

  /** Place of a text term in the dictionary; -1 when there is none. */
  findText(term: string): number {
    return remembered(this.#words, term, () => {
      const place = this.lowerBoundText(term);
      return place < this.textTermAt.length - 1 && this.#compareText(place, term) === 0
        ? this.gramKeys.length + place
        : -1;
    });
  }

  /** First text term, counted among text terms, that is not before `term`. */
  lowerBoundText(term: string): number {
    let low = 0;
    let high = this.textTermAt.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compareText(middle, term) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The text term at a place counted among text terms. */
  textTerm(place: number): string {
    const from = this.textTermAt[place] as number;
    const to = this.textTermAt[place + 1] as number;
    return String.fromCharCode(...this.textTerms.subarray(from, to));
  }

  cursor(term: number): PostingCursor {
    const at = this.#postingsAt[term] as number;
    if (at >= INLINE) return new PostingCursor(at - INLINE);
    this.#waitForList(term, at);
    const list = this.#listAt(at);
    return new PostingCursor(list, this.#reader.from(list.at));
  }

  #listAt(at: number): PostingList {
    let list = this.#lists.get(at);
    if (list === undefined) {
      list = openList(this.#reader.from(at));
      if (this.#listBlocks > MAX_LIST_BLOCKS) {
        this.#lists.clear();
        this.#listBlocks = 0;
      }
      this.#lists.set(at, list);
      this.#listBlocks += list.blocks;
    }
    return list;
  }

  /** Number of documents of a term, deleted ones among them. */
  df(term: number): number {
    const at = this.#postingsAt[term] as number;
    if (at >= INLINE) return 1;
    this.#waitFor(this.#postings, at, Math.min(at + 5, this.#postings.length));
    this.#reader.at = at;
    return this.#reader.varint();
  }

  /** Reads a term's documents and counts, for which there must be room; returns how many there are. */
  readTerm(term: number, docs: Uint32Array, counts: Uint32Array): number {
    const at = this.#postingsAt[term] as number;
    if (at >= INLINE) {
      docs[0] = at - INLINE;
      counts[0] = PLAIN;
      return 1;
    }
    this.#waitForList(term, at);
    const reader = this.#reader;
    reader.at = at;
    const df = reader.varint();
    readPostings(reader, df, docs, counts);
    return df;
  }

  ref(doc: number): RecordRef {
    return {
      centerId: this.meta.centers[this.center[doc] as number] as string,
      kind: this.kind(doc),
      key: textOf(this.#keys.subarray(this.#keyAt[doc], this.#keyAt[doc + 1])),
    };
  }

  kind(doc: number): RecordKind {
    return this.meta.kinds[this.#kind[doc] as number] as RecordKind;
  }

  /** Documents with this name: more than one only when all but one are deleted. */
  docsOf(ref: RecordRef): number[] {
    const hash = refHash(ref);
    const hashes = this.#refHashes;
    let low = 0;
    let high = hashes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((hashes[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    const docs: number[] = [];
    for (; hashes[low] === hash; low++) {
      const doc = this.#refDocs[low] as number;
      const found = this.ref(doc);
      if (found.key === ref.key && found.centerId === ref.centerId && found.kind === ref.kind) {
        docs.push(doc);
      }
    }
    return docs;
  }

  /** Decodes the texts of a document into `into`. */
  readTexts(doc: number, into: TextUnits): void {
    const at = this.#beginTexts(doc, into);
    reserveUnits(into);
    this.#decoder.decode(this.#texts, at, into);
  }

  /** The same, and the texts folded. */
  readFolded(doc: number, into: FoldedUnits): void {
    const at = this.#beginTexts(doc, into);
    reserveUnits(into);
    this.#decoder.decodeFolded(this.#texts, at, into);
  }

  /** Reads where fields end; returns the place of the units behind it. */
  #beginTexts(doc: number, { ends }: TextUnits): number {
    const at = this.#textAt[doc] as number;
    this.#waitFor(this.#texts, at, this.#textAt[doc + 1] as number);
    const reader = new ByteReader(this.#texts, at);
    let total = 0;
    for (let field = 0; field < 4; field++) {
      total += reader.varint();
      ends[field] = total;
    }
    return reader.at;
  }

  /** The list at `at` ends where the next one begins, of a term that has one. */
  #waitForList(term: number, at: number): void {
    if (this.#arrival === undefined) return;
    const places = this.#postingsAt;
    let next = term + 1;
    while (next < places.length && (places[next] as number) >= INLINE) next += 1;
    this.#waitFor(this.#postings, at, places[next] ?? this.#postings.length);
  }

  /** Waits for bytes of a section. */
  #waitFor({ byteOffset }: Uint8Array, from: number, to: number): void {
    if (this.#arrival === undefined) return;
    this.#arrival.waitFor(byteOffset + from, byteOffset + to);
    if (this.#arrival.isOver) this.#arrival = undefined;
  }

  #compareText(place: number, term: string): number {
    const from = this.textTermAt[place] as number;
    const length = (this.textTermAt[place + 1] as number) - from;
    const shared = Math.min(length, term.length);
    for (let i = 0; i < shared; i++) {
      const difference = (this.textTerms[from + i] as number) - term.charCodeAt(i);
      if (difference !== 0) return difference;
    }
    return length - term.length;
  }
}

/** A text of UTF-8. Most keys are ASCII, for which a decoder is slow. */
function textOf(bytes: Uint8Array): string {
  let bits = 0;
  for (let i = 0; i < bytes.length; i++) bits |= bytes[i] as number;
  if (bits < 128 && bytes.length < 256) {
    return String.fromCharCode.apply(null, bytes as unknown as number[]);
  }
  // A decoder takes no shared memory.
  return UTF8.decode(bytes.slice());
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
