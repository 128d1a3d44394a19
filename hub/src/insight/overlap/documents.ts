/**
 * Texts as sets of short pieces (shingles), so that near-duplicates can be told by what they have in common.
 *
 * @module
 */

import { fold } from "@tributary/proto/vocabulary";

/** Sets of shingles, packed. */
export interface ShingledDocuments {
  /** Number of the center of each document. */
  readonly centers: readonly number[];
  /** Begin of each document's shingles; one more than documents. */
  readonly starts: readonly number[];
  /** Hashes; of one document ascending, none twice. */
  readonly shingles: Uint32Array;
}

/** Characters of a shingle. */
export const SHINGLE_CHARACTERS = 5;
/** A text with fewer is left out: two short titles are alike without being copied. */
export const MIN_SHINGLES = 20;
/** Characters of a text that are compared, from its beginning. */
const MAX_CHARACTERS = 4_000;
/** Shingles that are kept; 268 MB. */
const MAX_SHINGLES = 2 ** 26;

/**
 * Takes texts one by one. When there is more than memory allows, every second shingle is dropped, the same ones of all
 * texts: then what is found is an estimate.
 */
export class DocumentSet {
  readonly #maxShingles: number;
  #centers: number[] = [];
  #starts: number[] = [0];
  #shingles = new Uint32Array(2 ** 16);
  /** Hashes below 2^(32 - halvings) are kept. */
  #halvings = 0;

  constructor(maxShingles = MAX_SHINGLES) {
    this.#maxShingles = maxShingles;
  }

  /** @param center Its number. */
  add(center: number, text: string): void {
    const hashes = shinglesOf(fold(text).slice(0, MAX_CHARACTERS));
    if (hashes.length < MIN_SHINGLES) return;
    this.#push(center, hashes);
    while ((this.#starts.at(-1) as number) > this.#maxShingles) this.#halve();
  }

  /** How often every second shingle was dropped. */
  get halvings(): number {
    return this.#halvings;
  }

  documents(): ShingledDocuments {
    const size = this.#starts.at(-1) as number;
    return {
      centers: this.#centers,
      starts: this.#starts,
      shingles: this.#shingles.subarray(0, size),
    };
  }

  #push(center: number, hashes: Uint32Array): void {
    const kept =
      this.#halvings === 0 ? hashes : hashes.filter((hash) => hash >>> (32 - this.#halvings) === 0);
    const from = this.#starts.at(-1) as number;
    if (from + kept.length > this.#shingles.length) {
      const larger = new Uint32Array(2 * (from + kept.length));
      larger.set(this.#shingles.subarray(0, from));
      this.#shingles = larger;
    }
    this.#shingles.set(kept, from);
    this.#starts.push(from + kept.length);
    this.#centers.push(center);
  }

  #halve(): void {
    this.#halvings += 1;
    const { centers, starts, shingles } = this.documents();
    this.#centers = [];
    this.#starts = [0];
    this.#shingles = new Uint32Array(2 ** 16);
    centers.forEach((center, i) => {
      this.#push(center, shingles.subarray(starts[i], starts[i + 1]));
    });
  }
}

/** Hashes of all pieces of {@link SHINGLE_CHARACTERS} UTF-16 code units, ascending, none twice. */
function shinglesOf(text: string): Uint32Array {
  const count = Math.max(0, text.length - SHINGLE_CHARACTERS + 1);
  const hashes = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) {
    let hash = 0x811c9dc5;
    for (let i = at; i < at + SHINGLE_CHARACTERS; i += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    }
    // Mixed as in MurmurHash3: high bits choose what is dropped, low bits are places in tables.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hashes[at] = hash ^ (hash >>> 16);
  }
  hashes.sort();
  let distinct = 0;
  hashes.forEach((hash, i) => {
    if (i > 0 && hash === hashes[i - 1]) return;
    hashes[distinct] = hash;
    distinct += 1;
  });
  return hashes.subarray(0, distinct);
}
