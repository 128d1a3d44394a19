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
  const { slots, weights, beginnings } = viewsOf(data.buffer);
  const child = (node: number, code: number): number =>
    code > MAX_CODE ? 0 : childAt(slots, findSlot(slots, node, code));
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

/** Words are of the basic plane: 16 bits. */
const MAX_CODE = 0xffff;

/** Slots of the hash table of children: jieba's words fill half of them, and with more than 60 % a look becomes long. */
const SLOTS = 2 ** 20;

/**
 * Numbers of a slot, which is free when the second is 0: `parent << 12 | code >>> 4` and `code << 28 | child`, for 20 bits
 * of a node and 16 of a code. One slot is one look into memory.
 */
const SLOT_WORDS = 2;

/** How many nodes a trie may have, the root among them. */
export const MOST_NODES = Math.floor(SLOTS * 0.6);

const CHILD_MASK = 2 ** 20 - 1;

/** Size of the table of {@link Dictionary.beginning}, a bit a slot: it stays in a processor's cache. */
const BEGINNING_BITS = 2 ** 22;

/** Size of the shared memory of a trie. */
export const BYTE_LENGTH = (SLOTS * SLOT_WORDS + MOST_NODES + BEGINNING_BITS / 32) * 4;

/** The arrays of a trie in its shared memory. */
export function viewsOf(buffer: SharedArrayBuffer) {
  const weightsAt = SLOTS * SLOT_WORDS * 4;
  return {
    slots: new Uint32Array(buffer, 0, SLOTS * SLOT_WORDS),
    weights: new Float32Array(buffer, weightsAt, MOST_NODES),
    beginnings: new Uint32Array(buffer, weightsAt + MOST_NODES * 4, BEGINNING_BITS / 32),
  };
}

/** The slot that holds the child, or the free one in which it belongs. @param code At most {@link MAX_CODE}. */
export function findSlot(slots: Uint32Array, node: number, code: number): number {
  const first = ((node << 12) | (code >>> 4)) >>> 0;
  for (let slot = slotOf(node, code) & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
    const second = slots[slot * SLOT_WORDS + 1] as number;
    const isIt = slots[slot * SLOT_WORDS] === first && second >>> 28 === (code & 15);
    if (isIt || second === 0) return slot;
  }
}

/** The child in a slot; 0 in a free one, since the root is no child. */
export function childAt(slots: Uint32Array, slot: number): number {
  return (slots[slot * SLOT_WORDS + 1] as number) & CHILD_MASK;
}

/** Takes a free slot. */
export function fillSlot(
  slots: Uint32Array,
  slot: number,
  { node, code, child }: { readonly node: number; readonly code: number; readonly child: number },
): void {
  slots[slot * SLOT_WORDS] = (node << 12) | (code >>> 4);
  slots[slot * SLOT_WORDS + 1] = ((code & 15) << 28) | child;
}

/** The bit that is set when a word of three or more characters begins with these. */
export function beginningBit(first: number, second: number, third: number): number {
  return slotOf(slotOf(first, second), third) & (BEGINNING_BITS - 1);
}

/** Where the search for a child begins, before masking: a multiplicative mix of node and code. */
function slotOf(node: number, code: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
