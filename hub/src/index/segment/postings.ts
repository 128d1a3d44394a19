/**
 * Postings: which documents have a term, and how often in which field.
 *
 * A list is `df`, then, when it has more than one block, a skip table (first document of each block as a difference, and
 * the block's size in bytes), then blocks of {@link BLOCK} documents. A block is one byte with the width of its gaps and
 * a bit that says "all plain", the gaps packed at that width, then unless all are plain one bit a document for those that
 * are, and the counts of the others. Plain means once in the body and nowhere else, which most are. Other counts are a
 * byte with two bits a field (3 means 3 or more, with the rest as a number behind). A term of one document that is plain
 * has no list: its place in the dictionary holds the document itself.
 *
 * No positions: phrases and highlights read the stored text, which costs less memory than the positions of all n-grams
 * would, and is exact.
 *
 * Counts by field travel as one number, eight bits a field, title lowest; counts above 255 are 255.
 *
 * @module
 */

import { ByteReader, type ByteWriter, wordsOf } from "./bytes.ts";

/** Documents a block. */
export const BLOCK = 128;

/** Once in the body. */
export const PLAIN = 1 << 24;

/** Document after the last. */
export const END = 0x7fffffff;

/** Documents that {@link PostingCursor.match} steps over at once. */
const SKIP = 8;

const ALL_PLAIN = 0x80;
const WIDTH = 0x7f;

/** Encodes lists, one after the other. */
export class PostingsWriter {
  readonly #out: ByteWriter;
  readonly #block: ByteWriter;
  readonly #skips: ByteWriter;

  constructor(out: ByteWriter, block: ByteWriter, skips: ByteWriter) {
    this.#out = out;
    this.#block = block;
    this.#skips = skips;
  }

  /** Writes a list of `df` documents, ascending, with their counts by field. */
  write(docs: Uint32Array, counts: Uint32Array, from: number, df: number): void {
    const out = this.#out;
    out.varint(df);
    if (df <= BLOCK) {
      writeBlock(out, docs, counts, from, from + df, 0);
      return;
    }
    const block = this.#block;
    const skips = this.#skips;
    block.length = 0;
    skips.length = 0;
    let firstBefore = 0;
    for (let start = from; start < from + df; start += BLOCK) {
      const blockAt = block.length;
      const first = docs[start] as number;
      writeBlock(block, docs, counts, start, Math.min(start + BLOCK, from + df), first);
      skips.varint(first - firstBefore);
      skips.varint(block.length - blockAt);
      firstBefore = first;
    }
    out.append(skips.bytes, 0, skips.length);
    out.append(block.bytes, 0, block.length);
  }
}

/** @param base What the first document is counted from. */
function writeBlock(
  out: ByteWriter,
  docs: Uint32Array,
  counts: Uint32Array,
  from: number,
  to: number,
  base: number,
): void {
  let bits = 0;
  let isAllPlain = true;
  for (let i = from, before = base; i < to; i++) {
    const doc = docs[i] as number;
    bits |= doc - before;
    before = doc;
    if (counts[i] !== PLAIN) isAllPlain = false;
  }
  const width = 32 - Math.clz32(bits);
  out.reserve((to - from) * 26 + 2);
  out.byte(width | (isAllPlain ? ALL_PLAIN : 0));
  packGaps(out, docs, from, to, base, width);
  if (isAllPlain) return;
  let flags = 0;
  for (let i = from; i < to; i++) {
    if (counts[i] === PLAIN) flags |= 1 << ((i - from) & 7);
    if (((i - from) & 7) !== 7 && i + 1 < to) continue;
    out.byte(flags);
    flags = 0;
  }
  for (let i = from; i < to; i++) {
    const count = counts[i] as number;
    if (count !== PLAIN) writeCounts(out, count);
  }
}

/** Gaps at `width` bits each, low bits first. Widths are below 25: a segment has less than 2^24 documents. */
function packGaps(
  out: ByteWriter,
  docs: Uint32Array,
  from: number,
  to: number,
  base: number,
  width: number,
): void {
  let buffer = 0;
  let held = 0;
  let before = base;
  for (let i = from; i < to; i++) {
    const doc = docs[i] as number;
    buffer |= (doc - before) << held;
    held += width;
    before = doc;
    while (held >= 8) {
      out.byte(buffer & 255);
      buffer >>>= 8;
      held -= 8;
    }
  }
  if (held > 0) out.byte(buffer & 255);
}

function writeCounts(out: ByteWriter, counts: number): void {
  const title = counts & 255;
  const tags = (counts >>> 8) & 255;
  const summary = (counts >>> 16) & 255;
  const body = counts >>> 24;
  out.byte(
    Math.min(title, 3) |
      (Math.min(tags, 3) << 2) |
      (Math.min(summary, 3) << 4) |
      (Math.min(body, 3) << 6),
  );
  if (title > 2) out.varint(title - 3);
  if (tags > 2) out.varint(tags - 3);
  if (summary > 2) out.varint(summary - 3);
  if (body > 2) out.varint(body - 3);
}

/** A place in encoded lists, whose gaps are read a word at a time. */
export class PostingsReader extends ByteReader {
  readonly words: Uint32Array;

  constructor(bytes: Uint8Array, at = 0, words = wordsOf(bytes)) {
    super(bytes, at);
    this.words = words;
  }

  /** Another reader of the same bytes. */
  from(at: number): PostingsReader {
    return new PostingsReader(this.bytes, at, this.words);
  }
}

/** Walks one list forward, a block at a time. Begins before the first document: call `next` or `advance`. */
export class PostingCursor {
  /** Documents of the list. */
  readonly df: number;
  /** The current document; {@link END} after the last. */
  doc = -1;
  /** Documents of the block that is decoded, and how many. For loops over whole blocks. */
  readonly docs: Uint32Array;
  size = 0;

  readonly #reader: PostingsReader | undefined;
  readonly #blocks: number;
  /** With a skip table: first document and byte position of each block. */
  readonly #firsts: Uint32Array | undefined;
  readonly #places: Uint32Array | undefined;
  #block = -1;
  #at = 0;
  /** Of the block. Who only asks which documents there are never has them decoded. */
  #counts: Uint32Array | undefined;
  /** Where the block's counts begin, when they are not decoded yet; -1 when they are. */
  #countsAt = -1;
  #isAllPlain = true;

  /** @param source A reader at the beginning of a list, owned by the cursor from now on, or the only document. */
  constructor(source: PostingsReader | number) {
    if (typeof source === "number") {
      this.df = 1;
      this.#blocks = 1;
      this.docs = Uint32Array.of(source);
      this.#counts = Uint32Array.of(PLAIN);
      return;
    }
    this.#reader = source;
    this.df = source.varint();
    this.docs = new Uint32Array(Math.min(BLOCK, this.df));
    this.#blocks = Math.ceil(this.df / BLOCK);
    if (this.#blocks < 2) return;
    this.#firsts = new Uint32Array(this.#blocks);
    this.#places = new Uint32Array(this.#blocks);
    readSkips(source, this.#firsts, this.#places);
  }

  /** Counts by field of the current document; 0 when there is none. */
  get counts(): number {
    return this.doc < 0 || this.doc === END ? 0 : (this.blockCounts[this.#at] as number);
  }

  /** Counts of the documents of the block. */
  get blockCounts(): Uint32Array {
    this.#counts ??= new Uint32Array(this.docs.length);
    if (this.#countsAt >= 0) {
      const reader = this.#reader as PostingsReader;
      reader.at = this.#countsAt;
      readBlockCounts(reader, this.#isAllPlain, this.size, this.#counts, 0);
      this.#countsAt = -1;
    }
    return this.#counts;
  }

  next(): number {
    const at = this.#at + 1;
    if (at < this.size) return this.#goTo(at);
    return this.nextBlock() ? this.#goTo(0) : this.#finish();
  }

  /** Moves to the first document at or after `target`, which must not be before the current one. */
  advance(target: number): number {
    if (this.doc >= target) return this.doc;
    if (this.size === 0 || (this.docs[this.size - 1] as number) < target) {
      if (!this.#seekBlock(target)) return this.#finish();
    }
    // Blocks are short: a step-wise search from where we are beats halving.
    const { docs, size } = this;
    let at = this.#at;
    while (at < size && (docs[at] as number) < target) at += 1;
    if (at < size) return this.#goTo(at);
    return this.nextBlock() ? this.#goTo(0) : this.#finish();
  }

  /**
   * Finds which of the first `size` documents of `docs` (ascending, none before the current one) the list has: writes
   * their indexes to `found`, and their counts to `counts` if given; returns how many.
   */
  match(docs: Uint32Array, size: number, found: Uint32Array, counts?: Uint32Array): number {
    const block = this.docs;
    let count = 0;
    for (let i = 0; i < size; ) {
      if (this.size === 0 || (block[this.size - 1] as number) < (docs[i] as number)) {
        if (!this.#seekBlock(docs[i] as number)) {
          this.#finish();
          return count;
        }
      }
      const blockSize = this.size;
      const last = block[blockSize - 1] as number;
      const before = count;
      let at = this.#at;
      for (; i < size; i++) {
        const doc = docs[i] as number;
        if (doc > last) break;
        while (at + SKIP < blockSize && (block[at + SKIP] as number) < doc) at += SKIP;
        while ((block[at] as number) < doc) at += 1;
        if (block[at] !== doc) continue;
        if (counts !== undefined) counts[count] = at;
        found[count++] = i;
      }
      this.#goTo(at);
      if (counts === undefined || count === before) continue;
      const ofBlock = this.blockCounts;
      for (let k = before; k < count; k++) counts[k] = ofBlock[counts[k] as number] as number;
    }
    return count;
  }

  /** Decodes the block after the current one; the loop over `docs` and `blockCounts` is the caller's. */
  nextBlock(): boolean {
    if (this.#block + 1 >= this.#blocks) return false;
    this.#decode(this.#block + 1);
    return true;
  }

  #goTo(at: number): number {
    this.#at = at;
    this.doc = this.docs[at] as number;
    return this.doc;
  }

  #finish(): number {
    this.#block = this.#blocks;
    this.size = 0;
    this.doc = END;
    return END;
  }

  /** Decodes the last block that begins at or before `target`, or the next one when that is the current. */
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
    this.#decode(block);
    return true;
  }

  #decode(block: number): void {
    const size = Math.min(BLOCK, this.df - block * BLOCK);
    const reader = this.#reader;
    if (reader !== undefined) {
      let first = 0;
      if (this.#places !== undefined) {
        reader.at = this.#places[block] as number;
        first = (this.#firsts as Uint32Array)[block] as number;
      }
      this.#isAllPlain = readBlockDocs(reader, first, size, this.docs, 0);
      this.#countsAt = reader.at;
    }
    this.size = size;
    this.#block = block;
    this.#at = 0;
  }
}

/** Reads a whole list, of which `df` was read, into `docs` and `counts`, which must have room for it. */
export function readPostings(
  reader: PostingsReader,
  df: number,
  docs: Uint32Array,
  counts: Uint32Array,
): void {
  if (df <= BLOCK) {
    readBlock(reader, 0, df, docs, counts, 0);
    return;
  }
  const firsts = new Uint32Array(Math.ceil(df / BLOCK));
  readSkips(reader, firsts, undefined);
  firsts.forEach((first, block) => {
    const from = block * BLOCK;
    readBlock(reader, first, Math.min(BLOCK, df - from), docs, counts, from);
  });
}

/** Reads the skip table; `places` are byte positions of blocks. The reader is at the first block afterwards. */
function readSkips(
  reader: PostingsReader,
  firsts: Uint32Array,
  places: Uint32Array | undefined,
): void {
  let first = 0;
  let place = 0;
  for (let i = 0; i < firsts.length; i++) {
    first += reader.varint();
    firsts[i] = first;
    if (places !== undefined) places[i] = place;
    place += reader.varint();
  }
  if (places === undefined) return;
  for (let i = 0; i < places.length; i++) places[i] = (places[i] as number) + reader.at;
}

function readBlock(
  reader: PostingsReader,
  base: number,
  size: number,
  docs: Uint32Array,
  counts: Uint32Array,
  from: number,
): void {
  const isAllPlain = readBlockDocs(reader, base, size, docs, from);
  readBlockCounts(reader, isAllPlain, size, counts, from);
}

/** Reads the documents of a block; whether all are plain. The reader is at their counts afterwards. */
function readBlockDocs(
  reader: PostingsReader,
  base: number,
  size: number,
  docs: Uint32Array,
  from: number,
): boolean {
  const { bytes, words } = reader;
  const head = bytes[reader.at] as number;
  const width = head & WIDTH;
  const mask = 2 ** width - 1;
  const firstBit = (reader.at + 1) * 8;
  const to = from + size;
  let at = firstBit >>> 5;
  let bit = firstBit & 31;
  let word = words[at] as number;
  let doc = base;
  for (let i = from; i < to; i++) {
    let gap = word >>> bit;
    bit += width;
    if (bit >= 32) {
      bit -= 32;
      word = words[++at] as number;
      // Without bits of this gap in the new word, the shift is by its whole width, and the mask takes it away.
      gap |= word << (width - bit);
    }
    doc += gap & mask;
    docs[i] = doc;
  }
  reader.at += 1 + Math.ceil((size * width) / 8);
  return (head & ALL_PLAIN) !== 0;
}

function readBlockCounts(
  reader: PostingsReader,
  isAllPlain: boolean,
  size: number,
  counts: Uint32Array,
  from: number,
): void {
  counts.fill(PLAIN, from, from + size);
  if (isAllPlain) return;
  const { bytes, at: flagsAt } = reader;
  reader.at = flagsAt + ((size + 7) >>> 3);
  for (let i = 0; i < size; i += 8) {
    let others = ~(bytes[flagsAt + (i >>> 3)] as number) & (2 ** Math.min(8, size - i) - 1);
    for (; others !== 0; others &= others - 1) {
      counts[from + i + 31 - Math.clz32(others & -others)] = readCounts(reader);
    }
  }
}

function readCounts(reader: PostingsReader): number {
  const packed = reader.bytes[reader.at++] as number;
  let counts = (packed & 3) | ((packed & 12) << 6) | ((packed & 48) << 12) | ((packed & 192) << 18);
  if ((packed & (packed >>> 1) & 0x55) !== 0) {
    for (let shift = 0; shift < 8; shift += 2) {
      if (((packed >>> shift) & 3) === 3) counts += reader.varint() << (shift * 4);
    }
  }
  return counts;
}
