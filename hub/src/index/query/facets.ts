/**
 * Filters and facet counts over the columns of a segment.
 *
 * Counts are disjunctive: the counts of a field leave out the filters on that field, so that a page can offer the other
 * values. One pass does it: a document that fails exactly one filtered field counts for that field only.
 *
 * @module
 */

import type { FieldFilter } from "@tributary/proto";
import { TributaryError } from "@tributary/proto/base";
import { type FacetCounts, type IndexQuery, MAX_FACET_VALUES } from "../../ports/search-index.ts";
import { compareTexts, STATE_FIELD } from "../fields.ts";
import type { Segment, SetColumnView } from "../segment/segment.ts";
import { BATCH_SIZE, type Batch } from "./batch.ts";

/** What makes a document stale; see {@link IndexQuery.stale}. */
type Staleness = IndexQuery["stale"];

/** A column of sets of values. */
interface Column {
  readonly sets: readonly (readonly number[])[];
  readonly values: readonly string[];
  /** Writes the set of each document of a batch. */
  read(docs: Uint32Array, size: number, sets: Uint32Array): void;
}

/** The sets of a segment's column as numbers of values: set i has `ids` from `ends[i - 1]` (or 0) to `ends[i]`. */
interface NumberedSets {
  readonly ids: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * Numbers for facet values over all segments that were ever opened together, so that counts of segments are added up by
 * number and not by text. Grows with the number of different values.
 */
export class FacetValues {
  readonly #fields = new Map<string, FieldValues>();
  readonly #ofSegments = new WeakMap<Segment, Map<string, NumberedSets>>();

  /** Values of a field by number. */
  fieldOf(field: string): FieldValues {
    let found = this.#fields.get(field);
    if (found === undefined) {
      found = new FieldValues();
      this.#fields.set(field, found);
    }
    return found;
  }

  /** The sets of a segment's column. */
  setsOf(segment: Segment, field: string): NumberedSets {
    let ofSegment = this.#ofSegments.get(segment);
    if (ofSegment === undefined) {
      ofSegment = new Map();
      this.#ofSegments.set(segment, ofSegment);
    }
    let numbered = ofSegment.get(field);
    if (numbered === undefined) {
      const { sets, values } = field === STATE_FIELD ? STATE : (segment.facet(field) ?? NO_SETS);
      const numbers = values.map((value) => this.fieldOf(field).numberOf(value));
      const ids = Uint32Array.from(sets.flat(), (value) => numbers[value] as number);
      let end = 0;
      numbered = { ids, ends: Uint32Array.from(sets, (set) => (end += set.length)) };
      ofSegment.set(field, numbered);
    }
    return numbered;
  }
}

/** Values of one field. */
class FieldValues {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();
  #byName = new Uint32Array(0);

  numberOf(value: string): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.names.length);
    return this.names.push(value) - 1;
  }

  /** Numbers in the order of names. */
  get byName(): Uint32Array {
    if (this.#byName.length !== this.names.length) {
      this.#byName = Uint32Array.from(this.names.keys()).sort((a, b) =>
        compareTexts(this.names[a] as string, this.names[b] as string),
      );
    }
    return this.#byName;
  }
}

/** Adds up facet counts over segments. */
export class FacetTally {
  readonly #values: FacetValues;
  readonly #fields: readonly string[];
  readonly #segments: readonly Segment[];
  /** By field, when something was added. */
  readonly #counts = new Map<string, Uint32Array>();

  /** @param segments All that may be added, so that their values have numbers. */
  constructor(fields: readonly string[], segments: readonly Segment[], values: FacetValues) {
    this.#fields = [...new Set(fields)];
    this.#segments = segments;
    this.#values = values;
  }

  /** Adds counts of sets of a segment. */
  add(segment: Segment, field: string, setCounts: Uint32Array): void {
    const { ids, ends } = this.#values.setsOf(segment, field);
    const counts = this.#countsOf(field);
    let at = 0;
    for (let set = 0; set < ends.length; set++) {
      const end = ends[set] as number;
      const count = setCounts[set] as number;
      if (count === 0) {
        at = end;
        continue;
      }
      for (; at < end; at++) {
        const id = ids[at] as number;
        counts[id] = (counts[id] as number) + count;
      }
    }
  }

  result(): FacetCounts[] {
    return this.#fields.map((field) => {
      const counts = this.#counts.get(field);
      const values = counts === undefined ? [] : mostFrequent(counts, this.#values.fieldOf(field));
      return { field, values };
    });
  }

  #countsOf(field: string): Uint32Array {
    let counts = this.#counts.get(field);
    if (counts === undefined) {
      for (const segment of this.#segments) this.#values.setsOf(segment, field);
      counts = new Uint32Array(this.#values.fieldOf(field).names.length);
      this.#counts.set(field, counts);
    }
    return counts;
  }
}

function mostFrequent(counts: Uint32Array, { names, byName }: FieldValues): FacetCounts["values"] {
  const { least, room } = leastShown(counts);
  let left = room;
  const shown: number[] = [];
  for (let i = 0; i < byName.length; i++) {
    // Numbers that came after the counts were made have none.
    const count = counts[byName[i] as number] ?? 0;
    if (count < least || (count === least && left === 0)) continue;
    if (count === least) left -= 1;
    shown.push(count * ORDER + (ORDER - 1 - i));
  }
  const order = Float64Array.from(shown).sort().reverse();
  return Array.from(order, (key) => {
    const id = byName[ORDER - 1 - (key % ORDER)] as number;
    return { value: names[id] as string, count: Math.floor(key / ORDER) };
  });
}

/** More than a field has values: a count times this and a place before it make one number to sort by. */
const ORDER = 2 ** 26;

/** Counts from here on are told apart by sorting them. */
const FEW = 256;
const TALLY = new Uint32Array(FEW + 1);

/** The smallest count that is shown, and for how many values with it there is room. */
function leastShown(counts: Uint32Array): { least: number; room: number } {
  TALLY.fill(0);
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    const at = Math.min(count, FEW);
    TALLY[at] = (TALLY[at] as number) + 1;
  }
  let above = TALLY[FEW] as number;
  if (above > MAX_FACET_VALUES) {
    const many = counts.filter((count) => count >= FEW).sort();
    const least = many[above - MAX_FACET_VALUES] as number;
    return { least, room: MAX_FACET_VALUES - (above - 1 - many.lastIndexOf(least)) };
  }
  for (let least = FEW - 1; least > 0; least--) {
    const added = TALLY[least] as number;
    if (above + added > MAX_FACET_VALUES) return { least, room: MAX_FACET_VALUES - above };
    above += added;
  }
  return { least: 1, room: MAX_FACET_VALUES };
}

interface Filter {
  readonly column: Column;
  /** By set: the bit of the field when documents with the set fail, else 0. */
  readonly failing: Uint32Array;
}

interface Facet {
  readonly field: string;
  /** Bit of the field among filtered fields; 0 when it is not filtered. */
  readonly filtered: number;
  readonly column: Column;
  readonly counts: Uint32Array;
}

/** Filtered fields have a bit each. */
const MAX_FILTERED_FIELDS = 32;

/**
 * For the batch that is looked at: bits of the fields that documents fail, documents that fail one field only, and sets
 * of documents in a column. One query runs at a time in a thread. Loops over documents have no branches that depend on
 * them, since no core foresees those.
 */
const FAILED = new Uint32Array(BATCH_SIZE);
const ONLY = new Uint32Array(BATCH_SIZE);
const SETS = new Uint32Array(BATCH_SIZE);

/** Applies the filters of a query to documents of one segment and counts its facets. */
export class SegmentFacets {
  readonly #segment: Segment;
  readonly #filters: readonly Filter[];
  readonly #excluded: readonly Filter[];
  readonly #makeFacets: () => readonly Facet[];
  /** Made when there is something to count. */
  #facets: readonly Facet[] | undefined;

  constructor(
    segment: Segment,
    filters: readonly FieldFilter[],
    excluded: readonly FieldFilter[],
    facets: readonly string[],
    stale: Staleness,
  ) {
    this.#segment = segment;
    const bits = bitsOf(filters);
    const columnOf = (field: string): Column =>
      field === STATE_FIELD ? stateColumn(segment, stale) : storedColumn(segment.facet(field));
    this.#filters = filters.map(({ field, values }) => {
      const column = columnOf(field);
      const bit = bits.get(field) as number;
      return { column, failing: hasAny(column, values).map((has) => (has === 1 ? 0 : bit)) };
    });
    this.#excluded = excluded.map(({ field, values }) => {
      const column = columnOf(field);
      return { column, failing: hasAny(column, values) };
    });
    this.#makeFacets = () =>
      [...new Set(facets)].map((field) => {
        const column = columnOf(field);
        const counts = new Uint32Array(column.sets.length);
        return { field, filtered: bits.get(field) ?? 0, column, counts };
      });
  }

  /** Keeps the documents that pass all filters; counts each where it belongs. */
  accept(batch: Batch): void {
    if (batch.size === 0) return;
    this.#facets ??= this.#makeFacets();
    const { docs } = batch;
    if (this.#excluded.length > 0) {
      check(batch, this.#excluded);
      keepPassed(batch);
    }
    if (this.#filters.length > 0) {
      check(batch, this.#filters);
      for (const facet of this.#facets) {
        if (facet.filtered !== 0) count(facet, ONLY, failingOnly(batch, facet.filtered));
      }
      keepPassed(batch);
    }
    for (const facet of this.#facets) count(facet, docs, batch.size);
  }

  addTo(tally: FacetTally): void {
    for (const { field, counts } of this.#facets ?? []) {
      tally.add(this.#segment, field, counts);
    }
  }
}

/** @throws {TributaryError} `ERR_QUERY_INVALID` for filters on more than {@link MAX_FILTERED_FIELDS} fields. */
function bitsOf(filters: readonly FieldFilter[]): Map<string, number> {
  const fields = [...new Set(filters.map(({ field }) => field))];
  if (fields.length > MAX_FILTERED_FIELDS) {
    const problem = `filters are on at most ${MAX_FILTERED_FIELDS} fields, not ${fields.length}`;
    throw new TributaryError("ERR_QUERY_INVALID", problem);
  }
  return new Map(fields.map((field, i) => [field, (1 << i) >>> 0]));
}

/** Writes to `FAILED` which fields each document fails. */
function check({ docs, size }: Batch, filters: readonly Filter[]): void {
  FAILED.fill(0, 0, size);
  for (const { column, failing } of filters) {
    column.read(docs, size, SETS);
    for (let i = 0; i < size; i++) {
      FAILED[i] = (FAILED[i] as number) | (failing[SETS[i] as number] as number);
    }
  }
}

/** Keeps the documents that fail no field. */
function keepPassed(batch: Batch): void {
  const { docs, scores, size } = batch;
  let kept = 0;
  for (let i = 0; i < size; i++) {
    docs[kept] = docs[i] as number;
    scores[kept] = scores[i] as number;
    kept += Number(FAILED[i] === 0);
  }
  batch.size = kept;
}

/** Writes the documents that fail one field and no other to `ONLY`; returns how many. */
function failingOnly({ docs, size }: Batch, bit: number): number {
  let found = 0;
  for (let i = 0; i < size; i++) {
    ONLY[found] = docs[i] as number;
    found += Number(FAILED[i] === bit);
  }
  return found;
}

function count({ column, counts }: Facet, docs: Uint32Array, size: number): void {
  column.read(docs, size, SETS);
  for (let i = 0; i < size; i++) {
    const set = SETS[i] as number;
    counts[set] = (counts[set] as number) + 1;
  }
}

/** By set: 1 when it has one of the values, else 0. */
function hasAny({ sets, values }: Column, wanted: readonly string[]): Uint32Array {
  const isWanted = new Uint8Array(values.length);
  for (const value of wanted) {
    const id = values.indexOf(value);
    if (id !== -1) isWanted[id] = 1;
  }
  const has = new Uint32Array(sets.length);
  for (let set = 0; set < sets.length; set++) {
    for (const value of sets[set] as readonly number[]) if (isWanted[value] === 1) has[set] = 1;
  }
  return has;
}

function storedColumn(view: SetColumnView | undefined): Column {
  if (view === undefined) return { ...NO_SETS, read: (_docs, size, sets) => sets.fill(0, 0, size) };
  const { setOf, sets, values } = view;
  const read = (docs: Uint32Array, size: number, into: Uint32Array) => {
    for (let i = 0; i < size; i++) into[i] = setOf[docs[i] as number] as number;
  };
  return { sets, values, read };
}

const NO_SETS = { sets: [[]] as readonly number[][], values: [] as readonly string[] };
const STATE = { sets: [[], [0], [1]], values: ["live", "stale"] };
const LIVE = 1;
const STALE = 2;

function stateColumn(segment: Segment, { atMs, centers }: Staleness): Column {
  const { validUntil, center } = segment;
  const ofCenter = Uint8Array.from(segment.meta.centers, (id) => (centers.has(id) ? STALE : LIVE));
  const read = (docs: Uint32Array, size: number, into: Uint32Array) => {
    for (let i = 0; i < size; i++) {
      const doc = docs[i] as number;
      const isOver = validUntil !== undefined && (validUntil[doc] as number) < atMs;
      into[i] = isOver ? STALE : (ofCenter[center[doc] as number] as number);
    }
  };
  return { ...STATE, read };
}
