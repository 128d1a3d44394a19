/**
 * Numbers for terms, and how often the terms of a text occur in it.
 *
 * @module
 */

import type { Analyzer, TokenSink } from "../analysis/analyzer.ts";
import { foldedSlice } from "../analysis/fold.ts";

/** Terms by number: n-grams of the basic plane by their key, all others as texts. */
export class TermNumbers {
  readonly #grams = new Map<number, number>();
  readonly #texts = new Map<string, number>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param key One or two characters, the first in the high half; as a signed number, which V8 keeps in a word. */
  gram(key: number): number | undefined {
    return this.#grams.get(key);
  }

  text(term: string): number | undefined {
    return this.#texts.get(term);
  }

  addGram(key: number): number {
    this.#grams.set(key, this.#size);
    return this.#size++;
  }

  addText(term: string): number {
    this.#texts.set(term, this.#size);
    return this.#size++;
  }

  /** Keys of n-grams with their numbers, in the order of their numbers. */
  get grams(): Iterable<readonly [key: number, number: number]> {
    return this.#grams;
  }

  get texts(): Iterable<readonly [term: string, number: number]> {
    return this.#texts;
  }
}

/** Longest part of a text that is looked at, in UTF-16 units: what a text is about, it says before. */
export const MAX_TEXT_UNITS = 2000;

/** Counts terms. One text at a time. */
export class TermCounter {
  readonly #numbers: TermNumbers;
  readonly #analyzer: Analyzer;
  readonly #sink: TokenSink;
  /** How often the term with a number occurs; 0 between texts. */
  #times = new Uint16Array(1024);
  /** Numbers of the terms of the text that was counted last, in order of first occurrence. */
  #found: number[] = [];

  /** @param isGrowing Whether terms that have no number get one; otherwise they are passed over. */
  constructor(numbers: TermNumbers, analyzer: Analyzer, isGrowing: boolean) {
    this.#numbers = numbers;
    this.#analyzer = analyzer;
    const { folded } = analyzer;
    const gram = (key: number) => {
      const known = numbers.gram(key);
      if (known !== undefined) this.#count(known);
      else if (isGrowing) this.#count(numbers.addGram(key));
    };
    const text = (term: string) => {
      const known = numbers.text(term);
      if (known !== undefined) this.#count(known);
      else if (isGrowing) this.#count(numbers.addText(term));
    };
    this.#sink = {
      unigram: (code, at) => {
        if (code <= 0xffff) gram(code << 16);
        else text(foldedSlice(folded, at, at + 1));
      },
      bigram: (first, second, at) => {
        if (first <= 0xffff && second <= 0xffff) gram((first << 16) | second);
        else text(foldedSlice(folded, at, at + 2));
      },
      word: (_node, from, to) => text(foldedSlice(folded, from, to)),
      text: ({ term }) => text(term),
    };
  }

  /** Calls `visit` with the number of each term of `text` and how often it occurs. */
  count(text: string, visit: (term: number, times: number) => void): void {
    this.#found = [];
    this.#analyzer.scan(text.slice(0, MAX_TEXT_UNITS), this.#sink);
    for (const term of this.#found) {
      visit(term, this.#times[term] as number);
      this.#times[term] = 0;
    }
  }

  #count(term: number): void {
    if (term >= this.#times.length) {
      const grown = new Uint16Array(Math.max(term + 1, this.#numbers.size, this.#times.length * 2));
      grown.set(this.#times);
      this.#times = grown;
    }
    const before = this.#times[term] as number;
    if (before === 0) this.#found.push(term);
    this.#times[term] = before + 1;
  }
}
