/**
 * Walks one list of postings forward, a block at a time.
 *
 * @module
 */

import {
  BLOCK,
  type BlockHead,
  END,
  PLAIN,
  type PostingsReader,
  readBlockCounts,
  readBlockDocs,
  readBlockHead,
  readCounts,
  readSkips,
} from "./postings.ts";

/** Documents of a block that {@link PostingCursor.match} steps over at once. */
const SKIP = 8;

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

/** A block of the only document of a list that is no list. */
const ALONE: BlockHead = { isAllPlain: true, width: 0, span: 0 };

/** Begins before the first document. Is either walked by `next`, `advance` and `nextBlock`, or asked by `match`. */
export class PostingCursor {
  /** Documents of the list. */
  readonly df: number;
  /** The current document; {@link END} after the last. */
  doc = -1;
  /** Documents of the block that was read, and how many. For loops over whole blocks. */
  readonly docs: Uint32Array;
  size = 0;

  /** Undefined for a list of one plain document, which is in `docs` from the beginning. */
  readonly #reader: PostingsReader | undefined;
  readonly #blocks: number;
  readonly #firsts: Uint32Array | undefined;
  readonly #places: Uint32Array | undefined;

  #block = -1;
  #head = ALONE;
  /** First document of a block of bits, and the last of any block. */
  #first = 0;
  #last = -1;
  /** Where the bits of a block begin as long as its documents are not read; 0 when they are. */
  #bitsAt = 0;
  /** Place of the current document in the block. */
  #at = 0;
  /** Where the counts of the block begin. */
  #countsAt = 0;
  /** Counts of the block, and whether they are those of this one. Who only asks for documents never has them read. */
  #counts: Uint32Array | undefined;
  #hasCounts = false;
  /** For `match`: bytes of bits that were counted, and documents in them. */
  #countedBytes = 0;
  #countedDocs = 0;
  /** For `match`: place of the document whose counts come next, and where they are. */
  #nextCounts = 0;
  #nextCountsAt = 0;

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
    this.docs = new Uint32Array(Math.min(BLOCK, list.df));
    this.#blocks = list.blocks;
    this.#firsts = list.firsts;
    this.#places = list.places;
  }

  /** Counts by field of the current document; 0 when there is none. */
  get counts(): number {
    return this.doc < 0 || this.doc === END ? 0 : (this.blockCounts[this.#at] as number);
  }

  /** Counts of the documents of the block. */
  get blockCounts(): Uint32Array {
    this.#counts ??= new Uint32Array(this.docs.length);
    if (!this.#hasCounts) {
      const reader = this.#reader;
      if (reader === undefined) this.#counts.fill(PLAIN);
      else {
        reader.at = this.#countsAt;
        readBlockCounts(reader, this.#head.isAllPlain, this.size, this.#counts, 0);
      }
      this.#hasCounts = true;
    }
    return this.#counts;
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

  /** Reads the block after the current one; the loop over `docs` and `blockCounts` is the caller's. */
  nextBlock(): boolean {
    if (this.#block + 1 >= this.#blocks) return false;
    this.#openBlock(this.#block + 1);
    this.#readDocs();
    return true;
  }

  /**
   * Finds which of the first `size` documents of `docs` (ascending, beyond those of earlier calls) the list has: writes
   * their indexes to `found`, and their counts to `counts` if given; returns how many.
   */
  match(docs: Uint32Array, size: number, found: Uint32Array, counts?: Uint32Array): number {
    let count = 0;
    for (let i = 0; i < size; ) {
      const target = docs[i] as number;
      if (this.#last < target && !this.#seekBlock(target)) break;
      // The last document of a block may be before the target, and the first of the next behind it.
      const end = endOf(docs, i, size, this.#last);
      const before = count;
      count =
        this.#bitsAt === 0
          ? this.#matchDocs(docs, i, end, found, count, counts)
          : this.#matchBits(docs, i, end, found, count, counts);
      i = end;
      if (counts === undefined) continue;
      for (let k = before; k < count; k++) counts[k] = this.#countsOf(counts[k] as number);
    }
    return count;
  }

  /** As `match` in a block whose documents are read; `counts` gets places in the block. */
  #matchDocs(
    docs: Uint32Array,
    from: number,
    to: number,
    found: Uint32Array,
    already: number,
    counts: Uint32Array | undefined,
  ): number {
    const { docs: block, size } = this;
    let count = already;
    let at = this.#at;
    for (let i = from; i < to; i++) {
      const doc = docs[i] as number;
      while (at + SKIP < size && (block[at + SKIP] as number) < doc) at += SKIP;
      while ((block[at] as number) < doc) at += 1;
      if (block[at] !== doc) continue;
      if (counts !== undefined) counts[count] = at;
      found[count++] = i;
    }
    this.#at = at;
    return count;
  }

  /** The same in a block of bits. */
  #matchBits(
    docs: Uint32Array,
    from: number,
    to: number,
    found: Uint32Array,
    already: number,
    counts: Uint32Array | undefined,
  ): number {
    const { bytes } = this.#reader as PostingsReader;
    const bitsAt = this.#bitsAt;
    const first = this.#first;
    const isPlaced = counts !== undefined && !this.#head.isAllPlain;
    let count = already;
    let i = from;
    // The first documents may be before the block.
    while (i < to && (docs[i] as number) < first) i += 1;
    for (; i < to; i++) {
      const bit = (docs[i] as number) - first;
      const isSet = ((bytes[bitsAt + (bit >>> 3)] as number) >>> (bit & 7)) & 1;
      found[count] = i;
      if (isPlaced && isSet === 1) counts[count] = this.#placeOf(bit);
      count += isSet;
    }
    return count;
  }

  /** Place in the block of the document of a bit that is set; bits ascend. */
  #placeOf(bit: number): number {
    const { bytes } = this.#reader as PostingsReader;
    const byte = bit >>> 3;
    for (; this.#countedBytes < byte; this.#countedBytes++) {
      this.#countedDocs += ONES[bytes[this.#bitsAt + this.#countedBytes] as number] as number;
    }
    const below = (bytes[this.#bitsAt + byte] as number) & ((1 << (bit & 7)) - 1);
    return this.#countedDocs + (ONES[below] as number);
  }

  /** Counts of the document at a place in the block; places ascend. */
  #countsOf(place: number): number {
    if (this.#head.isAllPlain) return PLAIN;
    const reader = this.#reader as PostingsReader;
    if (this.#isPlain(place)) return PLAIN;
    reader.at = this.#nextCountsAt;
    for (let at = this.#nextCounts; at < place; at++) if (!this.#isPlain(at)) readCounts(reader);
    const counts = readCounts(reader);
    this.#nextCounts = place + 1;
    this.#nextCountsAt = reader.at;
    return counts;
  }

  #isPlain(place: number): boolean {
    const { bytes } = this.#reader as PostingsReader;
    return (((bytes[this.#countsAt + (place >>> 3)] as number) >>> (place & 7)) & 1) === 1;
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

  /** Reads the documents of a block of gaps; those of a block of bits when they are needed. */
  #openBlock(block: number): void {
    this.#block = block;
    this.#at = 0;
    this.#hasCounts = false;
    this.size = Math.min(BLOCK, this.df - block * BLOCK);
    const reader = this.#reader;
    if (reader === undefined) {
      this.#last = this.docs[0] as number;
      return;
    }
    this.#first = 0;
    if (this.#places !== undefined) {
      reader.at = this.#places[block] as number;
      this.#first = (this.#firsts as Uint32Array)[block] as number;
    }
    this.#head = readBlockHead(reader);
    const { width, span } = this.#head;
    if (width === undefined) {
      this.#bitsAt = reader.at;
      this.#countedBytes = 0;
      this.#countedDocs = 0;
      this.#last = this.#first + span - 1;
      this.#countsAt = reader.at + Math.ceil(span / 8);
    } else {
      this.#bitsAt = 0;
      readBlockDocs(reader, this.#head, this.#first, this.size, this.docs, 0);
      this.#last = this.docs[this.size - 1] as number;
      this.#countsAt = reader.at;
    }
    this.#nextCounts = 0;
    this.#nextCountsAt = this.#countsAt + ((this.size + 7) >>> 3);
  }

  #readDocs(): void {
    if (this.#bitsAt === 0) return;
    const reader = this.#reader as PostingsReader;
    reader.at = this.#bitsAt;
    readBlockDocs(reader, this.#head, this.#first, this.size, this.docs, 0);
    this.#bitsAt = 0;
  }
}

/** First index from `from` on, below `size`, whose document is behind `last`. */
function endOf(docs: Uint32Array, from: number, size: number, last: number): number {
  let at = from;
  while (at < size && (docs[at] as number) <= last) at += 1;
  return at;
}

/** Set bits of each byte. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) ones += 1;
  return ones;
});
