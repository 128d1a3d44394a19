/**
 * Merged ranges of a sheet, looked up by cell. Ranges are never expanded: a hostile one covers a whole sheet.
 *
 * @module
 */

import type { Merges } from "./header.ts";

/** A merged range; rows counted from 1, columns from 0, both ends inside. */
export interface MergedRange {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Ranges of at most this many rows are found by row, taller ones by looking at all of them once a row. */
const LOW_ROWS = 64;
/** Letters of the last column, XFD. */
const MAX_LETTERS = 3;

/** Looks up merged ranges; quick when asked row by row. */
export class MergedCells implements Merges {
  readonly #low = new Map<number, MergedRange[]>();
  readonly #tall: MergedRange[] = [];
  #row = 0;
  #inRow: readonly MergedRange[] = [];

  constructor(ranges: Iterable<MergedRange>) {
    for (const range of ranges) {
      if (range.bottom - range.top >= LOW_ROWS) this.#tall.push(range);
      else for (let row = range.top; row <= range.bottom; row += 1) this.#addLow(row, range);
    }
  }

  #addLow(row: number, range: MergedRange): void {
    const known = this.#low.get(row);
    if (known === undefined) this.#low.set(row, [range]);
    else known.push(range);
  }

  cornerOf(
    row: number,
    column: number,
  ): { readonly row: number; readonly column: number } | undefined {
    if (row !== this.#row) {
      const tall = this.#tall.filter(({ top, bottom }) => row >= top && row <= bottom);
      this.#inRow = [...(this.#low.get(row) ?? []), ...tall];
      this.#row = row;
    }
    if (this.#inRow.length === 0) return undefined;
    const range = this.#inRow.find(({ left, right }) => column >= left && column <= right);
    return range && { row: range.top, column: range.left };
  }
}

/** Reads a range such as A1:C3; undefined for a single cell or anything else. */
export function parseRange(text: string): MergedRange | undefined {
  const found = /^\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(text);
  if (found === null) return undefined;
  const [, left = "", top, right = "", bottom] = found;
  return {
    top: Number(top),
    bottom: Number(bottom),
    left: columnIndex(left),
    right: columnIndex(right),
  };
}

/** Index of the column that an address such as "AB12", or its letters alone, begins with, from 0; -1 if with none. */
export function columnIndex(address: string): number {
  let index = 0;
  for (let i = 0; i < MAX_LETTERS; i += 1) {
    const code = address.charCodeAt(i);
    if (!(code >= 65 && code <= 90)) break;
    index = index * 26 + (code - 64);
  }
  return index - 1;
}
