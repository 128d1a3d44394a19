/**
 * Makes the dictionary: jieba's word list, which `@node-rs/jieba` brings, and the words of the domain. A file of its own,
 * since the threads that only read the trie should not load five megabytes of text.
 *
 * @module
 */

import { dict } from "@node-rs/jieba/dict.js";
import {
  BYTE_LENGTH,
  beginningBit,
  childAt,
  type DictionaryData,
  fillSlot,
  findSlot,
  MOST_NODES,
  viewsOf,
} from "./dictionary.ts";
import { foldUnit } from "./fold.ts";
import { classOf, GRAM } from "./script.ts";

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

/** The trie in the memory in which it is read. */
class TrieBuilder {
  readonly #buffer = new SharedArrayBuffer(BYTE_LENGTH);
  readonly #views = viewsOf(this.#buffer);
  #nodes = 1;
  #total = 0;
  #fingerprint = 0x811c9dc5;

  /** The node of a word, folded; 0 for a text with anything but n-gram characters of the basic plane. */
  add(text: string, from: number, to: number): number {
    for (let i = from; i < to; i++) {
      const code = foldUnit(text.charCodeAt(i));
      if (code === 0 || classOf(code) !== GRAM) return 0;
    }
    const { beginnings } = this.#views;
    let node = 0;
    // The last two codes before, for the first three.
    let first = 0;
    let second = 0;
    for (let i = from; i < to; i++) {
      const code = foldUnit(text.charCodeAt(i));
      if (i === from + 2) {
        const bit = beginningBit(first, second, code);
        beginnings[bit >>> 5] = (beginnings[bit >>> 5] as number) | (1 << (bit & 31));
      }
      first = second;
      second = code;
      node = this.#childOrNew(node, code);
      this.#mix(code);
    }
    return node;
  }

  /** Adds to the frequency of a word: traditional and simplified spellings are one. */
  count(node: number, frequency: number): void {
    this.#set(node, (this.#views.weights[node] as number) + Math.max(1, frequency));
  }

  /** Raises the frequency of a word to `frequency`. */
  atLeast(node: number, frequency: number): void {
    if ((this.#views.weights[node] as number) < frequency) this.#set(node, frequency);
  }

  finish(): DictionaryData {
    return {
      buffer: this.#buffer,
      logTotal: Math.log(this.#total),
      fingerprint: this.#fingerprint >>> 0,
    };
  }

  #set(node: number, weight: number): void {
    const { weights } = this.#views;
    this.#total += weight - (weights[node] as number);
    weights[node] = weight;
    this.#mix(weight);
  }

  /** One step of FNV-1a. */
  #mix(value: number): void {
    this.#fingerprint = Math.imul(this.#fingerprint ^ value, 0x01000193);
  }

  #childOrNew(node: number, code: number): number {
    const { slots } = this.#views;
    const slot = findSlot(slots, node, code);
    const known = childAt(slots, slot);
    if (known !== 0) return known;
    if (this.#nodes === MOST_NODES) throw new RangeError(`more than ${MOST_NODES} nodes`);
    const child = this.#nodes++;
    fillSlot(slots, slot, { node, code, child });
    return child;
  }
}
