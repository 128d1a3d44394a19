/**
 * What a mapping does with each column of a row, for people.
 *
 * @module
 */

import { findTitle } from "../sources/title.ts";
import { titlesOf } from "./columns.ts";
import { type FieldSpec, fullSpec, type TableMapping } from "./mapping-spec.ts";

/** What becomes of a column. */
export type ColumnFate =
  /** It fills these fields of the record; "key" names it. */
  | { readonly type: "used"; readonly fields: readonly string[] }
  /** The mapping says that it must not leave. */
  | { readonly type: "never" }
  /** No field takes it: it does not leave. */
  | { readonly type: "unmapped" };

/**
 * The fate of a column, by its title.
 *
 * @param titles Those that the table has: a mapping may mean one by its last part, as rows are read.
 */
export function columnFates(
  table: TableMapping,
  titles: readonly string[],
): (title: string) => ColumnFate {
  const meant = (title: string) => findTitle(titles, title) ?? title;
  const never = new Set((table.never ?? []).map(meant));
  const uses = new Map<string, string[]>();
  const use = (written: readonly string[], field: string) => {
    for (const title of written.map(meant)) uses.set(title, [...(uses.get(title) ?? []), field]);
  };
  use(table.key, "key");
  for (const [field, spec] of Object.entries(table.fields)) use(columnsOf(spec), field);
  for (const written of Object.values(table.indicators ?? {})) use(titlesOf(written), "outcomes");
  return (title) => {
    // Further rows of a group stand under the title with (2), (3), ...
    const fields = uses.get(title) ?? uses.get(title.replace(/ \(\d+\)$/, ""));
    if (fields !== undefined) return { type: "used", fields };
    return { type: never.has(title) ? "never" : "unmapped" };
  };
}

function columnsOf(spec: FieldSpec): readonly string[] {
  const { column, columns } = fullSpec(spec);
  return columns ?? titlesOf(column);
}
