/**
 * What a mapping does with each column of a row, for people.
 *
 * @module
 */

import type { FieldSpec, TableMapping } from "./mapping-spec.ts";

/** What becomes of a column. */
export type ColumnFate =
  /** It fills these fields of the record; "key" names it. */
  | { readonly type: "used"; readonly fields: readonly string[] }
  /** The mapping says that it must not leave. */
  | { readonly type: "never" }
  /** No field takes it: it does not leave. */
  | { readonly type: "unmapped" };

/** The fate of a column, by its title. */
export function columnFates(table: TableMapping): (title: string) => ColumnFate {
  const uses = new Map<string, string[]>();
  const use = (titles: readonly string[], field: string) => {
    for (const title of titles) uses.set(title, [...(uses.get(title) ?? []), field]);
  };
  use(table.key, "key");
  for (const [field, spec] of Object.entries(table.fields)) use(titlesOf(spec), field);
  for (const titles of Object.values(table.indicators ?? {})) {
    if (titles !== undefined) use(typeof titles === "string" ? [titles] : titles, "outcomes");
  }
  return (title) => {
    // Further rows of a group stand under the title with (2), (3), ...
    const fields = uses.get(title) ?? uses.get(title.replace(/ \(\d+\)$/, ""));
    if (fields !== undefined) return { type: "used", fields };
    return table.never?.includes(title) ? { type: "never" } : { type: "unmapped" };
  };
}

function titlesOf(spec: FieldSpec): readonly string[] {
  if (typeof spec === "string") return [spec];
  if (Array.isArray(spec)) return spec;
  const { column, columns } = spec;
  if (columns !== undefined) return columns;
  return typeof column === "string" ? [column] : (column ?? []);
}
