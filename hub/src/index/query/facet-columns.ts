/**
 * Facet columns as a query walks through them: in a column each document has a number, which says its values in each
 * field of the column.
 *
 * Fields with few different sets of values share a column, so that one look at a document filters and counts all of them.
 *
 * @module
 */

import type { IndexQuery } from "../../ports/search-index.ts";
import { compareTexts, STATE_FIELD } from "../fields.ts";
import type { Segment, SetColumnView } from "../segment/segment.ts";
import { BATCH_SIZE } from "./batch.ts";

/** Values of each number in a field: number i has `ids` from `ends[i - 1]` (or 0) to `ends[i]`. */
export interface ColumnField {
  readonly ids: Uint32Array;
  readonly ends: Uint32Array;
}

/** A column. */
export interface Column {
  /** Numbers are below it. */
  readonly size: number;
  readonly fields: ReadonlyMap<string, ColumnField>;
  /** Numbers of the documents of a batch, until another column is read. */
  read(docs: Uint32Array, size: number): Numbers;
}

/** Numbers of documents: that of document i of a batch is `of[at[i]]`. */
export interface Numbers {
  readonly of: SetColumnView["setOf"];
  readonly at: Uint32Array;
}

/** For the batch that is looked at. One query runs at a time in a thread. */
const NUMBERS = new Uint16Array(BATCH_SIZE);
const COMPUTED: Numbers = { of: NUMBERS, at: Uint32Array.from(NUMBERS.keys()) };

/** Most numbers of a column that fields share: tables of so many are read and cleared in no time. */
const MAX_SHARED = 1024;

/**
 * The columns of segments, with numbers for facet values over all segments that were ever opened together, so that counts
 * of segments are added up by number and not by text. Grows with the number of different values, and by two bytes a
 * document of the segments that are there for each column that fields share.
 */
export class FacetColumns {
  readonly #values = new Map<string, FieldValues>();
  readonly #ofSegments = new WeakMap<Segment, readonly Column[]>();

  /** Values of a field by number. */
  valuesOf(field: string): FieldValues {
    let found = this.#values.get(field);
    if (found === undefined) {
      found = new FieldValues();
      this.#values.set(field, found);
    }
    return found;
  }

  /** The stored columns of a segment. */
  of(segment: Segment): readonly Column[] {
    let columns = this.#ofSegments.get(segment);
    if (columns === undefined) {
      columns = this.#join(segment);
      this.#ofSegments.set(segment, columns);
    }
    return columns;
  }

  /** A column of {@link STATE_FIELD}: whether documents are stale. */
  state(segment: Segment, { atMs, centers }: IndexQuery["stale"]): Column {
    const { validUntil, center } = segment;
    const isStale = Uint8Array.from(segment.meta.centers, (id) => (centers.has(id) ? 1 : 0));
    const field = this.#field(STATE_FIELD, { values: ["live", "stale"], sets: [[0], [1]] });
    return {
      size: 2,
      fields: new Map([[STATE_FIELD, field]]),
      read: (docs, size) => {
        for (let i = 0; i < size; i++) {
          const doc = docs[i] as number;
          const isOver = validUntil !== undefined && (validUntil[doc] as number) < atMs;
          NUMBERS[i] = isOver ? 1 : (isStale[center[doc] as number] as number);
        }
        return COMPUTED;
      },
    };
  }

  #join(segment: Segment): Column[] {
    const views = [...segment.facetFields]
      .map((field) => ({ field, view: segment.facet(field) as SetColumnView }))
      .sort((a, b) => a.view.sets.length - b.view.sets.length);
    const columns: Column[] = [];
    let sharing: typeof views = [];
    let size = 1;
    const flush = () => {
      if (sharing.length > 0) columns.push(this.#column(sharing, size, segment.docs));
    };
    for (const part of views) {
      const { length } = part.view.sets;
      if (sharing.length > 0 && size * length > MAX_SHARED) {
        flush();
        sharing = [];
        size = 1;
      }
      sharing.push(part);
      size *= length;
    }
    flush();
    return columns;
  }

  #column(
    parts: readonly { readonly field: string; readonly view: SetColumnView }[],
    size: number,
    docs: number,
  ): Column {
    const fields = new Map<string, ColumnField>();
    const numbers = parts.length === 1 ? undefined : new Uint16Array(docs);
    let factor = 1;
    for (const { field, view } of parts) {
      const { setOf, sets, values } = view;
      const unit = factor;
      const setOfNumber = (_: unknown, number: number) =>
        sets[Math.floor(number / unit) % sets.length] as readonly number[];
      fields.set(
        field,
        this.#field(field, { values, sets: Array.from({ length: size }, setOfNumber) }),
      );
      for (let doc = 0; numbers !== undefined && doc < docs; doc++) {
        numbers[doc] = (numbers[doc] as number) + unit * (setOf[doc] as number);
      }
      factor *= sets.length;
    }
    const of = numbers ?? (parts[0] as (typeof parts)[number]).view.setOf;
    return {
      size,
      fields,
      read: (batch) => ({ of, at: batch }),
    };
  }

  #field(field: string, { values, sets }: Pick<SetColumnView, "values" | "sets">): ColumnField {
    const known = this.valuesOf(field);
    const ids = values.map((value) => known.numberOf(value));
    let end = 0;
    return {
      ids: Uint32Array.from(sets.flat(), (value) => ids[value] as number),
      ends: Uint32Array.from(sets, (set) => (end += set.length)),
    };
  }
}

/** A column of a field of which no document has a value. */
export function emptyColumn(field: string): Column {
  const none: ColumnField = { ids: new Uint32Array(0), ends: Uint32Array.of(0) };
  const read = (_: Uint32Array, size: number) => {
    NUMBERS.fill(0, 0, size);
    return COMPUTED;
  };
  return { size: 1, fields: new Map([[field, none]]), read };
}

/** Values of one field. */
export class FieldValues {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  #sorted: readonly string[] = [];
  #ranks = new Uint32Array(0);
  #sums: Uint32Array | undefined;

  get size(): number {
    return this.#names.length;
  }

  numberOf(value: string): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.size);
    return this.#names.push(value) - 1;
  }

  /** Number of a value; undefined when no segment has it. */
  find(value: string): number | undefined {
    return this.#numbers.get(value);
  }

  /** A number for each value, all 0, which whoever takes them gives back so: they need not be made for each query. */
  takeSums(): Uint32Array {
    const sums = this.#sums ?? new Uint32Array(this.size);
    this.#sums = undefined;
    return sums;
  }

  giveBackSums(sums: Uint32Array): void {
    this.#sums = sums;
  }

  /** Values in order, and the place of each number in it. */
  get order(): { readonly sorted: readonly string[]; readonly ranks: Uint32Array } {
    if (this.#sorted.length !== this.size) {
      this.#sorted = this.#names.toSorted(compareTexts);
      this.#ranks = new Uint32Array(this.size);
      this.#sorted.forEach((name, rank) => {
        this.#ranks[this.#numbers.get(name) as number] = rank;
      });
    }
    return { sorted: this.#sorted, ranks: this.#ranks };
  }
}
