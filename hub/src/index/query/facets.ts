/**
 * Filters and facet counts over the columns of a segment.
 *
 * Counts are disjunctive: the counts of a field leave out the filters on that field, so that a page can offer the other
 * values. One pass does it: a document that fails exactly one filtered field counts for that field only.
 *
 * @module
 */

import type { FieldFilter } from "@tributary/proto";
import type { FacetCounts, IndexQuery } from "../../ports/search-index.ts";
import { compareTexts, STATE_FIELD } from "../fields.ts";
import type { Segment, SetColumnView } from "../segment/segment.ts";

/** Sets of the computed state column. */
const STATE_SETS = [[], [0], [1]] as const;
const STATE_VALUES = ["live", "stale"] as const;
const LIVE = 1;
const STALE = 2;

/** What makes a document stale; see {@link IndexQuery.stale}. */
type Staleness = IndexQuery["stale"];

interface Column {
  readonly sets: readonly (readonly number[])[];
  readonly values: readonly string[];
  setOf(doc: number): number;
}

interface Filter {
  /** Number of the field among filtered fields. */
  readonly field: number;
  readonly column: Column;
  /** By set: 1 when documents with the set pass. */
  readonly accepted: Uint8Array;
}

/** Adds up facet counts over segments. */
export class FacetTally {
  readonly #counts: ReadonlyMap<string, Map<string, number>>;

  constructor(fields: readonly string[]) {
    this.#counts = new Map(fields.map((field) => [field, new Map()]));
  }

  add(field: string, value: string, count: number): void {
    const counts = this.#counts.get(field) as Map<string, number>;
    counts.set(value, (counts.get(value) ?? 0) + count);
  }

  result(): FacetCounts[] {
    return [...this.#counts].map(([field, counts]) => ({
      field,
      values: [...counts]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || compareTexts(a.value, b.value)),
    }));
  }
}

/** Applies the filters of a query to documents of one segment and counts its facets. */
export class SegmentFacets {
  readonly #filters: readonly Filter[];
  readonly #excluded: readonly Filter[];
  readonly #facets: readonly {
    readonly field: string;
    /** Number of the field among filtered fields, or -1. */
    readonly filtered: number;
    readonly column: Column;
    readonly counts: Uint32Array;
  }[];

  constructor(
    segment: Segment,
    filters: readonly FieldFilter[],
    excluded: readonly FieldFilter[],
    facets: readonly string[],
    stale: Staleness,
  ) {
    const columns = new Map<string, Column>();
    const columnOf = (field: string): Column => {
      let column = columns.get(field);
      if (column === undefined) {
        column =
          field === STATE_FIELD ? stateColumn(segment, stale) : storedColumn(segment.facet(field));
        columns.set(field, column);
      }
      return column;
    };
    const fields = [...new Set(filters.map(({ field }) => field))];
    const filterOf = ({ field, values }: FieldFilter): Filter => {
      const column = columnOf(field);
      return { field: fields.indexOf(field), column, accepted: acceptedSets(column, values) };
    };
    this.#filters = filters.map(filterOf);
    this.#excluded = excluded.map(filterOf);
    this.#facets = [...new Set(facets)].map((field) => {
      const column = columnOf(field);
      const counts = new Uint32Array(column.sets.length);
      return { field, filtered: fields.indexOf(field), column, counts };
    });
  }

  /** Whether a document that matches the rest of the query passes all filters; counts it where it belongs. */
  accept(doc: number): boolean {
    for (const { column, accepted } of this.#excluded) {
      if (accepted[column.setOf(doc)] === 1) return false;
    }
    let failed = -1;
    for (const { field, column, accepted } of this.#filters) {
      if (accepted[column.setOf(doc)] === 1 || field === failed) continue;
      if (failed !== -1) return false;
      failed = field;
    }
    for (const { filtered, column, counts } of this.#facets) {
      if (failed !== -1 && filtered !== failed) continue;
      const set = column.setOf(doc);
      counts[set] = (counts[set] as number) + 1;
    }
    return failed === -1;
  }

  addTo(tally: FacetTally): void {
    for (const { field, column, counts } of this.#facets) {
      counts.forEach((count, set) => {
        if (count === 0) return;
        for (const value of column.sets[set] as readonly number[]) {
          tally.add(field, column.values[value] as string, count);
        }
      });
    }
  }
}

function acceptedSets({ sets, values }: Column, wanted: readonly string[]): Uint8Array {
  const ids = new Set(wanted.map((value) => values.indexOf(value)).filter((id) => id !== -1));
  return Uint8Array.from(sets, (set) => (set.some((value) => ids.has(value)) ? 1 : 0));
}

function storedColumn(view: SetColumnView | undefined): Column {
  if (view === undefined) return { sets: [[]], values: [], setOf: () => 0 };
  const { setOf, sets, values } = view;
  return { sets, values, setOf: (doc) => setOf[doc] as number };
}

function stateColumn(segment: Segment, { atMs, centers }: Staleness): Column {
  const { validUntil, center } = segment;
  const isStaleCenter = segment.meta.centers.map((id) => centers.has(id));
  return {
    sets: STATE_SETS,
    values: STATE_VALUES,
    setOf: (doc) =>
      isStaleCenter[center[doc] as number] ||
      (validUntil !== undefined && (validUntil[doc] as number) < atMs)
        ? STALE
        : LIVE,
  };
}
