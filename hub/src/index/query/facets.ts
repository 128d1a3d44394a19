/**
 * Filters and facet counts of a query.
 *
 * Counts are disjunctive: the counts of a field leave out the filters on that field, so that a page can offer the other
 * values. One pass does it: a document that fails filters of one column and no other counts for that column, whose numbers
 * then say which fields it fails.
 *
 * @module
 */

import type { FieldFilter } from "@tributary/proto";
import { TributaryError } from "@tributary/proto/base";
import { type FacetCounts, type IndexQuery, MAX_FACET_VALUES } from "../../ports/search-index.ts";
import { STATE_FIELD } from "../fields.ts";
import { apart } from "../loop.ts";
import type { Segment } from "../segment/segment.ts";
import { BATCH_SIZE, type Batch } from "./batch.ts";
import {
  type Column,
  type ColumnField,
  emptyColumn,
  type FacetColumns,
  type FieldValues,
  type Numbers,
} from "./facet-columns.ts";

/** Adds up facet counts over segments. */
export class FacetTally {
  readonly #columns: FacetColumns;
  readonly #fields: readonly string[];
  readonly #sums = new Map<string, ValueSums>();

  /** @param fields Facet fields. */
  constructor(fields: readonly string[], columns: FacetColumns) {
    this.#fields = [...new Set(fields)];
    this.#columns = columns;
  }

  /** Documents by value of a field, to be added to. */
  sumsOf(field: string): ValueSums {
    let sums = this.#sums.get(field);
    if (sums === undefined) {
      sums = new ValueSums(this.#columns.valuesOf(field));
      this.#sums.set(field, sums);
    }
    sums.grow();
    return sums;
  }

  /** The counts; asked for once, at the end. */
  result(): FacetCounts[] {
    const counts = this.#fields.map((field) => ({
      field,
      values: this.#sums.get(field)?.mostFrequent() ?? [],
    }));
    for (const sums of this.#sums.values()) sums.giveBack();
    return counts;
  }
}

/** Documents by value of one field. */
class ValueSums {
  readonly #values: FieldValues;
  /** By number of the value, and the numbers with a sum. */
  #sums: Uint32Array;
  readonly #found: number[] = [];

  constructor(values: FieldValues) {
    this.#values = values;
    this.#sums = values.takeSums();
  }

  /** Makes room for values that a segment brought. */
  grow(): void {
    if (this.#sums.length >= this.#values.size) return;
    const grown = new Uint32Array(this.#values.size);
    grown.set(this.#sums);
    this.#sums = grown;
  }

  /** Leaves the memory of the sums to the next query. */
  giveBack(): void {
    for (const value of this.#found) this.#sums[value] = 0;
    this.#values.giveBackSums(this.#sums);
  }

  /**
   * Adds the values of numbers of a column.
   *
   * @param counts Of each number; 1 of all if left out.
   */
  add(
    { ids, ends }: ColumnField,
    numbers: readonly number[],
    counts: Uint32Array | undefined,
  ): void {
    const sums = this.#sums;
    const found = this.#found;
    for (const number of numbers) {
      const count = counts === undefined ? 1 : (counts[number] as number);
      const end = ends[number] as number;
      for (let at = number === 0 ? 0 : (ends[number - 1] as number); at < end; at++) {
        const value = ids[at] as number;
        const sum = sums[value] as number;
        if (sum === 0) found.push(value);
        sums[value] = sum + count;
      }
    }
  }

  /** The values with most documents, at most {@link MAX_FACET_VALUES}; equal ones by name. */
  mostFrequent(): FacetCounts["values"] {
    const { sorted, ranks } = this.#values.order;
    const values = this.#notRare();
    const keys = new Float64Array(values.length);
    for (let i = 0; i < keys.length; i++) {
      const value = values[i] as number;
      keys[i] = (this.#sums[value] as number) * ORDER + (ORDER - 1 - (ranks[value] as number));
    }
    keys.sort();
    const shown: { value: string; count: number }[] = [];
    for (let i = keys.length - 1; i >= 0 && shown.length < MAX_FACET_VALUES; i--) {
      const key = keys[i] as number;
      const count = Math.floor(key / ORDER);
      shown.push({ value: sorted[ORDER - 1 - (key - count * ORDER)] as string, count });
    }
    return shown;
  }

  /** Values among which those with most documents are, and few others where there are many. */
  #notRare(): readonly number[] {
    const found = this.#found;
    if (found.length <= MAX_FACET_VALUES) return found;
    const tally = new Uint32Array(FEW + 1);
    for (const value of found) {
      const at = Math.min(this.#sums[value] as number, FEW);
      tally[at] = (tally[at] as number) + 1;
    }
    let least = FEW;
    for (let shown = tally[FEW] as number; shown < MAX_FACET_VALUES; ) {
      least -= 1;
      shown += tally[least] as number;
    }
    return found.filter((value) => (this.#sums[value] as number) >= least);
  }
}

/** Sums from here on are not told apart when rare values are left out. */
const FEW = 256;

/** More than a field has values: a count times this and a place before it make one number to sort by. */
const ORDER = 2 ** 26;

/** A column that a query looks at. Tables are by number; undefined where nothing is filtered or excluded. */
interface Look {
  readonly column: Column;
  /** Bit of the column among those with filters; 0 without. */
  readonly bit: number;
  /** `bit` for numbers that fail a filter, else 0. */
  readonly failing: Uint32Array | undefined;
  /** A bit for each field, in their order, of which a number fails a filter. */
  readonly failed: Uint32Array | undefined;
  /** 1 for numbers that are excluded, else 0. */
  readonly excluded: Uint32Array | undefined;
  /** Facet fields with their place in the column. */
  readonly facets: readonly { readonly field: string; readonly place: number }[];
  /** Numbers of documents that fail no filter of another column. */
  readonly numbers: NumberCounts;
}

/** Counts of the numbers of documents in a column: a list while there are few, a table then. */
class NumberCounts {
  readonly #few: number[] = [];
  #table: Uint32Array | undefined;
  readonly #tableSize: number;

  /** @param tableSize Numbers are below it. */
  constructor(tableSize: number) {
    this.#tableSize = tableSize;
  }

  /** Adds the first `size` documents. */
  add(numbers: Numbers, size: number): void {
    const { of, at } = numbers;
    if (this.#table === undefined && this.#few.length + size <= FEW_NUMBERS) {
      for (let i = 0; i < size; i++) this.#few.push(of[at[i] as number] as number);
      return;
    }
    if (this.#table === undefined) {
      this.#table = new Uint32Array(this.#tableSize);
      for (const number of this.#few) this.#table[number] = (this.#table[number] as number) + 1;
    }
    apart(countNumbers, of, at, size, this.#table);
  }

  /** Numbers with a count, some maybe several times, and the counts: all 1 where there are none. */
  pairs(): { readonly numbers: readonly number[]; readonly counts: Uint32Array | undefined } {
    const table = this.#table;
    if (table === undefined) return { numbers: this.#few, counts: undefined };
    const numbers: number[] = [];
    for (let number = 0; number < table.length; number++) {
      if (table[number] !== 0) numbers.push(number);
    }
    return { numbers, counts: table };
  }
}

/** Numbers of a list. */
const FEW_NUMBERS = 256;

/** Filtered columns have a bit each. */
const MAX_FILTERED_FIELDS = 32;

/**
 * For the batch that is looked at: bits of the columns that documents fail, documents that count for one column, and
 * numbers of documents in a column. One query runs at a time in a thread. Loops over documents have no branches that
 * depend on them, since no core foresees those.
 */
const FAILED = new Uint32Array(BATCH_SIZE);
const COUNTED = new Uint32Array(BATCH_SIZE);

/** What a query filters and counts. */
export interface FacetQuery {
  readonly filters: readonly FieldFilter[];
  readonly excluded: readonly FieldFilter[];
  readonly facets: readonly string[];
  readonly stale: IndexQuery["stale"];
}

/** Applies the filters of a query to documents of one segment and counts its facets. */
export class SegmentFacets {
  readonly #look: () => readonly Look[];
  /** Made when there is something to look at. */
  #looks: readonly Look[] | undefined;
  #excluding: readonly Look[] = [];
  #filtering: readonly Look[] = [];
  #unfiltered: readonly Look[] = [];

  /** @throws {TributaryError} `ERR_QUERY_INVALID` for filters on more than {@link MAX_FILTERED_FIELDS} fields. */
  constructor(segment: Segment, columns: FacetColumns, query: FacetQuery) {
    checkFields(query.filters);
    this.#look = () => looksOf(segment, columns, query);
  }

  /** Keeps the documents that pass all filters; counts each where it belongs. */
  accept(batch: Batch): void {
    if (batch.size === 0) return;
    if (this.#looks === undefined) this.#begin();
    if (this.#excluding.length > 0) {
      check(batch, this.#excluding, ({ excluded }) => excluded as Uint32Array);
      keepPassed(batch);
    }
    if (this.#filtering.length > 0) {
      check(batch, this.#filtering, ({ failing }) => failing as Uint32Array);
      for (const look of this.#filtering) {
        if (look.facets.length === 0) continue;
        count(look, COUNTED, apart(failingNoOther, batch.docs, batch.size, look.bit));
      }
      keepPassed(batch);
    }
    for (const look of this.#unfiltered) count(look, batch.docs, batch.size);
  }

  #begin(): void {
    const looks = this.#look();
    this.#looks = looks;
    this.#excluding = looks.filter(({ excluded }) => excluded !== undefined);
    this.#filtering = looks.filter(({ bit }) => bit !== 0);
    this.#unfiltered = looks.filter(({ bit, facets }) => bit === 0 && facets.length > 0);
  }

  addTo(tally: FacetTally): void {
    for (const { column, failed, facets, numbers } of this.#looks ?? []) {
      const { numbers: found, counts } = numbers.pairs();
      for (const { field, place } of facets) {
        const sums = tally.sumsOf(field);
        const otherFields = ~(1 << place);
        const counted =
          failed === undefined
            ? found
            : found.filter((number) => ((failed[number] as number) & otherFields) === 0);
        sums.add(column.fields.get(field) as ColumnField, counted, counts);
      }
    }
  }
}

/** @throws {TributaryError} `ERR_QUERY_INVALID` */
function checkFields(filters: readonly FieldFilter[]): void {
  const { size } = new Set(filters.map(({ field }) => field));
  if (size <= MAX_FILTERED_FIELDS) return;
  const problem = `filters are on at most ${MAX_FILTERED_FIELDS} fields, not ${size}`;
  throw new TributaryError("ERR_QUERY_INVALID", problem);
}

function looksOf(segment: Segment, columns: FacetColumns, query: FacetQuery): Look[] {
  const { filters, excluded, facets, stale } = query;
  const asked = new Set([...[...filters, ...excluded].map(({ field }) => field), ...facets]);
  const stored = columns.of(segment).filter(({ fields }) => hasField(fields, asked));
  const known = asked.has(STATE_FIELD) ? [...stored, columns.state(segment, stale)] : stored;
  const isUnknown = ({ field }: FieldFilter) => !known.some(({ fields }) => fields.has(field));
  const unknown = new Set(filters.filter(isUnknown).map(({ field }) => field));
  let bits = 0;
  return [...known, ...[...unknown].map(emptyColumn)].map((column) => {
    const { size, fields } = column;
    const ofColumn = ({ field }: FieldFilter) => fields.has(field);
    const places = [...fields.keys()];
    const fieldBit = (field: string) => 1 << places.indexOf(field);
    const failed = tableOf(column, filters.filter(ofColumn), columns, 0, fieldBit);
    const bit = failed === undefined ? 0 : (1 << bits++) >>> 0;
    return {
      column,
      bit,
      failing: failed?.map((fieldBits) => (fieldBits === 0 ? 0 : bit)),
      failed,
      excluded: tableOf(column, excluded.filter(ofColumn), columns, 1, () => 1),
      facets: places
        .map((field, place) => ({ field, place }))
        .filter(({ field }) => facets.includes(field)),
      numbers: new NumberCounts(size),
    };
  });
}

function hasField(fields: ReadonlyMap<string, unknown>, asked: ReadonlySet<string>): boolean {
  for (const field of fields.keys()) if (asked.has(field)) return true;
  return false;
}

/** By number: the bits of the filters' fields in which it has (or, by `has` 0, has not) one of the values; undefined without filters. */
function tableOf(
  column: Column,
  filters: readonly FieldFilter[],
  columns: FacetColumns,
  has: 0 | 1,
  bitOf: (field: string) => number,
): Uint32Array | undefined {
  if (filters.length === 0) return undefined;
  const { size, fields } = column;
  const table = new Uint32Array(size);
  for (const { field, values } of filters) {
    const bit = bitOf(field);
    const isWanted = wantedOf(columns.valuesOf(field), values);
    const { ids, ends } = fields.get(field) as ColumnField;
    for (let number = 0, at = 0; number < size; number++) {
      let found = 0;
      for (const end = ends[number] as number; at < end; at++) {
        found |= isWanted[ids[at] as number] as number;
      }
      if (found === has) table[number] = (table[number] as number) | bit;
    }
  }
  return table;
}

/** By number of a value: 1 when it is one of those that are wanted, else 0. */
function wantedOf(values: FieldValues, wanted: readonly string[]): Uint8Array {
  const isWanted = new Uint8Array(values.size);
  for (const value of wanted) {
    const id = values.find(value);
    if (id !== undefined) isWanted[id] = 1;
  }
  return isWanted;
}

/** Writes to `FAILED` which columns each document fails, by the tables. */
function check(
  { docs, size }: Batch,
  looks: readonly Look[],
  bitsBy: (look: Look) => Uint32Array,
): void {
  FAILED.fill(0, 0, size);
  for (const look of looks) {
    const { of, at } = look.column.read(docs, size);
    apart(addFailed, of, at, size, bitsBy(look));
  }
}

function addFailed(of: Numbers["of"], at: Uint32Array, size: number, table: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    FAILED[i] = (FAILED[i] as number) | (table[of[at[i] as number] as number] as number);
  }
}

/** Keeps the documents that fail no column. */
function keepPassed(batch: Batch): void {
  batch.size = apart(passed, batch.docs, batch.scores, batch.size);
}

function passed(docs: Uint32Array, scores: Float64Array, size: number): number {
  let kept = 0;
  for (let i = 0; i < size; i++) {
    docs[kept] = docs[i] as number;
    scores[kept] = scores[i] as number;
    kept += Number(FAILED[i] === 0);
  }
  return kept;
}

/** Writes the documents that fail no column but that of `bit` to `COUNTED`; returns how many. */
function failingNoOther(docs: Uint32Array, size: number, bit: number): number {
  let found = 0;
  for (let i = 0; i < size; i++) {
    COUNTED[found] = docs[i] as number;
    found += Number(((FAILED[i] as number) & ~bit) === 0);
  }
  return found;
}

function count({ column, numbers }: Look, docs: Uint32Array, size: number): void {
  numbers.add(column.read(docs, size), size);
}

function countNumbers(of: Numbers["of"], at: Uint32Array, size: number, counts: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const number = of[at[i] as number] as number;
    counts[number] = (counts[number] as number) + 1;
  }
}
