/**
 * Postings: which documents have a term, and how often in which field.
 *
 * A list is `df`, then, when it has more than one block, a skip table (first document of each block as a difference, and
 * the block's size in bytes), then blocks of {@link BLOCK} documents. A document is `gap << 1 | plain`; plain means once
 * in the body and nowhere else, which most are. Otherwise a byte with two bits a field follows (3 means 3 or more, with
 * the rest as a number behind it). No positions: phrases and highlights read the stored text, which costs less memory
 * than the positions of all n-grams would, and is exact.
 *
 * Counts by field travel as one number, eight bits a field, title lowest; counts above 255 are 255.
 *
 * @module
 */

import type { ByteReader, ByteWriter } from "./bytes.ts";

/** Documents a block. */
export const BLOCK = 128;

/** Once in the body. */
export const PLAIN = 1 << 24;

/** Document after the last. */
export const END = 0x7fffffff;

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
    const block = this.#block;
    const skips = this.#skips;
    block.length = 0;
    skips.length = 0;
    out.varint(df);
    let firstBefore = 0;
    for (let start = 0; start < df; start += BLOCK) {
      const end = Math.min(start + BLOCK, df);
      const blockAt = block.length;
      const first = docs[from + start] as number;
      let before = df > BLOCK ? first : 0;
      block.reserve((end - start) * 26);
      for (let i = start; i < end; i++) {
        const doc = docs[from + i] as number;
        this.#posting(doc - before, counts[from + i] as number);
        before = doc;
      }
      skips.varint(first - firstBefore);
      skips.varint(block.length - blockAt);
      firstBefore = first;
    }
    if (df > BLOCK) out.append(skips.bytes, 0, skips.length);
    out.append(block.bytes, 0, block.length);
  }

  #posting(gap: number, counts: number): void {
    const block = this.#block;
    if (counts === PLAIN) {
      block.varint((gap * 2 + 1) >>> 0);
      return;
    }
    block.varint(gap * 2);
    const title = counts & 255;
    const tags = (counts >>> 8) & 255;
    const summary = (counts >>> 16) & 255;
    const body = counts >>> 24;
    block.byte(
      Math.min(title, 3) |
        (Math.min(tags, 3) << 2) |
        (Math.min(summary, 3) << 4) |
        (Math.min(body, 3) << 6),
    );
    if (title > 2) block.varint(title - 3);
    if (tags > 2) block.varint(tags - 3);
    if (summary > 2) block.varint(summary - 3);
    if (body > 2) block.varint(body - 3);
  }
}

/** Walks one list forward, a block at a time. Begins before the first document: call `next` or `advance`. */
export class PostingCursor {
  /** Documents of the list. */
  readonly df: number;
  /** The current document; {@link END} after the last. */
  doc = -1;
  /** Counts by field of the current document. */
  counts = 0;
  /** The block that is decoded: documents, counts, how many. For loops over whole blocks. */
  readonly docs = new Uint32Array(BLOCK);
  readonly blockCounts = new Uint32Array(BLOCK);
  size = 0;

  readonly #reader: ByteReader;
  readonly #blocks: number;
  /** With a skip table: first document and byte position of each block. */
  readonly #firsts: Uint32Array | undefined;
  readonly #places: Uint32Array | undefined;
  #block = -1;
  #at = 0;

  /** @param reader At the beginning of the list; owned by the cursor from now on. */
  constructor(reader: ByteReader) {
    this.#reader = reader;
    this.df = reader.varint();
    this.#blocks = Math.ceil(this.df / BLOCK);
    if (this.#blocks < 2) return;
    const firsts = new Uint32Array(this.#blocks);
    const places = new Uint32Array(this.#blocks);
    let first = 0;
    let place = 0;
    for (let i = 0; i < this.#blocks; i++) {
      first += reader.varint();
      firsts[i] = first;
      places[i] = place;
      place += reader.varint();
    }
    for (let i = 0; i < this.#blocks; i++) places[i] = (places[i] as number) + reader.at;
    this.#firsts = firsts;
    this.#places = places;
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

  /** Decodes the block after the current one; the loop over `docs` and `blockCounts` is the caller's. */
  nextBlock(): boolean {
    if (this.#block + 1 >= this.#blocks) return false;
    this.#decode(this.#block + 1);
    return true;
  }

  #goTo(at: number): number {
    this.#at = at;
    this.counts = this.blockCounts[at] as number;
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
        while (block + step < this.#blocks && (firsts[block + step] as number) <= target)
          block += step;
      }
    }
    this.#decode(block);
    return true;
  }

  #decode(block: number): void {
    const reader = this.#reader;
    const size = Math.min(BLOCK, this.df - block * BLOCK);
    let first = 0;
    if (this.#places !== undefined) {
      reader.at = this.#places[block] as number;
      first = (this.#firsts as Uint32Array)[block] as number;
    }
    decodeBlock(reader, first, size, this.docs, this.blockCounts, 0);
    this.size = size;
    this.#block = block;
    this.#at = 0;
  }
}

/** Reads a whole list, of which `df` was read, into `docs` and `counts`, which must have room for it. */
export function readPostings(
  reader: ByteReader,
  df: number,
  docs: Uint32Array,
  counts: Uint32Array,
): void {
  if (df <= BLOCK) {
    decodeBlock(reader, 0, df, docs, counts, 0);
    return;
  }
  const blocks = Math.ceil(df / BLOCK);
  const firsts: number[] = [];
  let first = 0;
  for (let i = 0; i < blocks; i++) {
    first += reader.varint();
    firsts.push(first);
    reader.varint();
  }
  for (let i = 0; i < blocks; i++) {
    const from = i * BLOCK;
    decodeBlock(reader, firsts[i] as number, Math.min(BLOCK, df - from), docs, counts, from);
  }
}

function decodeBlock(
  reader: ByteReader,
  first: number,
  size: number,
  docs: Uint32Array,
  counts: Uint32Array,
  from: number,
): void {
  const { bytes } = reader;
  let { at } = reader;
  let doc = first;
  for (let i = from; i < from + size; i++) {
    let byte = bytes[at++] as number;
    let head = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = bytes[at++] as number;
      head |= (byte & 0x7f) << shift;
    }
    doc += head >>> 1;
    docs[i] = doc;
    if ((head & 1) === 1) {
      counts[i] = PLAIN;
      continue;
    }
    const packed = bytes[at++] as number;
    let unpacked =
      (packed & 3) | ((packed & 12) << 6) | ((packed & 48) << 12) | ((packed & 192) << 18);
    if ((packed & (packed >>> 1) & 0x55) !== 0) {
      reader.at = at;
      for (let shift = 0; shift < 8; shift += 2) {
        if (((packed >>> shift) & 3) === 3) unpacked += reader.varint() << (shift * 4);
      }
      at = reader.at;
    }
    counts[i] = unpacked;
  }
  reader.at = at;
}
