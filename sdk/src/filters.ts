/**
 * Filters as a caller writes them.
 *
 * @module
 */

import type { FACET_FIELDS, FieldFilter } from "@tributary/proto";

/** A field that records can be filtered and counted by. */
export type FacetField = (typeof FACET_FIELDS)[number];

/**
 * Keeps records that have, in each named field, one of its values: `{ kind: "case", region: ["320000", "330000"] }`.
 * A code of a hierarchy (region, industry) also keeps what is below it. A field without values keeps everything.
 */
export type Filters = { readonly [field in FacetField]?: string | readonly string[] | undefined };

/** The wire form, ascending by field, so that equal filters are equal texts. */
export function fieldFilters(filters: Filters): { field: string; values: string[] }[] {
  return Object.entries(filters)
    .map(([field, values]) => ({
      field,
      values: typeof values === "string" ? [values] : [...(values ?? [])],
    }))
    .filter(({ values }: FieldFilter) => values.length > 0)
    .sort((a, b) => (a.field < b.field ? -1 : 1));
}
