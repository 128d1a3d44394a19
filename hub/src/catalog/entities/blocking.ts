/**
 * Blocking: which pairs are worth comparing.
 *
 * A record has keys; a key that n of N records have is worth `log2(N / n)` bits. Two records are candidates if the keys
 * they share are worth as much as a handful of strangers would share by chance, {@link STRANGERS} a record. One rule for
 * rare and common keys: a common website, or three uncommon characters, or a brand and a city. What keys are worth is
 * counted once and belongs to the model, so that a pair is a candidate or not whatever other records there are.
 *
 * @module
 */

import type { FieldComparison } from "./comparisons.ts";

/** Strangers that a record may share as much with as with a candidate. */
const STRANGERS = 16;

/** Keys of more records than this are not looked up. */
export const MAX_RECORDS_PER_KEY = 600;

/** How many records have each key, by the key's hash. */
export interface KeyCounts {
  /** Records that were counted. */
  readonly total: number;
  /** Slots by hash, a power of two of them; keys that share a slot are counted together. */
  readonly counts: Uint32Array;
}

/** Hashes of the keys of a record's values, each once, ascending. @param values By comparison. */
export function keyHashes(
  comparisons: readonly FieldComparison[],
  values: readonly unknown[],
): Uint32Array {
  const hashes = new Set<number>();
  for (const [i, { comparison }] of comparisons.entries()) {
    const value = values[i];
    if (value === undefined) continue;
    for (const { kind, text } of comparison.keys(value)) hashes.add(hashOf(kind, text));
  }
  return Uint32Array.from(hashes).sort();
}

/** FNV-1a over UTF-16 units, with a final mix, since slots are its lowest bits. */
function hashOf(kind: string, text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < kind.length; i++) hash = Math.imul(hash ^ kind.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ 0xffff, 0x01000193);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Counts the keys of all records. */
export function countKeys(records: readonly Uint32Array[]): KeyCounts {
  const keys = records.reduce((sum, { length }) => sum + length, 0);
  const counts = new Uint32Array(2 ** Math.max(10, Math.ceil(Math.log2(keys + 1))));
  for (const hashes of records) {
    for (const hash of hashes) (counts[hash & (counts.length - 1)] as number)++;
  }
  return { total: records.length, counts };
}

/** What two records share before they are candidates, in bits. */
function candidateBits({ total }: KeyCounts): number {
  return Math.log2(Math.max(1, total) / STRANGERS);
}

/** The records by key. Rows are the caller's numbers of records. */
export class BlockIndex {
  readonly #counts: KeyCounts;
  readonly #threshold: number;
  readonly #rows = new Map<number, number[]>();
  #shared = new Float64Array(1024);
  readonly #touched: number[] = [];

  constructor(counts: KeyCounts) {
    this.#counts = counts;
    this.#threshold = candidateBits(counts);
  }

  add(row: number, hashes: Uint32Array): void {
    for (const hash of hashes) {
      if (this.#bits(hash) === 0) continue;
      const rows = this.#rows.get(hash);
      if (rows === undefined) this.#rows.set(hash, [row]);
      else rows.push(row);
    }
  }

  remove(row: number, hashes: Uint32Array): void {
    for (const hash of hashes) {
      const rows = this.#rows.get(hash);
      if (rows === undefined) continue;
      const left = rows.filter((other) => other !== row);
      if (left.length === 0) this.#rows.delete(hash);
      else this.#rows.set(hash, left);
    }
  }

  /** Calls `visit` with each row that shares enough with these keys; in no particular order, perhaps with the row itself. */
  candidates(hashes: Uint32Array, visit: (row: number) => void): void {
    const touched = this.#touched;
    touched.length = 0;
    for (const hash of hashes) {
      const bits = this.#bits(hash);
      if (bits === 0) continue;
      for (const row of this.#rows.get(hash) ?? []) {
        this.#reserve(row);
        const before = this.#shared[row] as number;
        if (before === 0) touched.push(row);
        this.#shared[row] = before + bits;
      }
    }
    for (const row of touched) {
      const bits = this.#shared[row] as number;
      this.#shared[row] = 0;
      if (bits >= this.#threshold) visit(row);
    }
  }

  /** What a key is worth; 0 if too many records have it. */
  #bits(hash: number): number {
    const { counts, total } = this.#counts;
    const count = counts[hash & (counts.length - 1)] as number;
    if (count > MAX_RECORDS_PER_KEY) return 0;
    return Math.max(1e-6, Math.log2(total / Math.max(1, count)));
  }

  #reserve(row: number): void {
    if (row < this.#shared.length) return;
    const grown = new Float64Array(Math.max(row + 1, this.#shared.length * 2));
    grown.set(this.#shared);
    this.#shared = grown;
  }
}
