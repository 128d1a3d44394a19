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

/** Hashes of the keys of one comparison, each once, ascending. */
export interface ComparisonKeys {
  /** Of these, what two records share adds up. */
  readonly parts: Uint32Array;
  /** Of these, the best one that two records share counts. */
  readonly wholes: Uint32Array;
}

/** The keys of a record's values. @param values By comparison. */
export function keyHashes(
  comparisons: readonly FieldComparison[],
  values: readonly unknown[],
): readonly ComparisonKeys[] {
  return comparisons.map(({ comparison }, i) => {
    const value = values[i];
    if (value === undefined) return NO_KEYS;
    const parts = new Set<number>();
    const wholes = new Set<number>();
    for (const { kind, text, isPart } of comparison.keys(value)) {
      (isPart === true ? parts : wholes).add(hashOf(kind, text));
    }
    return { parts: Uint32Array.from(parts).sort(), wholes: Uint32Array.from(wholes).sort() };
  });
}

const NO_KEYS: ComparisonKeys = { parts: new Uint32Array(0), wholes: new Uint32Array(0) };

/** Calls `visit` with each key of a record; with one twice if two comparisons share it. */
function forEachKey(keys: readonly ComparisonKeys[], visit: (hash: number) => void): void {
  for (const { parts, wholes } of keys) {
    for (let i = 0; i < parts.length; i++) visit(parts[i] as number);
    for (let i = 0; i < wholes.length; i++) visit(wholes[i] as number);
  }
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
export function countKeys(records: readonly (readonly ComparisonKeys[])[]): KeyCounts {
  let keys = 0;
  for (const record of records) {
    for (const { parts, wholes } of record) keys += parts.length + wholes.length;
  }
  const counts = new Uint32Array(2 ** Math.max(10, Math.ceil(Math.log2(keys + 1))));
  for (const record of records) {
    forEachKey(record, (hash) => (counts[hash & (counts.length - 1)] as number)++);
  }
  return { total: records.length, counts };
}

/** The records by key. Rows are the caller's numbers of records. */
export class BlockIndex {
  readonly #counts: KeyCounts;
  /** What two records share before they are candidates, in bits. */
  readonly #threshold: number;
  readonly #rows = new Map<number, number[]>();
  /** Bits by row, of all comparisons and of the present one. */
  readonly #shared = new RowSums();
  readonly #ofComparison = new RowSums();

  constructor(counts: KeyCounts) {
    this.#counts = counts;
    this.#threshold = Math.log2(Math.max(1, counts.total) / STRANGERS);
  }

  add(row: number, keys: readonly ComparisonKeys[]): void {
    forEachKey(keys, (hash) => {
      if (this.#bits(hash) === 0) return;
      const rows = this.#rows.get(hash);
      if (rows === undefined) this.#rows.set(hash, [row]);
      else if (rows.at(-1) !== row) rows.push(row);
    });
  }

  remove(row: number, keys: readonly ComparisonKeys[]): void {
    forEachKey(keys, (hash) => {
      const rows = this.#rows.get(hash);
      if (rows === undefined) return;
      const left = rows.filter((other) => other !== row);
      if (left.length === 0) this.#rows.delete(hash);
      else this.#rows.set(hash, left);
    });
  }

  /** Calls `visit` with each row that shares enough with these keys; in no particular order, perhaps with the row itself. */
  candidates(keys: readonly ComparisonKeys[], visit: (row: number) => void): void {
    const shared = this.#shared;
    const one = this.#ofComparison;
    for (const { parts, wholes } of keys) {
      this.#forEachRow(parts, (row, bits) => one.set(row, one.get(row) + bits));
      this.#forEachRow(wholes, (row, bits) => one.set(row, Math.max(one.get(row), bits)));
      one.drain((row, bits) => shared.set(row, shared.get(row) + bits));
    }
    const found: number[] = [];
    shared.drain((row, bits) => {
      if (bits >= this.#threshold) found.push(row);
    });
    for (const row of found) visit(row);
  }

  #forEachRow(hashes: Uint32Array, visit: (row: number, bits: number) => void): void {
    for (let i = 0; i < hashes.length; i++) {
      const hash = hashes[i] as number;
      const rows = this.#rows.get(hash);
      if (rows === undefined) continue;
      const bits = this.#bits(hash);
      for (let j = 0; j < rows.length; j++) visit(rows[j] as number, bits);
    }
  }

  /** What a key is worth; 0 if too many records have it. */
  #bits(hash: number): number {
    const { counts, total } = this.#counts;
    const count = counts[hash & (counts.length - 1)] as number;
    if (count > MAX_RECORDS_PER_KEY) return 0;
    return Math.max(LEAST_BITS, Math.log2(total / Math.max(1, count)));
  }
}

/** So that a key that all records have is still above nothing. */
const LEAST_BITS = 1e-6;

/** A number by row, for few rows at a time. */
class RowSums {
  #sums = new Float64Array(1024);
  readonly #rows: number[] = [];

  get(row: number): number {
    return this.#sums[row] ?? 0;
  }

  /** @param sum Above 0. */
  set(row: number, sum: number): void {
    if (row >= this.#sums.length) {
      const grown = new Float64Array(Math.max(row + 1, this.#sums.length * 2));
      grown.set(this.#sums);
      this.#sums = grown;
    }
    if (this.#sums[row] === 0) this.#rows.push(row);
    this.#sums[row] = sum;
  }

  /** Hands out what there is and forgets it. */
  drain(visit: (row: number, sum: number) => void): void {
    for (const row of this.#rows) {
      visit(row, this.#sums[row] as number);
      this.#sums[row] = 0;
    }
    this.#rows.length = 0;
  }
}
