/**
 * A source as its mapping wants it: only the rows that may leave, and those that belong together as one.
 *
 * @module
 */

import type { ColumnAddresses, Source, SourceRow } from "../ports/source.ts";
import { textOf } from "./cell.ts";
import { ColumnFinder } from "./columns.ts";
import { groupRows } from "./group-rows.ts";
import type { Mapping, TableMapping } from "./mapping-spec.ts";

/** The source with the rows of each table chosen and put together; the source itself where nothing is to be done. */
export function preparedSource(source: Source, { tables }: Mapping): Source {
  const prepared = new Map(
    tables
      .filter(({ only, group }) => only !== undefined || group !== undefined)
      .map((table) => [table.table, table]),
  );
  if (prepared.size === 0) return source;
  return {
    check: (signal) => source.check(signal),
    discover: (signal) => source.discover(signal),
    fingerprint: (signal) => source.fingerprint(signal),
    read: (table, signal) => {
      const rows = source.read(table, signal);
      const mapping = prepared.get(table);
      return mapping === undefined ? rows : preparedRows(rows, mapping);
    },
  };
}

function preparedRows(
  rows: AsyncIterable<SourceRow>,
  { table, only = {}, group }: TableMapping,
): AsyncIterable<SourceRow> {
  const wanted = Object.entries(only).map(
    ([title, values]) => [title, new Set(values.map((value) => textOf(value)))] as const,
  );
  const groupOf = columnsOf(table, group ?? []);
  const onlyOf = wanted.map(([title, values]) => [columnsOf(table, [title]), values] as const);
  const chosen = onlyOf.length === 0 ? rows : rowsWith(rows, onlyOf);
  return group === undefined ? chosen : groupRows(chosen, groupOf);
}

type ColumnsOf = (row: SourceRow) => readonly string[];

/** The columns that a mapping names, as the rows have them; a row without one of them ends the read. */
function columnsOf(table: string, titles: readonly string[]): ColumnsOf {
  let columns: ColumnAddresses | undefined;
  let found: readonly string[] | undefined;
  return (row) => {
    if (found === undefined || row.columns !== columns) {
      const finder = new ColumnFinder(row.columns);
      // 企业名称 in one file is 服务商名称 in another: one of them has to be there.
      found = finder.oneOf(titles);
      finder.assertComplete(table);
      columns = row.columns;
    }
    return found;
  };
}

async function* rowsWith(
  rows: AsyncIterable<SourceRow>,
  conditions: readonly (readonly [ColumnsOf, ReadonlySet<string>])[],
): AsyncGenerator<SourceRow> {
  for await (const row of rows) {
    const isWanted = conditions.every(([columns, values]) =>
      columns(row).some((title) => values.has(textOf(row.cells[title] ?? null))),
    );
    if (isWanted) yield row;
  }
}
