/**
 * Sorts pairs of 32-bit numbers by their first: least significant digit first, which keeps the order of equal keys and
 * goes through memory in long runs. Sorting all occurrences of a segment this way is several times faster than looking
 * each of them up in a hash table.
 *
 * @module
 */

import { Uint32List } from "./bytes.ts";

/** Pairs in two arrays. */
export interface Pairs {
  readonly keys: Uint32Array;
  readonly values: Uint32Array;
}

/** The other place of the pairs while they are sorted. */
const KEYS = new Uint32List();
const VALUES = new Uint32List();

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

/**
 * The pairs by ascending key, those of one key in the order in which they came. The input may be overwritten, and the
 * result is valid until the next call.
 */
export function sortPairs({ keys, values }: Pairs, maxKey: number): Pairs {
  let from: Pairs = { keys, values };
  let to: Pairs = { keys: KEYS.ofLength(keys.length), values: VALUES.ofLength(keys.length) };
  for (let shift = 0; shift < 32 && maxKey >>> shift !== 0; shift += DIGIT_BITS) {
    pass(from, to, shift);
    [from, to] = [to, from];
  }
  return from;
}

function pass(from: Pairs, to: Pairs, shift: number): void {
  const { keys, values } = from;
  const places = new Uint32Array(DIGITS);
  for (let i = 0; i < keys.length; i++) {
    const digit = ((keys[i] as number) >>> shift) & (DIGITS - 1);
    places[digit] = (places[digit] as number) + 1;
  }
  let next = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = places[digit] as number;
    places[digit] = next;
    next += count;
  }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    const digit = (key >>> shift) & (DIGITS - 1);
    const place = places[digit] as number;
    places[digit] = place + 1;
    to.keys[place] = key;
    to.values[place] = values[i] as number;
  }
}
