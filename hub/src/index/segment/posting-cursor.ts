/**
 * Walks one list of postings forward, a block at a time.
 *
 * @module
 */

import { apart } from "../loop.ts";
import {
  addBits,
  addGaps,
  BLOCK,
  type BlockHead,
  END,
  FLAGGED_SPAN,
  OTHERS,
  PLAIN,
  type PostingsReader,
  placeCounts,
  readBlockDocs,
  readBlockHead,
  readOthers,
  readSkips,
  retainGaps,
} from "./postings.ts";

/** Documents of a block that are stepped over at once. */
const SKIP = 8;

/** A block is read to its end for documents that are more than one in so many of its own. */
const MANY = 8;

/** A list that was opened: what the cursors over it share. */
export interface PostingList {
  /** Documents of the list. */
  readonly df: number;
  /** Where its first block begins. */
  readonly at: number;
  readonly blocks: number;
  /** With a skip table: first document and byte position of each block. */
  readonly firsts: Uint32Array | undefined;
  readonly places: Uint32Array | undefined;
}

/** Opens a list. The reader is at its beginning, and at its first block afterwards. */
export function openList(reader: PostingsReader): PostingList {
  const df = reader.varint();
  const blocks = Math.ceil(df / BLOCK);
  if (blocks < 2) return { df, at: reader.at, blocks, firsts: undefined, places: undefined };
  const firsts = new Uint32Array(blocks);
  const places = new Uint32Array(blocks);
  readSkips(reader, firsts, places);
  return { df, at: reader.at, blocks, firsts, places };
}

const NONE = new Uint32Array(0);

/** A block of the only document of a list that is no list. */
const ALONE: BlockHead = { isAllPlain: true, width: 0, span: 0 };

/**
 * Begins before the first document. Is either walked (`next`, `advance`, `nextBlock`, `toWholeBlock`), or asked for
 * documents (`retain`, `seek`).
 */
export class PostingCursor {
  /** Documents of the list. */
  readonly df: number;
  /** The current document; {@link END} after the last. */
  doc = -1;
  /** Documents of the block that was read, and how many. For loops over whole blocks. */
  docs = NONE;
  size = 0;

  /** Undefined for a list of one plain document, which is in `docs` from the beginning. */
  readonly #reader: PostingsReader | undefined;
  readonly #blocks: number;
  readonly #firsts: Uint32Array | undefined;
  readonly #places: Uint32Array | undefined;

  #block = -1;
  #head = ALONE;
  /** What the documents of the block are counted from, and what none of them is behind. */
  #first = 0;
  #last = -1;
  /** Where the gaps or bits of the block begin, and whether its documents are read. */
  #docsAt = 0;
  #isRead = true;
  /** Place of the current document in the block. */
  #at = 0;
  /** Where the counts of the block begin. */
  #countsAt = 0;
  /** Counts of the block, and whether they are those of this one. */
  #counts: Uint32Array | undefined;
  #hasCounts = false;
  /** How many documents of the block are not plain; -1 when they are not read. */
  #others = -1;
  /** For `retain`: place among the others of the next one. */
  #nextOther = 0;

  /**
   * @param list A list, or the only document.
   * @param reader At the list's first block, owned by the cursor from now on; undefined for an only document.
   */
  constructor(list: PostingList | number, reader?: PostingsReader) {
    this.#reader = reader;
    if (typeof list === "number") {
      this.df = 1;
      this.#blocks = 1;
      this.docs = Uint32Array.of(list);
      return;
    }
    this.df = list.df;
    this.#blocks = list.blocks;
    this.#firsts = list.firsts;
    this.#places = list.places;
  }

  /** Counts by field of the current document; 0 when there is none. */
  get counts(): number {
    return this.doc < 0 || this.doc === END ? 0 : (this.blockCounts[this.#at] as number);
  }

  /** Counts of the documents of the block, which were read. */
  get blockCounts(): Uint32Array {
    this.#counts ??= new Uint32Array(this.docs.length);
    if (!this.#hasCounts) {
      this.#counts.fill(PLAIN);
      placeCounts(this.docs, 0, this.#counts, this.readOthers());
      this.#hasCounts = true;
    }
    return this.#counts;
  }

  /** Reads the documents of the block that are not plain and their counts to {@link OTHERS}; returns how many. */
  readOthers(): number {
    if (this.#head.isAllPlain) return 0;
    if (this.#others !== -1 && OTHERS.of === this) return this.#others;
    const reader = this.#reader as PostingsReader;
    reader.at = this.#countsAt;
    this.#others = readOthers(reader, this.#first);
    OTHERS.of = this;
    return this.#others;
  }

  /** Place of the current document in the block; 0 in a block that was just read. */
  get at(): number {
    return this.#at;
  }

  next(): number {
    const at = this.#at + 1;
    if (at < this.size) return this.#goTo(at);
    return this.nextBlock() ? this.#goTo(0) : this.#finish();
  }

  /** Moves to the first document at or after `target`, which must not be before the current one. */
  advance(target: number): number {
    if (this.doc >= target) return this.doc;
    if (this.#last < target && !this.#seekBlock(target)) return this.#finish();
    this.#readDocs();
    // Blocks are short: a step-wise search from where we are beats halving.
    const { docs, size } = this;
    let at = this.#at;
    while (at < size && (docs[at] as number) < target) at += 1;
    if (at < size) return this.#goTo(at);
    return this.nextBlock() ? this.#goTo(0) : this.#finish();
  }

  /** Moves to the next block, for {@link addAllTo}, if all of it is before `to`. */
  toWholeBlock(to: number): boolean {
    const behind = this.#firsts?.[this.#block + 2];
    if (behind === undefined || behind > to) return false;
    this.#openBlock(this.#block + 1);
    return true;
  }

  /** Adds `weight` to the sums of all documents of a block that was just opened; the sum of `base` is the first. */
  addAllTo(sums: Float64Array, base: number, weight: number): void {
    const reader = this.#reader as PostingsReader;
    const { width, span } = this.#head;
    reader.at = this.#docsAt;
    if (width === undefined) apart(addBits, reader, span, this.#first, sums, base, weight);
    else apart(addGaps, reader, width, this.#first, this.size, sums, base, weight);
  }

  /** Reads the block after the current one to `into` from `at` on, where there is room; returns its size, 0 without one. */
  fillBlock(into: Uint32Array, at: number): number {
    if (this.#block + 1 >= this.#blocks) return 0;
    this.#openBlock(this.#block + 1);
    const reader = this.#reader;
    if (reader === undefined) into[at] = this.docs[0] as number;
    else readBlockDocs(reader, this.#head, this.#first, this.size, into, at);
    return this.size;
  }

  /** Reads the block after the current one; the loop over `docs` and `blockCounts` is the caller's. */
  nextBlock(): boolean {
    if (this.#block + 1 >= this.#blocks) return false;
    this.#openBlock(this.#block + 1);
    this.#readDocs();
    return true;
  }

  /**
   * Moves to the block that may have `docs[from]`, which is beyond those of earlier calls, and returns the index of the
   * first document behind that block, at most `size`; 0 when no block may have it.
   */
  seek(docs: Uint32Array, from: number, size: number): number {
    const target = docs[from] as number;
    if (this.#last < target && !this.#seekBlock(target)) return 0;
    return endOf(docs, from, size, this.#last);
  }

  /** Adds `weight` to the sums of the documents `from` to `to` of `docs` that the block has; the sum of `base` is the first. */
  addTo(
    sums: Float64Array,
    base: number,
    weight: number,
    docs: Uint32Array,
    from: number,
    to: number,
  ): void {
    if (this.#hasDocs) this.#addByDocs(sums, base, weight, docs, from, to);
    else this.#addByBits(sums, base, weight, docs, from, to);
  }

  #addByDocs(
    sums: Float64Array,
    base: number,
    weight: number,
    docs: Uint32Array,
    from: number,
    to: number,
  ): void {
    this.#readDocs();
    const { docs: block, size } = this;
    const last = block[size - 1] as number;
    let at = this.#at;
    for (let i = from; i < to; i++) {
      const doc = docs[i] as number;
      if (doc > last) break;
      at = placeOf(block, size, at, doc);
      if (block[at] === doc) sums[doc - base] = (sums[doc - base] as number) + weight;
    }
    this.#at = at;
  }

  #addByBits(
    sums: Float64Array,
    base: number,
    weight: number,
    docs: Uint32Array,
    from: number,
    to: number,
  ): void {
    const { bytes } = this.#reader as PostingsReader;
    const bitsAt = this.#docsAt;
    const first = this.#first;
    let i = from;
    while (i < to && (docs[i] as number) < first) i += 1;
    for (; i < to; i++) {
      const doc = docs[i] as number;
      const bit = doc - first;
      const isSet = ((bytes[bitsAt + (bit >>> 3)] as number) >>> (bit & 7)) & 1;
      sums[doc - base] = (sums[doc - base] as number) + weight * isSet;
    }
  }

  /**
   * Keeps those of the first `size` documents of `docs` (ascending, beyond those of earlier calls) that the list has, and
   * writes their counts to `counts` if given; returns how many.
   */
  retain(docs: Uint32Array, size: number, counts?: Uint32Array): number {
    let kept = 0;
    for (let i = 0; i < size; ) {
      const target = docs[i] as number;
      if (this.#last < target && !this.#seekBlock(target)) break;
      const end = endOf(docs, i, size, this.#last);
      // The last document of a block may be before the target, and the first of the next behind it.
      let from = i;
      while (from < end && (docs[from] as number) < this.#first) from += 1;
      const before = kept;
      if (from < end) kept = this.#retainInBlock(docs, from, end, kept);
      i = end;
      if (counts !== undefined) this.#countKept(docs, before, kept, counts);
    }
    return kept;
  }

  /** Moves those of the documents `from` to `to` of `docs` that the block has to place `kept` on; returns where they end. */
  #retainInBlock(docs: Uint32Array, from: number, to: number, kept: number): number {
    if (!this.#hasDocs) return this.#retainByBits(docs, from, to, kept);
    const { width } = this.#head;
    const areMany = (to - from) * MANY > this.size && this.#last - this.#first < FLAGGED_SPAN;
    if (width === undefined || this.#isRead || !areMany) {
      return this.#retainByDocs(docs, from, to, kept);
    }
    const reader = this.#reader as PostingsReader;
    reader.at = this.#docsAt;
    return apart(retainGaps, reader, width, this.#first, this.size, docs, from, to, kept);
  }

  #retainByDocs(docs: Uint32Array, from: number, to: number, already: number): number {
    this.#readDocs();
    const { docs: block, size } = this;
    const last = block[size - 1] as number;
    let kept = already;
    let at = this.#at;
    for (let i = from; i < to; i++) {
      const doc = docs[i] as number;
      if (doc > last) break;
      at = placeOf(block, size, at, doc);
      docs[kept] = doc;
      kept += Number(block[at] === doc);
    }
    this.#at = at;
    return kept;
  }

  #retainByBits(docs: Uint32Array, from: number, to: number, already: number): number {
    const { bytes } = this.#reader as PostingsReader;
    const bitsAt = this.#docsAt;
    const first = this.#first;
    let kept = already;
    for (let i = from; i < to; i++) {
      const doc = docs[i] as number;
      const bit = doc - first;
      docs[kept] = doc;
      kept += ((bytes[bitsAt + (bit >>> 3)] as number) >>> (bit & 7)) & 1;
    }
    return kept;
  }

  /** Writes the counts of the documents `from` to `to` of `docs`, which the block has. */
  #countKept(docs: Uint32Array, from: number, to: number, counts: Uint32Array): void {
    counts.fill(PLAIN, from, to);
    if (from === to || this.#head.isAllPlain) return;
    const others = this.readOthers();
    let next = this.#nextOther;
    for (let k = from; k < to; k++) {
      const doc = docs[k] as number;
      while (next < others && (OTHERS.docs[next] as number) < doc) next += 1;
      if (next < others && OTHERS.docs[next] === doc) counts[k] = OTHERS.counts[next] as number;
    }
    this.#nextOther = next;
  }

  #goTo(at: number): number {
    this.#at = at;
    this.doc = this.docs[at] as number;
    return this.doc;
  }

  #finish(): number {
    this.#block = this.#blocks;
    this.#last = END;
    this.size = 0;
    this.doc = END;
    return END;
  }

  /** Opens the last block that begins at or before `target`, or the next one when that is the current. */
  #seekBlock(target: number): boolean {
    const firsts = this.#firsts;
    let block = this.#block + 1;
    if (block >= this.#blocks) return false;
    if (firsts !== undefined) {
      let step = 1;
      while (block + step < this.#blocks && (firsts[block + step] as number) <= target) {
        block += step;
        step *= 2;
      }
      for (; step >= 1; step >>>= 1) {
        while (block + step < this.#blocks && (firsts[block + step] as number) <= target) {
          block += step;
        }
      }
    }
    this.#openBlock(block);
    return true;
  }

  /** Reads the beginning of a block; its documents are read when they are needed. */
  #openBlock(block: number): void {
    this.#block = block;
    this.#at = 0;
    this.#hasCounts = false;
    this.#others = -1;
    this.#nextOther = 0;
    this.size = Math.min(BLOCK, this.df - block * BLOCK);
    const reader = this.#reader;
    if (reader === undefined) {
      this.#last = this.docs[0] as number;
      return;
    }
    this.#first = 0;
    this.#last = END;
    if (this.#firsts !== undefined && this.#places !== undefined) {
      reader.at = this.#places[block] as number;
      this.#first = this.#firsts[block] as number;
      if (block + 1 < this.#blocks) this.#last = (this.#firsts[block + 1] as number) - 1;
    }
    this.#head = readBlockHead(reader);
    const { width, span } = this.#head;
    if (width === undefined) this.#last = this.#first + span - 1;
    this.#docsAt = reader.at;
    this.#isRead = false;
    this.#countsAt = reader.at + Math.ceil((width === undefined ? span : this.size * width) / 8);
  }

  /** Whether the documents of the block are what is asked: those of bits need not be read for that. */
  get #hasDocs(): boolean {
    return this.#head.width !== undefined || this.#isRead;
  }

  #readDocs(): void {
    if (this.#isRead) return;
    if (this.docs.length === 0) this.docs = new Uint32Array(Math.min(BLOCK, this.df));
    const reader = this.#reader as PostingsReader;
    reader.at = this.#docsAt;
    readBlockDocs(reader, this.#head, this.#first, this.size, this.docs, 0);
    this.#isRead = true;
  }
}

/** First place from `at` on whose document is not before `doc`; the block has one. */
function placeOf(block: Uint32Array, size: number, at: number, doc: number): number {
  let place = at;
  while (place + SKIP < size && (block[place + SKIP] as number) < doc) place += SKIP;
  while ((block[place] as number) < doc) place += 1;
  return place;
}

/** First index from `from` on, below `size`, whose document is behind `last`. */
function endOf(docs: Uint32Array, from: number, size: number, last: number): number {
  let at = from;
  while (at < size && (docs[at] as number) <= last) at += 1;
  return at;
}
