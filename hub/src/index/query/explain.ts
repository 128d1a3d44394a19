/**
 * Why a hit has its score: each term's part by field.
 *
 * @module
 */

import type { IndexHit } from "../../ports/search-index.ts";
import { TEXT_FIELDS } from "../fields.ts";
import type { FieldScorer } from "./score.ts";
import type { WeighedTerm } from "./weighed-term.ts";

/** @param countsOf Counts by field of a term in the document; 0 when it has none. */
export function explainHit(
  terms: readonly WeighedTerm[],
  countsOf: (term: WeighedTerm) => number,
  at: { readonly scorer: FieldScorer; readonly lengths: Uint16Array; readonly doc: number },
): IndexHit["terms"] {
  const { scorer, lengths, doc } = at;
  return terms.flatMap((term) => {
    const counts = countsOf(term);
    if (counts === 0) return [];
    const score = term.weight * scorer.saturation(counts, lengths, doc);
    return TEXT_FIELDS.map((field, f) => ({
      term: term.text,
      channel: term.channel,
      field,
      score: score * scorer.share(f, counts, lengths, doc),
    })).filter((part) => part.score > 0);
  });
}

/** The part that meaning has in a score. */
export function explainMeaning(text: string, score: number): IndexHit["terms"] {
  return score > 0 ? [{ term: text, channel: "语义", field: "all", score }] : [];
}
