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

import { dict } from "@node-rs/jieba/dict.js";
import { foldUnit } from "./fold.ts";
import { classOf, GRAM } from "./script.ts";

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
  /** True when the path to the node is a word. */
  isWord(node: number): boolean;
  /**
   * Ends of the units of the most probable segmentation of codes `from` to `to`, ascending; the last is `to`. With
   * `isFiner` the whole is not taken for a word even if it is one.
   */
  cut(codes: Uint32Array, from: number, to: number, isFiner?: boolean): number[];
}

/** A word of the domain and how often it would occur in as much text as the dictionary was counted on. */
export interface DomainWord {
  readonly word: string;
  readonly frequency: number;
}

/** Builds the trie from jieba's dictionary and the words of the domain. Takes some 0.2 s. */
export function buildDictionary(domain: readonly DomainWord[]): DictionaryData {
  const builder = new TrieBuilder();
  const text = new TextDecoder().decode(dict);
  for (let at = 0; at < text.length; ) {
    // A line is: word, space, frequency, space, part of speech.
    const space = text.indexOf(" ", at);
    const end = text.indexOf(" ", space + 1);
    if (space === -1 || end === -1) break;
    const node = builder.add(text, at, space);
    if (node !== 0) builder.count(node, Number(text.slice(space + 1, end)));
    const line = text.indexOf("\n", end);
    at = line === -1 ? text.length : line + 1;
  }
  for (const { word, frequency } of domain) {
    const node = builder.add(word, 0, word.length);
    if (node !== 0) builder.atLeast(node, frequency);
  }
  return builder.finish();
}

/** Reads a trie. The data is trusted: it comes from {@link buildDictionary} in another thread. */
export function openDictionary(data: DictionaryData): Dictionary {
  const {
    parents,
    codes: labels,
    children,
    weights,
  } = viewsOf(data.buffer, data.slots, data.nodes);
  const mask = data.slots - 1;
  const child = (node: number, code: number): number => {
    for (let slot = slotOf(node, code) & mask; ; slot = (slot + 1) & mask) {
      const found = children[slot] as number;
      if (found === 0) return 0;
      if (parents[slot] === node && labels[slot] === code) return found;
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

  return { data, child, isWord, cut };
}

class TrieBuilder {
  #slots = 2 ** 20;
  #parents = new Uint32Array(this.#slots);
  #codes = new Uint16Array(this.#slots);
  #children = new Uint32Array(this.#slots);
  #weights = new Float32Array(2 ** 19);
  #nodes = 1;
  #total = 0;
  #fingerprint = 0x811c9dc5;

  /** The node of a word, folded; 0 for a text with anything but n-gram characters of the basic plane. */
  add(text: string, from: number, to: number): number {
    for (let i = from; i < to; i++) {
      const code = foldUnit(text.charCodeAt(i));
      if (code === 0 || classOf(code) !== GRAM) return 0;
    }
    let node = 0;
    for (let i = from; i < to; i++) {
      const code = foldUnit(text.charCodeAt(i));
      node = this.#childOrNew(node, code);
      this.#mix(code);
    }
    return node;
  }

  /** Adds to the frequency of a word: traditional and simplified spellings are one. */
  count(node: number, frequency: number): void {
    this.#set(node, (this.#weights[node] as number) + Math.max(1, frequency));
  }

  /** Raises the frequency of a word to `frequency`. */
  atLeast(node: number, frequency: number): void {
    if ((this.#weights[node] as number) < frequency) this.#set(node, frequency);
  }

  finish(): DictionaryData {
    const nodes = this.#nodes;
    const buffer = new SharedArrayBuffer(byteLength(this.#slots, nodes));
    const views = viewsOf(buffer, this.#slots, nodes);
    views.parents.set(this.#parents);
    views.codes.set(this.#codes);
    views.children.set(this.#children);
    views.weights.set(this.#weights.subarray(0, nodes));
    return {
      buffer,
      slots: this.#slots,
      nodes,
      logTotal: Math.log(this.#total),
      fingerprint: this.#fingerprint >>> 0,
    };
  }

  #set(node: number, weight: number): void {
    this.#total += weight - (this.#weights[node] as number);
    this.#weights[node] = weight;
    this.#mix(weight);
  }

  /** One step of FNV-1a. */
  #mix(value: number): void {
    this.#fingerprint = Math.imul(this.#fingerprint ^ value, 0x01000193);
  }

  #childOrNew(node: number, code: number): number {
    const mask = this.#slots - 1;
    for (let slot = slotOf(node, code) & mask; ; slot = (slot + 1) & mask) {
      const found = this.#children[slot] as number;
      if (found === 0) return this.#newChild(slot, node, code);
      if (this.#parents[slot] === node && this.#codes[slot] === code) return found;
    }
  }

  #newChild(slot: number, node: number, code: number): number {
    const child = this.#nodes++;
    this.#parents[slot] = node;
    this.#codes[slot] = code;
    this.#children[slot] = child;
    if (child >= this.#weights.length) {
      const grown = new Float32Array(this.#weights.length * 2);
      grown.set(this.#weights);
      this.#weights = grown;
    }
    if (this.#nodes > this.#slots * 0.6) this.#grow();
    return child;
  }

  #grow(): void {
    const parents = this.#parents;
    const codes = this.#codes;
    const children = this.#children;
    this.#slots *= 2;
    this.#parents = new Uint32Array(this.#slots);
    this.#codes = new Uint16Array(this.#slots);
    this.#children = new Uint32Array(this.#slots);
    const mask = this.#slots - 1;
    for (let i = 0; i < children.length; i++) {
      if (children[i] === 0) continue;
      let slot = slotOf(parents[i] as number, codes[i] as number) & mask;
      while (this.#children[slot] !== 0) slot = (slot + 1) & mask;
      this.#parents[slot] = parents[i] as number;
      this.#codes[slot] = codes[i] as number;
      this.#children[slot] = children[i] as number;
    }
  }
}

function byteLength(slots: number, nodes: number): number {
  return slots * 10 + nodes * 4;
}

function viewsOf(buffer: SharedArrayBuffer, slots: number, nodes: number) {
  return {
    parents: new Uint32Array(buffer, 0, slots),
    children: new Uint32Array(buffer, slots * 4, slots),
    weights: new Float32Array(buffer, slots * 8, nodes),
    codes: new Uint16Array(buffer, slots * 8 + nodes * 4, slots),
  };
}

/** A multiplicative mix of node and code; the high bits are the good ones. */
function slotOf(node: number, code: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
