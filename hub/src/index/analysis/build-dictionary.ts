/**
 * Makes the dictionary: jieba's word list, which `@node-rs/jieba` brings, and the words of the domain. A file of its own,
 * since the threads that only read the trie should not load five megabytes of text.
 *
 * @module
 */

import { dict } from "@node-rs/jieba/dict.js";
import { byteLength, type DictionaryData, slotOf, viewsOf } from "./dictionary.ts";
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
