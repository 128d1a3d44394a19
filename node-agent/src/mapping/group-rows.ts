/**
 * Rows that together say one thing, as a case with two effects that takes two rows of a sheet.
 *
 * @module
 */

import type { Cell, Source, SourceRow } from "../ports/source.ts";
import type { Mapping } from "./mapping-file.ts";
import { isNothing, textOf } from "./transforms.ts";

/** Rows that are put into one at most; more are separate records. */
const MAX_ROWS = 50;

/** The source with the groups of a mapping put together; the source itself where the mapping has none. */
export function groupedSource(source: Source, mapping: Mapping): Source {
  const groups = new Map(
    mapping.tables.flatMap(({ table, group }) => (group ? [[table, group] as const] : [])),
  );
  if (groups.size === 0) return source;
  return {
    check: (signal) => source.check(signal),
    discover: (signal) => source.discover(signal),
    fingerprint: (signal) => source.fingerprint(signal),
    read: (table, signal) => {
      const group = groups.get(table);
      const rows = source.read(table, signal);
      return group === undefined ? rows : groupRows(rows, group);
    },
  };
}

/**
 * Puts rows that follow each other and have the same values in `group` into the first of them. What differs is kept
 * under the title with (2), (3), ...; a row whose group columns are all empty stays alone.
 */
export async function* groupRows(
  rows: AsyncIterable<SourceRow>,
  group: readonly string[],
): AsyncGenerator<SourceRow> {
  let open: { readonly name: string; readonly rows: SourceRow[] } | undefined;
  for await (const row of rows) {
    const values = group.map((title) => textOf(row.cells[title] ?? null));
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
  const cells: Record<string, Cell> = Object.assign(Object.create(null), first.cells);
  // A title gets one more place a row, so that the values of one row keep one number.
  const differing = Object.keys(first.cells).filter((title) =>
    more.some((row) => textOf(row.cells[title] ?? null) !== textOf(first.cells[title] ?? null)),
  );
  for (const [index, row] of more.entries()) {
    for (const title of differing) {
      const cell = row.cells[title] ?? null;
      if (isNothing(cell)) continue;
      cells[`${title} (${index + 2})`] = cell;
    }
  }
  const { columns: _columns, ...place } = first;
  return { ...place, cells };
}
