/**
 * A record while its fields are read.
 *
 * @module
 */

import type { SourceRow } from "../ports/source.ts";
import type { CellProblem } from "./cell-problem.ts";

/** Where results of a row's fields come together. */
export interface Draft {
  /** The body; fields of sub-messages are in objects of their own. */
  readonly value: Record<string, unknown>;
  /** Words that no list has, as "field: word". */
  readonly unmapped: string[];
  readonly problems: (CellProblem & { readonly column: string })[];
}

/** Reads one field of a row into the draft. */
export type FieldReader = (cells: SourceRow["cells"], draft: Draft) => void;

/** Longest text that is kept of a word; the record takes 500 characters with the field's name. */
const MAX_WORD = 200;
/** Words that are kept a record; the record takes as many. */
const MAX_WORDS = 500;

/** Keeps a word that is in no list. */
export function keepWord(draft: Draft, field: string, word: string): void {
  if (draft.unmapped.length < MAX_WORDS) {
    draft.unmapped.push(`${field}: ${word.slice(0, MAX_WORD).toWellFormed()}`);
  }
}
