/**
 * Postings: which documents have a term, and how often in which field.
 *
 * A list is `df`, then, when it has more than one block, a skip table (first document of each block as a difference, and
 * the block's size in bytes), then blocks of {@link BLOCK} documents. A block is
 *
 * 1. one byte with the width of its gaps and a bit that says "all plain";
 * 2. the gaps packed at that width; where it is shorter, a block of a list with a skip table has bits instead, one for each
 *    document from its first to its last;
 * 3. unless all are plain, those that are not: how many, the differences from the first document of the block (0 without a
 *    skip table) to the first of them and from each to the next, and the counts of each. So they can be read alone.
 *
 * Plain means once in the body and nowhere else, which most are. Other counts are a byte with two bits a field (3 means 3
 * or more, with the rest as a number behind). A term of one document that is plain has no list: its place in the
 * dictionary holds the document itself.
 *
 * No positions: phrases and highlights read the stored text, which costs less memory than the positions of all n-grams
 * would, and is exact.
 *
 * Counts by field travel as one number, eight bits a field, title lowest; counts above 255 are 255.
 *
 * @module
 */

import { apart } from "../loop.ts";
import { ByteReader, type ByteWriter, roomyView } from "./bytes.ts";

/** Documents a block. */
export const BLOCK = 128;

/** Once in the body. */
export const PLAIN = 1 << 24;

/** Document after the last. */
export const END = 0x7fffffff;

/** In the first byte of a block: whether all are plain; the width of its gaps, or that it has bits. */
const ALL_PLAIN = 0x80;
const WIDTH = 0x7f;
const BITS = 0x7f;

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
  out.reserve((to - from) * 27 + 3);
  const span = (docs[to - 1] as number) - base + 1;
  const plain = isAllPlain ? ALL_PLAIN : 0;
  const isBits =
    base === docs[from] && Math.ceil(span / 8) + 2 < Math.ceil(((to - from) * width) / 8);
  if (isBits) {
    out.byte(BITS | plain);
    packBits(out, docs, from, to, span);
  } else {
    out.byte(width | plain);
    packGaps(out, docs, from, to, base, width);
  }
  if (isAllPlain) return;
  const countAt = out.length++;
  let others = 0;
  let before = base;
  for (let i = from; i < to; i++) {
    if (counts[i] === PLAIN) continue;
    others += 1;
    const doc = docs[i] as number;
    out.varint(doc - before);
    before = doc;
  }
  out.bytes[countAt] = others;
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

/** The span in documents, then a bit for each, low bits first. */
function packBits(
  out: ByteWriter,
  docs: Uint32Array,
  from: number,
  to: number,
  span: number,
): void {
  out.varint(span);
  const size = Math.ceil(span / 8);
  out.reserve(size);
  const { bytes, length } = out;
  bytes.fill(0, length, length + size);
  for (let i = from; i < to; i++) {
    const bit = (docs[i] as number) - (docs[from] as number);
    bytes[length + (bit >>> 3)] = (bytes[length + (bit >>> 3)] as number) | (1 << (bit & 7));
  }
  out.length += size;
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

/** A place in encoded lists. Each gap is read from the four bytes at its first bit: widths are below 25. */
export class PostingsReader extends ByteReader {
  readonly view: DataView;

  constructor(bytes: Uint8Array, at = 0, view = roomyView(bytes)) {
    super(bytes, at);
    this.view = view;
  }

  /** Another reader of the same bytes. */
  from(at: number): PostingsReader {
    return new PostingsReader(this.bytes, at, this.view);
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
export function readSkips(
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
  const head = readBlockHead(reader);
  readBlockDocs(reader, head, base, size, docs, from);
  counts.fill(PLAIN, from, from + size);
  if (head.isAllPlain) return;
  placeCounts(docs, from, counts, readOthers(reader, base));
}

/** Writes the counts of the first `others` documents of {@link OTHERS} where `docs` has them from `from` on. */
export function placeCounts(
  docs: Uint32Array,
  from: number,
  counts: Uint32Array,
  others: number,
): void {
  for (let i = 0, at = from; i < others; i++) {
    while (docs[at] !== OTHERS.docs[i]) at += 1;
    counts[at] = OTHERS.counts[i] as number;
  }
}

/** What {@link readOthers} read last, and whose it is if somebody said so. One query runs at a time in a thread. */
export const OTHERS = {
  docs: new Uint32Array(BLOCK),
  counts: new Uint32Array(BLOCK),
  of: undefined as object | undefined,
};

/** The beginning of a block. */
export interface BlockHead {
  readonly isAllPlain: boolean;
  /** Bits of a gap; undefined for a block of bits. */
  readonly width: number | undefined;
  /** Documents from the first to the last of a block of bits; 0 for one of gaps. */
  readonly span: number;
}

/** Reads the beginning of a block. The reader is at gaps or bits afterwards. */
export function readBlockHead(reader: PostingsReader): BlockHead {
  const head = reader.bytes[reader.at++] as number;
  const isAllPlain = (head & ALL_PLAIN) !== 0;
  if ((head & WIDTH) !== BITS) return { isAllPlain, width: head & WIDTH, span: 0 };
  return { isAllPlain, width: undefined, span: reader.varint() };
}

/** Reads gaps or bits. The reader is at the counts afterwards. */
export function readBlockDocs(
  reader: PostingsReader,
  { width, span }: BlockHead,
  base: number,
  size: number,
  docs: Uint32Array,
  from: number,
): void {
  if (width === undefined) apart(readBits, reader, span, base, docs, from);
  else apart(readGaps, reader, width, base, docs, from, from + size);
}

function readBits(
  reader: PostingsReader,
  span: number,
  base: number,
  docs: Uint32Array,
  from: number,
): void {
  const { view, at: begin } = reader;
  const end = begin + Math.ceil(span / 8);
  let first = base;
  let to = from;
  for (let at = begin; at < end; at += 4, first += 32) {
    for (let rest = wordOfBits(view, at, end); rest !== 0; rest &= rest - 1) {
      docs[to++] = first + 31 - Math.clz32(rest & -rest);
    }
  }
  reader.at = end;
}

/** Four bytes from `at` on, as far as they are before `end`. */
function wordOfBits(view: DataView, at: number, end: number): number {
  const word = view.getInt32(at, true);
  return end - at >= 4 ? word : word & ((1 << (8 * (end - at))) - 1);
}

/** The gap that begins `bit` bits behind the byte `at`. */
function gapAt(view: DataView, at: number, bit: number, mask: number): number {
  return (view.getUint32(at + (bit >>> 3), true) >>> (bit & 7)) & mask;
}

function readGaps(
  reader: PostingsReader,
  width: number,
  base: number,
  docs: Uint32Array,
  from: number,
  to: number,
): void {
  const { view, at } = reader;
  const mask = (1 << width) - 1;
  let doc = base;
  for (let i = from, bit = 0; i < to; i++) {
    doc = (doc + gapAt(view, at, bit, mask)) | 0;
    bit += width;
    docs[i] = doc;
  }
  reader.at += Math.ceil(((to - from) * width) / 8);
}

/** Blocks that span more documents are not for {@link retainGaps}. */
export const FLAGGED_SPAN = 16_384;

/** Whether a document of a block is one that is looked for, counted from its first; all 0 between calls. */
const FLAGS = new Uint8Array(FLAGGED_SPAN);

/**
 * Reads `size` gaps and moves those of the documents `from` to `to` of `docs`, which are in the range of the block, that it
 * has to place `kept` on; returns where they end. Looks at each of both without branches, which for like numbers of both
 * beats searching the one for the other.
 */
export function retainGaps(
  reader: PostingsReader,
  width: number,
  base: number,
  size: number,
  docs: Uint32Array,
  from: number,
  to: number,
  kept: number,
): number {
  for (let i = from; i < to; i++) FLAGS[(docs[i] as number) - base] = 1;
  const last = (docs[to - 1] as number) - base;
  const { view, at } = reader;
  const mask = (1 << width) - 1;
  let place = 0;
  let end = kept;
  for (let i = 0, bit = 0; i < size; i++) {
    place = (place + gapAt(view, at, bit, mask)) | 0;
    bit += width;
    if (place > last) break;
    docs[end] = base + place;
    end += FLAGS[place] as number;
  }
  FLAGS.fill(0, 0, last + 1);
  return end;
}

/**
 * Reads bits and adds `weight` to the sums of their documents; the sum of `start` is the first. One loop and not two over
 * documents: most time of a long question is spent here.
 */
export function addBits(
  reader: PostingsReader,
  span: number,
  base: number,
  sums: Float64Array,
  start: number,
  weight: number,
): void {
  const { view, at: begin } = reader;
  const end = begin + Math.ceil(span / 8);
  let first = base - start;
  for (let at = begin; at < end; at += 4, first += 32) {
    for (let rest = wordOfBits(view, at, end); rest !== 0; rest &= rest - 1) {
      const place = first + 31 - Math.clz32(rest & -rest);
      sums[place] = (sums[place] as number) + weight;
    }
  }
}

/** The same for `size` gaps. */
export function addGaps(
  reader: PostingsReader,
  width: number,
  base: number,
  size: number,
  sums: Float64Array,
  start: number,
  weight: number,
): void {
  const { view, at } = reader;
  const mask = (1 << width) - 1;
  let place = base - start;
  for (let i = 0, bit = 0; i < size; i++) {
    place = (place + gapAt(view, at, bit, mask)) | 0;
    bit += width;
    sums[place] = (sums[place] as number) + weight;
  }
}

/**
 * Reads the documents of a block that are not plain, and their counts, to {@link OTHERS}; returns how many there are. The
 * reader is behind the gaps or bits of a block that is not all plain.
 *
 * @param base What the first document is counted from.
 */
export function readOthers(reader: PostingsReader, base: number): number {
  const { bytes } = reader;
  const { docs: otherDocs, counts: otherCounts } = OTHERS;
  OTHERS.of = undefined;
  const others = bytes[reader.at] as number;
  let at = reader.at + 1;
  let doc = base;
  for (let i = 0; i < others; i++) {
    let byte = bytes[at++] as number;
    doc += byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++] as number;
      doc += (byte & 127) << shift;
    }
    otherDocs[i] = doc;
  }
  for (let i = 0; i < others; i++) {
    const packed = bytes[at++] as number;
    otherCounts[i] = UNPACKED[packed] as number;
    if ((packed & (packed >>> 1) & THREES) === 0) continue;
    reader.at = at - 1;
    otherCounts[i] = readCounts(reader);
    at = reader.at;
  }
  reader.at = at;
  return others;
}

/** By packed byte: its counts, two bits a field. */
const UNPACKED = Uint32Array.from(
  { length: 256 },
  (_, packed) =>
    (packed & 3) | ((packed & 12) << 6) | ((packed & 48) << 12) | ((packed & 192) << 18),
);

/** Low bits of the fields in a packed byte. */
const THREES = 0x55;

/** Counts of one document that is not plain. */
function readCounts(reader: PostingsReader): number {
  const packed = reader.bytes[reader.at++] as number;
  let counts = UNPACKED[packed] as number;
  if ((packed & (packed >>> 1) & THREES) !== 0) {
    for (let shift = 0; shift < 8; shift += 2) {
      if (((packed >>> shift) & 3) === 3) counts += reader.varint() << (shift * 4);
    }
  }
  return counts;
}
