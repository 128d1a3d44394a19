/**
 * What the visible documents of an index are made of, for the correction of queries. Words and titles of documents that
 * the reader may not see do not exist here: a correction must not tell that they do.
 *
 * @module
 */

import type { Reader } from "../../ports/search-index.ts";
import { isInAudience } from "../fields.ts";
import type { Generation } from "../generation.ts";
import { type Deletes, isDeleted } from "../segment/deletes.ts";
import { END } from "../segment/postings.ts";
import type { Segment } from "../segment/segment.ts";
import { completionsIn } from "../suggest/complete.ts";
import type { Term } from "./plan.ts";
import { findTerm } from "./weighed-term.ts";

/** @see {@link lexiconOf} */
export interface Lexicon {
  /** Whether a document has the term. */
  has(term: Term): boolean;
  /** Titles whose pinyin begins with `sound`; some, if there are many. */
  titlesWithSound(sound: string): readonly string[];
  /** Words of scripts with spaces that begin with a letter, and in how many documents about they are. */
  wordsWith(first: string): Iterable<{ readonly word: string; readonly df: number }>;
}

/** Titles that are looked at. */
const MAX_TITLES = 32;

/** The lexicon of a generation for a reader. */
export function lexiconOf(generation: Generation, reader: Reader): Lexicon {
  const views = generation.segments.map(({ segment, deletes }) => {
    const isSeen = segment.meta.audiences.map((audience) => isInAudience(reader, audience));
    return { segment, hasPlace: (place: number) => hasVisible(segment, place, deletes, isSeen) };
  });
  return {
    has: (term) =>
      views.some(({ segment, hasPlace }) => {
        const place = findTerm(segment, term);
        return place !== -1 && hasPlace(place);
      }),
    titlesWithSound: (sound) =>
      completionsIn(generation, "pinyin", sound, MAX_TITLES, reader).map(({ text }) => text),
    *wordsWith(first) {
      for (const { segment, hasPlace } of views) {
        const end = segment.textTermAt.length - 1;
        for (let place = segment.lowerBoundText(first); place < end; place++) {
          const word = segment.textTerm(place);
          if (!word.startsWith(first)) break;
          const term = segment.gramKeys.length + place;
          if (hasPlace(term)) yield { word, df: segment.df(term) };
        }
      }
    },
  };
}

/** Whether a living document that the reader may see has a term. */
function hasVisible(
  segment: Segment,
  place: number,
  deletes: Deletes,
  isSeen: readonly boolean[],
): boolean {
  const cursor = segment.cursor(place);
  for (let doc = cursor.next(); doc !== END; doc = cursor.next()) {
    if (!isDeleted(deletes, doc) && isSeen[segment.audience[doc] as number]) return true;
  }
  return false;
}
