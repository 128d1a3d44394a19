/**
 * Analysis: what a text is made of, for the index, queries, highlighting and entity resolution alike.
 *
 * A text is folded ({@link foldInto}), split where the script changes, and each run gives terms with the source
 * characters they stand for. Runs of scripts without spaces give unigrams, bigrams and all dictionary words of three or
 * more characters; other runs give words, parts of codes and stems. The terms of any part of a Han run are terms of the
 * whole run: nothing depends on context.
 *
 * @module
 */

import type { Dictionary } from "./dictionary.ts";
import { createFolded, type Folded, foldedSlice, foldInto } from "./fold.ts";
import { forEachRun, type Run } from "./runs.ts";
import { type WordForm, type WordTerm, wordTerms } from "./words.ts";

/** Kinds of terms. */
export type TermKind = "unigram" | "bigram" | "word" | WordForm;

/** A term and where it stands in the source; UTF-16 units, `end` exclusive. */
export interface Token {
  readonly term: string;
  readonly kind: TermKind;
  readonly start: number;
  readonly end: number;
}

/** Receives the terms of a text without an object a term. Indices are elements of `folded`, `to` exclusive. */
export interface TokenSink {
  unigram(code: number, at: number): void;
  bigram(first: number, second: number, at: number): void;
  /** `node` is the word's node in the dictionary. */
  word(node: number, from: number, to: number): void;
  /** A term of a run of letters and digits. */
  text(term: WordTerm, runAt: number): void;
}

/** Analyses texts. Not re-entrant: one text at a time, the folded text is reused. */
export interface Analyzer {
  readonly dictionary: Dictionary;
  /** The folded form of the text that was scanned last. */
  readonly folded: Folded;
  /** Sends the terms of `text` to `sink`. */
  scan(text: string, sink: TokenSink): void;
  /** Terms in the order in which they begin. */
  tokens(text: string): Token[];
  /** Terms of a run of letters and digits, as {@link wordTerms} gives them. */
  wordTerms(run: string): readonly WordTerm[];
  /** Folds `text` and calls `visit` with each of its runs. */
  runs(text: string, visit: (run: Run) => void): void;
}

/** @param dictionary May be shared by several analyzers. */
export function createAnalyzer(dictionary: Dictionary): Analyzer {
  const folded = createFolded();
  const words = new WordCache();

  const scanGrams = (sink: TokenSink, from: number, to: number) => {
    const { codes } = folded;
    for (let at = from; at < to; at++) {
      const code = codes[at] as number;
      sink.unigram(code, at);
      if (at + 1 === to) break;
      const second = codes[at + 1] as number;
      sink.bigram(code, second, at);
      if (at + 2 === to) continue;
      let node = dictionary.beginning(code, second, codes[at + 2] as number);
      for (let end = at + 3; node !== 0; end++) {
        if (dictionary.isWord(node)) sink.word(node, at, end);
        if (end === to) break;
        node = dictionary.child(node, codes[end] as number);
      }
    }
  };
  const runs = (text: string, visit: (run: Run) => void) => {
    foldInto(text, folded);
    forEachRun(folded, visit);
  };
  const scan = (text: string, sink: TokenSink) => {
    runs(text, ({ type, from, to }) => {
      if (type === "gram") scanGrams(sink, from, to);
      else for (const term of words.termsOf(foldedSlice(folded, from, to))) sink.text(term, from);
    });
  };
  const tokens = (text: string): Token[] => {
    const list: Token[] = [];
    const push = (kind: TermKind, from: number, to: number, term = foldedSlice(folded, from, to)) =>
      list.push({
        term,
        kind,
        start: folded.starts[from] as number,
        end: folded.ends[to - 1] as number,
      });
    scan(text, {
      unigram: (_code, at) => push("unigram", at, at + 1),
      bigram: (_first, _second, at) => push("bigram", at, at + 2),
      word: (_node, from, to) => push("word", from, to),
      text: ({ term, form, from, to }, runAt) => push(form, runAt + from, runAt + to, term),
    });
    return list;
  };
  return { dictionary, folded, scan, tokens, runs, wordTerms: (run) => words.termsOf(run) };
}

/** Terms by run, since the same words come again and again; forgets everything when it is full. */
class WordCache {
  readonly #terms = new Map<string, readonly WordTerm[]>();

  termsOf(run: string): readonly WordTerm[] {
    const known = this.#terms.get(run);
    if (known !== undefined) return known;
    if (this.#terms.size >= 65_536) this.#terms.clear();
    const terms = wordTerms(run);
    this.#terms.set(run, terms);
    return terms;
  }
}
