/**
 * Rows that together say one thing, as a case with two effects that takes two rows of a sheet.
 *
 * @module
 */

import type { SourceRow } from "../ports/source.ts";
import { newCells } from "../sources/cells.ts";
import { textOf } from "./cell.ts";

/** Rows that are put into one at most; more are separate records. */
const MAX_ROWS = 50;

/** Title of a column in the n-th row of a group: 指标, 指标 (2), 指标 (3). */
export function placeOf(title: string, place: number): string {
  return place === 1 ? title : `${title} (${place})`;
}

/**
 * Puts rows that follow each other and have the same values in `group` into the first of them. A column whose values
 * differ has those of further rows under {@link placeOf}; a row whose group columns are all empty stays alone.
 */
export async function* groupRows(
  rows: AsyncIterable<SourceRow>,
  group: (row: SourceRow) => readonly string[],
): AsyncGenerator<SourceRow> {
  let open: { readonly name: string; readonly rows: SourceRow[] } | undefined;
  for await (const row of rows) {
    const values = group(row).map((title) => textOf(row.cells[title] ?? null));
    const name = values.every((value) => value === "") ? undefined : JSON.stringify(values);
    if (open !== undefined && name === open.name && open.rows.length < MAX_ROWS) {
      open.rows.push(row);
      continue;
    }
    if (open !== undefined) yield together(open.rows);
    open = undefined;
    if (name === undefined) yield row;
    else open = { name, rows: [row] };
  }
  if (open !== undefined) yield together(open.rows);
}

function together(rows: readonly SourceRow[]): SourceRow {
  const [first, ...more] = rows as [SourceRow, ...SourceRow[]];
  if (more.length === 0) return first;
  const cells = Object.assign(newCells(), first.cells);
  const differing = Object.keys(first.cells).filter((title) =>
    more.some((row) => textOf(row.cells[title] ?? null) !== textOf(first.cells[title] ?? null)),
  );
  // Empty cells too: they keep what follows from being taken for the value of the first row.
  for (const [index, row] of more.entries()) {
    for (const title of differing) cells[placeOf(title, index + 2)] = row.cells[title] ?? null;
  }
  return { ...first, cells };
}
