/**
 * Makes the dictionary: jieba's word list, which `@node-rs/jieba` brings, and the words of the domain. A file of its own,
 * since the threads that only read the trie should not load five megabytes of text.
 *
 * @module
 */

import { dict } from "@node-rs/jieba/dict.js";
import {
  beginningBit,
  byteLength,
  type DictionaryData,
  SLOT_WORDS,
  slotOf,
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
  #slots = 2 ** 20;
  #buffer = new SharedArrayBuffer(byteLength(this.#slots));
  #views = viewsOf(this.#buffer, this.#slots);
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
      slots: this.#slots,
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
    const { slots, weights } = this.#views;
    const at = freeSlot(slots, this.#slots, node, code) * SLOT_WORDS;
    if (slots[at + 2] !== 0) return slots[at + 2] as number;
    const child = this.#nodes++;
    slots[at] = node;
    slots[at + 1] = code;
    slots[at + 2] = child;
    if (this.#nodes === weights.length) this.#grow();
    return child;
  }

  #grow(): void {
    const { slots, weights, beginnings } = this.#views;
    this.#slots *= 2;
    this.#buffer = new SharedArrayBuffer(byteLength(this.#slots));
    this.#views = viewsOf(this.#buffer, this.#slots);
    this.#views.weights.set(weights);
    this.#views.beginnings.set(beginnings);
    for (let at = 0; at < slots.length; at += SLOT_WORDS) {
      if (slots[at + 2] === 0) continue;
      const [node, code] = [slots[at] as number, slots[at + 1] as number];
      const slot = freeSlot(this.#views.slots, this.#slots, node, code);
      this.#views.slots.set(slots.subarray(at, at + SLOT_WORDS), slot * SLOT_WORDS);
    }
  }
}

/** The slot that holds the child, or the free one in which it belongs. */
function freeSlot(table: Uint32Array, slots: number, node: number, code: number): number {
  const mask = slots - 1;
  for (let slot = slotOf(node, code) & mask; ; slot = (slot + 1) & mask) {
    const at = slot * SLOT_WORDS;
    if (table[at + 2] === 0 || (table[at] === node && table[at + 1] === code)) return slot;
  }
}
