/**
 * A compact code for texts: the most frequent UTF-16 units of a segment take one byte, all others two.
 *
 * With a Chinese and English mix this is about 1.3 bytes a character, where UTF-8 takes up to 3, and decoding is a
 * table look-up, fast enough to check phrases and mark hits in the stored text itself.
 *
 * @module
 */

import type { ByteWriter } from "./bytes.ts";

/** The alphabet: units by falling frequency. The first `singles` take one byte. */
export interface TextCode {
  readonly alphabet: Uint16Array;
  readonly singles: number;
}

/** Counts units for {@link makeTextCode}. */
export class UnitCounter {
  readonly counts = new Uint32Array(65_536);

  addText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#add(text.charCodeAt(i));
  }

  addUnits(units: Uint16Array, length: number): void {
    for (let i = 0; i < length; i++) this.#add(units[i] as number);
  }

  #add(unit: number): void {
    this.counts[unit] = (this.counts[unit] as number) + 1;
  }
}

/** The code for what was counted; only counted units can be encoded. */
export function makeTextCode({ counts }: UnitCounter): TextCode {
  const units: number[] = [];
  for (let unit = 0; unit < counts.length; unit++) if (counts[unit] !== 0) units.push(unit);
  units.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  return textCodeOf(Uint16Array.from(units));
}

/** The code of a stored alphabet. */
export function textCodeOf(alphabet: Uint16Array): TextCode {
  // With L lead bytes there are 256 - L single bytes and 256 L pairs.
  const leads = Math.max(0, Math.ceil((alphabet.length - 256) / 255));
  return { alphabet, singles: 256 - leads };
}

/** Writes texts. */
export class UnitEncoder {
  readonly #ranks = new Uint16Array(65_536);
  readonly #singles: number;

  constructor({ alphabet, singles }: TextCode) {
    this.#singles = singles;
    for (let rank = 0; rank < alphabet.length; rank++) this.#ranks[alphabet[rank] as number] = rank;
  }

  writeText(text: string, out: ByteWriter): void {
    out.reserve(text.length * 2);
    for (let i = 0; i < text.length; i++) this.#write(text.charCodeAt(i), out);
  }

  writeUnits(units: Uint16Array, from: number, to: number, out: ByteWriter): void {
    out.reserve((to - from) * 2);
    for (let i = from; i < to; i++) this.#write(units[i] as number, out);
  }

  #write(unit: number, out: ByteWriter): void {
    const rank = this.#ranks[unit] as number;
    if (rank < this.#singles) {
      out.bytes[out.length++] = rank;
      return;
    }
    const rest = rank - this.#singles;
    out.bytes[out.length++] = this.#singles + (rest >>> 8);
    out.bytes[out.length++] = rest & 255;
  }
}

/** Reads `count` units into `units`; returns the position behind them. */
export function decodeUnits(
  { alphabet, singles }: TextCode,
  bytes: Uint8Array,
  at: number,
  units: Uint16Array,
  from: number,
  count: number,
): number {
  let place = at;
  for (let i = from; i < from + count; i++) {
    const byte = bytes[place++] as number;
    units[i] = (
      byte < singles
        ? alphabet[byte]
        : alphabet[singles + ((byte - singles) << 8) + (bytes[place++] as number)]
    ) as number;
  }
  return place;
}
