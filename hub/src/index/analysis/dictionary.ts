/**
 * The dictionary of Chinese words: a trie in shared memory that is built once and read by every thread.
 *
 * Two uses. Indexing and querying take *every* dictionary word of three or more characters in a run, not a segmentation
 * of it: which words a text contains must not depend on what stands around them, or a part of a text would have words
 * that the text has not. Cutting a query into units takes the most probable segmentation: jieba's algorithm without its
 * hidden Markov model (maximum product of word frequencies over the graph of all words).
 *
 * @module
 */

/** The trie as plain shared memory, to be posted to other threads and opened there with {@link openDictionary}. */
export interface DictionaryData {
  readonly buffer: SharedArrayBuffer;
  readonly slots: number;
  /** Logarithm of the sum of all frequencies. */
  readonly logTotal: number;
  /** Changes when any word or frequency changes; part of the index's fingerprint. */
  readonly fingerprint: number;
}

/** Words over the codes of a folded text. Node 0 is the root; children are asked for a code point at a time. */
export interface Dictionary {
  readonly data: DictionaryData;
  /** The node of `node`'s word plus `code`; 0 when no word begins like that. */
  child(node: number, code: number): number;
  /** The node of three characters; 0 when no word begins like that. Most are told apart by one look into a small table. */
  beginning(first: number, second: number, third: number): number;
  /** True when the path to the node is a word. */
  isWord(node: number): boolean;
  /**
   * Ends of the units of the most probable segmentation of codes `from` to `to`, ascending; the last is `to`. With
   * `isFiner` the whole is not taken for a word even if it is one.
   */
  cut(codes: Uint32Array, from: number, to: number, isFiner?: boolean): number[];
}

/** Reads a trie. The data is trusted: it comes from `buildDictionary` in another thread. */
export function openDictionary(data: DictionaryData): Dictionary {
  const { slots: table, weights, beginnings } = viewsOf(data.buffer, data.slots);
  const mask = data.slots - 1;
  const child = (node: number, code: number): number => {
    for (let slot = slotOf(node, code) & mask; ; slot = (slot + 1) & mask) {
      const found = table[slot * SLOT_WORDS + 2] as number;
      if (found === 0) return 0;
      if (table[slot * SLOT_WORDS] === node && table[slot * SLOT_WORDS + 1] === code) return found;
    }
  };
  const beginning = (first: number, second: number, third: number): number => {
    const bit = beginningBit(first, second, third);
    if ((((beginnings[bit >>> 5] as number) >>> (bit & 31)) & 1) === 0) return 0;
    const single = child(0, first);
    const pair = single === 0 ? 0 : child(single, second);
    return pair === 0 ? 0 : child(pair, third);
  };
  const isWord = (node: number) => node !== 0 && (weights[node] as number) > 0;

  const cut = (codes: Uint32Array, from: number, to: number, isFiner = false): number[] => {
    const size = to - from;
    // best[i]: log probability of the best segmentation from i to the end; next[i]: end of its first unit.
    const best = new Float64Array(size + 1);
    const next = new Uint32Array(size);
    for (let i = size - 1; i >= 0; i--) {
      let node = child(0, codes[from + i] as number);
      const alone = node === 0 ? 0 : Math.log(Math.max(weights[node] as number, 1));
      best[i] = alone - data.logTotal + (best[i + 1] as number);
      next[i] = i + 1;
      for (let end = i + 2; node !== 0 && end <= size; end++) {
        node = child(node, codes[from + end - 1] as number);
        if (!isWord(node) || (isFiner && i === 0 && end === size)) continue;
        const score = Math.log(weights[node] as number) - data.logTotal + (best[end] as number);
        if (score >= (best[i] as number)) {
          best[i] = score;
          next[i] = end;
        }
      }
    }
    const ends: number[] = [];
    for (let i = 0; i < size; ) {
      i = next[i] as number;
      ends.push(from + i);
    }
    return ends;
  };

  return { data, child, beginning, isWord, cut };
}

/** Numbers of a slot of the hash table: parent, code, child, unused. One slot is one look into memory. */
export const SLOT_WORDS = 4;

/** Size of the table of {@link Dictionary.beginning}, a bit a slot: it stays in a processor's cache. */
const BEGINNING_BITS = 2 ** 22;

/** Size of the shared memory of a trie. */
export function byteLength(slots: number): number {
  return (slots * SLOT_WORDS + mostNodes(slots) + BEGINNING_BITS / 32) * 4;
}

/** The arrays of a trie in its shared memory; `weights` has room for as many nodes as `slots` may hold. */
export function viewsOf(buffer: SharedArrayBuffer, slots: number) {
  const weightsAt = slots * SLOT_WORDS * 4;
  const nodes = mostNodes(slots);
  return {
    slots: new Uint32Array(buffer, 0, slots * SLOT_WORDS),
    weights: new Float32Array(buffer, weightsAt, nodes),
    beginnings: new Uint32Array(buffer, weightsAt + nodes * 4, BEGINNING_BITS / 32),
  };
}

/** With more, looks into the hash table become long. */
function mostNodes(slots: number): number {
  return Math.floor(slots * 0.6);
}

/** The bit that is set when a word of three or more characters begins with these. */
export function beginningBit(first: number, second: number, third: number): number {
  return slotOf(slotOf(first, second), third) & (BEGINNING_BITS - 1);
}

/** Where the search for a child begins, before masking: a multiplicative mix of node and code. */
export function slotOf(node: number, code: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
