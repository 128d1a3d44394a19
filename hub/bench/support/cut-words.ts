/**
 * Words of the most probable segmentation and of other scripts, as search engines are given them that cut texts.
 *
 * @module
 */

import type { Analyzer } from "../../src/index/analysis/analyzer.ts";

export interface CutWord {
  readonly word: string;
  /** Whether it is of a script without spaces. */
  readonly isGram: boolean;
  /** In code points. */
  readonly length: number;
}

/** The words of a text in their order. */
export function cutWords(text: string, analyzer: Analyzer): CutWord[] {
  const words: CutWord[] = [];
  const { folded, dictionary } = analyzer;
  analyzer.runs(text, ({ type, from, to }) => {
    const isGram = type === "gram";
    let at = from;
    for (const end of isGram ? dictionary.cut(folded.codes, from, to) : [to]) {
      const word = String.fromCodePoint(...folded.codes.subarray(at, end));
      words.push({ word, isGram, length: end - at });
      at = end;
    }
  });
  return words;
}
