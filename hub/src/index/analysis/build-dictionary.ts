/**
 * Makes the dictionary: jieba's word list, which `@node-rs/jieba` brings, and the words of the domain. A file of its own,
 * since the threads that only read the trie should not load five megabytes of text.
 *
 * @module
 */

import { dict } from "@node-rs/jieba/dict.js";
import {
  BEGINNING_BITS,
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

class TrieBuilder {
  #slots = 2 ** 20;
  #table = new Uint32Array(this.#slots * SLOT_WORDS);
  readonly #beginnings = new Uint32Array(BEGINNING_BITS / 32);
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
    // The last two codes before, for the first three.
    let first = 0;
    let second = 0;
    for (let i = from; i < to; i++) {
      const code = foldUnit(text.charCodeAt(i));
      if (i === from + 2) {
        const bit = beginningBit(first, second, code);
        this.#beginnings[bit >>> 5] = (this.#beginnings[bit >>> 5] as number) | (1 << (bit & 31));
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
    views.slots.set(this.#table);
    views.beginnings.set(this.#beginnings);
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
    const table = this.#table;
    const slot = freeSlot(table, this.#slots, node, code);
    const at = slot * SLOT_WORDS;
    if (table[at + 2] !== 0) return table[at + 2] as number;
    const child = this.#nodes++;
    table[at] = node;
    table[at + 1] = code;
    table[at + 2] = child;
    if (child >= this.#weights.length) {
      const grown = new Float32Array(this.#weights.length * 2);
      grown.set(this.#weights);
      this.#weights = grown;
    }
    if (this.#nodes > this.#slots * 0.6) this.#grow();
    return child;
  }

  #grow(): void {
    const table = this.#table;
    this.#slots *= 2;
    this.#table = new Uint32Array(this.#slots * SLOT_WORDS);
    for (let at = 0; at < table.length; at += SLOT_WORDS) {
      if (table[at + 2] === 0) continue;
      const slot = freeSlot(this.#table, this.#slots, table[at] as number, table[at + 1] as number);
      this.#table.set(table.subarray(at, at + SLOT_WORDS), slot * SLOT_WORDS);
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
