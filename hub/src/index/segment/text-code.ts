/**
 * A compact code for texts: the most frequent UTF-16 units of a segment take one byte, all others and the most telling
 * pairs of units two.
 *
 * With a Chinese and English mix this is about 1.2 bytes a character, where UTF-8 takes up to 3, and decoding is a
 * table look-up, fast enough to check phrases and mark hits in the stored text itself.
 *
 * @module
 */

import { foldUnit } from "../analysis/fold.ts";
import { type ByteWriter, Uint32List } from "./bytes.ts";
import { sortPairs } from "./radix-sort.ts";
import type { FoldedUnits, TextUnits } from "./text-units.ts";

/** The alphabet: units by falling frequency, then pairs. The first `singles` symbols take one byte. */
export interface TextCode {
  /** A unit, or a pair as `first << 16 | second`; no pair has U+0000. */
  readonly alphabet: Uint32Array;
  readonly singles: number;
}

/** Pairs of an alphabet; more save little, and take single bytes from units. */
const MAX_PAIRS = 4096;

/** Documents in which pairs are counted. */
const SAMPLE_DOCS = 512;

/** Bytes that a pair must save in the sampled documents, for the four that it takes in the alphabet. */
const MIN_SAVED = 6;

/** Of the segment that is being made; its memory is kept for the next. */
const PAIRS = new Uint32List();

/** One at a time. Counts the units of documents, and the pairs of units of some of them, for {@link makeTextCode}. */
export class UnitCounter {
  readonly counts = new Uint32Array(65_536);
  /** Pairs of the sampled documents as they stand there. */
  readonly pairs = PAIRS;
  readonly #step: number;
  #doc = 0;

  /** @param docs Number of documents to come. */
  constructor(docs: number) {
    this.pairs.clear();
    this.#step = Math.ceil(docs / SAMPLE_DOCS);
  }

  /** Adds a document. */
  addUnits(units: Uint16Array, length: number): void {
    const { counts, pairs } = this;
    for (let i = 0; i < length; i++) {
      const unit = units[i] as number;
      counts[unit] = (counts[unit] as number) + 1;
    }
    if (this.#doc++ % this.#step !== 0) return;
    for (let i = 0; i + 1 < length; i++) {
      const first = units[i] as number;
      const second = units[i + 1] as number;
      if (first !== 0 && second !== 0) pairs.push(pairOf(first, second));
    }
  }
}

function pairOf(first: number, second: number): number {
  return ((first << 16) | second) >>> 0;
}

/** The code for what was counted; only counted units can be encoded. */
export function makeTextCode({ counts, pairs }: UnitCounter): TextCode {
  const units: number[] = [];
  for (let unit = 0; unit < counts.length; unit++) if (counts[unit] !== 0) units.push(unit);
  units.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  const saving = savingPairs(pairs, new Set(units.slice(0, singlesOf(units.length))));
  saving.sort(([a, x], [b, y]) => y - x || a - b);
  const kept = saving.slice(0, Math.min(MAX_PAIRS, MAX_SYMBOLS - units.length));
  return textCodeOf(Uint32Array.from([...units, ...kept.map(([pair]) => pair)]));
}

/** Pairs that are worth their place, and the bytes that they save, when units of `small` take one byte. */
function savingPairs(pairs: Uint32List, small: ReadonlySet<number>) {
  const saving: (readonly [pair: number, saved: number])[] = [];
  const all = pairs.written();
  const { keys } = sortPairs({ keys: all, values: all }, 0xffffffff);
  for (let at = 0; at < keys.length; ) {
    const from = at;
    const pair = keys[from] as number;
    while (keys[at] === pair) at += 1;
    if ((at - from) * 2 < MIN_SAVED) continue;
    const bytes = (small.has(pair >>> 16) ? 1 : 2) + (small.has(pair & 0xffff) ? 1 : 2);
    const saved = (at - from) * (bytes - 2);
    if (saved >= MIN_SAVED) saving.push([pair, saved]);
  }
  return saving;
}

/** The code of a stored alphabet. */
export function textCodeOf(alphabet: Uint32Array): TextCode {
  return { alphabet, singles: singlesOf(alphabet.length) };
}

/** Symbols that one or two bytes can tell apart. */
const MAX_SYMBOLS = 65_536;

function singlesOf(symbols: number): number {
  // With L lead bytes there are 256 - L single bytes and 256 L pairs.
  const leads = Math.max(0, Math.ceil((symbols - 256) / 255));
  return 256 - leads;
}

/** Slots of the hash table of pairs: at most a quarter of them are taken. */
const PAIR_SLOTS = 4 * MAX_PAIRS;

function pairSlot(pair: number): number {
  return Math.imul(pair, 0x9e3779b1) >>> (32 - Math.log2(PAIR_SLOTS));
}

/** Writes texts. */
export class UnitEncoder {
  /** By unit. */
  readonly #ranks = new Uint16Array(65_536);
  /** Pairs by slot; 0 is none. */
  readonly #pairs = new Uint32Array(PAIR_SLOTS);
  readonly #pairRanks = new Uint16Array(PAIR_SLOTS);
  readonly #singles: number;

  constructor({ alphabet, singles }: TextCode) {
    this.#singles = singles;
    for (let rank = 0; rank < alphabet.length; rank++) {
      const symbol = alphabet[rank] as number;
      if (symbol <= 0xffff) this.#ranks[symbol] = rank;
      else {
        const slot = this.#slotOf(symbol);
        this.#pairs[slot] = symbol;
        this.#pairRanks[slot] = rank;
      }
    }
  }

  /** Writes the texts of a document. */
  writeUnits(units: Uint16Array, length: number, out: ByteWriter): void {
    out.reserve(length * 2);
    for (let i = 0; i < length; i++) {
      const unit = units[i] as number;
      if (i + 1 < length) {
        const pair = pairOf(unit, units[i + 1] as number);
        const slot = this.#slotOf(pair);
        if (this.#pairs[slot] === pair && pair > 0xffff) {
          this.#write(this.#pairRanks[slot] as number, out);
          i += 1;
          continue;
        }
      }
      this.#write(this.#ranks[unit] as number, out);
    }
  }

  /** The slot that holds the pair, or the free one in which it belongs. */
  #slotOf(pair: number): number {
    let slot = pairSlot(pair);
    while (this.#pairs[slot] !== 0 && this.#pairs[slot] !== pair) slot = (slot + 1) % PAIR_SLOTS;
    return slot;
  }

  #write(rank: number, out: ByteWriter): void {
    if (rank < this.#singles) {
      out.bytes[out.length++] = rank;
      return;
    }
    const rest = rank - this.#singles;
    out.bytes[out.length++] = this.#singles + (rest >>> 8);
    out.bytes[out.length++] = rest & 255;
  }
}

/** Reads texts. Its loops do not branch on what is read, which no core foresees. */
export class UnitDecoder {
  readonly #singles: number;
  /** By symbol: its unit, or the two of a pair, the first in the lower half. */
  readonly #symbols: Int32Array;
  /** The same, each followed by it folded; made when it is needed. */
  #withFolded: Int32Array | undefined;

  constructor({ alphabet, singles }: TextCode) {
    this.#singles = singles;
    this.#symbols = Int32Array.from(alphabet, (symbol) =>
      symbol > 0xffff ? (symbol << 16) | (symbol >>> 16) : symbol,
    );
  }

  /** Reads the units that `ends` tells of; there is room for one more. */
  decode(bytes: Uint8Array, at: number, { units, ends }: TextUnits): void {
    decodeUnits(bytes, at, ends[3] as number, this.#singles, this.#symbols, units);
  }

  /** The same, and the units folded. */
  decodeFolded(bytes: Uint8Array, at: number, { units, folded, ends }: FoldedUnits): void {
    this.#withFolded ??= withFolded(this.#symbols);
    const count = ends[3] as number;
    decodeFoldedUnits(bytes, at, count, this.#singles, this.#withFolded, units, folded);
  }
}

function withFolded(symbols: Int32Array): Int32Array {
  const both = new Int32Array(symbols.length * 2);
  symbols.forEach((symbol, i) => {
    const second = symbol >>> 16;
    both[2 * i] = symbol;
    both[2 * i + 1] = foldUnit(symbol & 0xffff) | (second === 0 ? 0 : foldUnit(second) << 16);
  });
  return both;
}

/** Number of the symbol whose bytes begin at `place`; `isLead` is 1 when there are two. */
function symbolAt(bytes: Uint8Array, place: number, isLead: number, singles: number): number {
  const byte = bytes[place] as number;
  return (byte + (-isLead & ((byte - singles) * 255 + (bytes[place + isLead] as number)))) | 0;
}

function decodeUnits(
  bytes: Uint8Array,
  at: number,
  count: number,
  singles: number,
  symbols: Int32Array,
  units: Uint16Array,
): void {
  let place = at;
  for (let i = 0; i < count; ) {
    const isLead = Number((bytes[place] as number) >= singles);
    const symbol = symbols[symbolAt(bytes, place, isLead, singles)] as number;
    place = (place + 1 + isLead) | 0;
    const second = symbol >>> 16;
    units[i] = symbol;
    units[i + 1] = second;
    i = (i + 1 + Number(second !== 0)) | 0;
  }
}

function decodeFoldedUnits(
  bytes: Uint8Array,
  at: number,
  count: number,
  singles: number,
  symbols: Int32Array,
  units: Uint16Array,
  folded: Uint16Array,
): void {
  let place = at;
  for (let i = 0; i < count; ) {
    const isLead = Number((bytes[place] as number) >= singles);
    const entry = symbolAt(bytes, place, isLead, singles) << 1;
    place = (place + 1 + isLead) | 0;
    const symbol = symbols[entry] as number;
    const foldedSymbol = symbols[entry + 1] as number;
    const second = symbol >>> 16;
    units[i] = symbol;
    folded[i] = foldedSymbol;
    units[i + 1] = second;
    folded[i + 1] = foldedSymbol >>> 16;
    i = (i + 1 + Number(second !== 0)) | 0;
  }
}
