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
  readonly nodes: number;
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
  /** The node of two characters when there are longer words that begin with them; else 0. */
  beginning(first: number, second: number): number;
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
  const { slots: table, weights, pairs } = viewsOf(data.buffer, data.slots, data.nodes);
  const mask = data.slots - 1;
  const child = (node: number, code: number): number => {
    for (let slot = slotOf(node, code) & mask; ; slot = (slot + 1) & mask) {
      const found = table[slot * SLOT_WORDS + 2] as number;
      if (found === 0) return 0;
      if (table[slot * SLOT_WORDS] === node && table[slot * SLOT_WORDS + 1] === code) return found;
    }
  };
  const beginning = (first: number, second: number): number => {
    if (first > 0xffff || second > 0xffff) return 0;
    const pair = ((first << 16) | second) >>> 0;
    for (let at = pairSlot(first, second); ; at = (at + 2) & PAIR_MASK) {
      const found = pairs[at] as number;
      if (found === pair) return pairs[at + 1] as number;
      if (found === 0) return 0;
    }
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

/** Numbers of the table of {@link Dictionary.beginning}: pair and node by turns. It mostly stays in a processor's cache. */
export const PAIR_WORDS = 2 ** 19;

/** Keeps a place in that table inside it and at a pair. */
export const PAIR_MASK = PAIR_WORDS - 2;

/** Size of the shared memory of a trie. */
export function byteLength(slots: number, nodes: number): number {
  return (slots * SLOT_WORDS + nodes + PAIR_WORDS) * 4;
}

/** The arrays of a trie in its shared memory. */
export function viewsOf(buffer: SharedArrayBuffer, slots: number, nodes: number) {
  const weightsAt = slots * SLOT_WORDS * 4;
  return {
    slots: new Uint32Array(buffer, 0, slots * SLOT_WORDS),
    weights: new Float32Array(buffer, weightsAt, nodes),
    pairs: new Uint32Array(buffer, weightsAt + nodes * 4, PAIR_WORDS),
  };
}

/** Where the search for a pair of characters of the basic plane begins. */
export function pairSlot(first: number, second: number): number {
  return (slotOf(first, second) * 2) & PAIR_MASK;
}

/** Where the search for a child begins, before masking: a multiplicative mix of node and code. */
export function slotOf(node: number, code: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
