/**
 * Words that mean the same to a searcher.
 *
 * @module
 */

import data from "./data/synonyms.json" with { type: "json" };

/** Groups of words of one meaning; the first is the usual one. */
export function synonymGroups(): readonly (readonly string[])[] {
  return data.groups;
}
