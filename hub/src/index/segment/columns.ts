/**
 * What a segment keeps of a document beside its terms: name, times, audience, facets, lengths and texts, each in a
 * column of its own.
 *
 * A facet column holds one number a document: which *set* of values it has. There are few different sets, so counting
 * facets of a million hits is a million increments, and a filter is a look-up of the set.
 *
 * @module
 */

import type { RecordRef } from "@tributary/proto";
import { refHash, refText } from "../fields.ts";
import type { Section } from "./blob.ts";
import { ByteWriter } from "./bytes.ts";

/** A column's values and sets as stored in the head; set 0 is empty. */
export interface SetColumnMeta {
  readonly values: readonly string[];
  readonly sets: readonly (readonly number[])[];
}

/** Head of a segment. */
export interface SegmentMeta {
  readonly docs: number;
  readonly kinds: readonly string[];
  readonly centers: readonly string[];
  readonly audiences: readonly string[];
  readonly facets: Readonly<Record<string, SetColumnMeta>>;
  /** Sum of lengths and number of documents that have the field, by field. */
  readonly lengthSums: readonly number[];
  readonly fieldDocs: readonly number[];
  readonly hasValidUntil: boolean;
}

/** Values of one document for the columns. */
export interface ColumnRow {
  readonly ref: RecordRef;
  readonly receivedAtMs: number;
  readonly validUntilMs: number | undefined;
  readonly audience: string;
  readonly facets: Readonly<Record<string, readonly string[]>>;
  /** Length by text field in terms. */
  readonly lengths: ArrayLike<number>;
}

/** Collects columns document by document. */
export class ColumnsBuilder {
  readonly #capacity: number;
  readonly #kinds = new Names();
  readonly #centers = new Names();
  readonly #audiences = new Names();
  readonly #facets = new Map<string, SetColumn>();
  readonly #kind: Uint8Array;
  readonly #center: Uint16Array;
  readonly #audience: Uint16Array;
  readonly #received: Float64Array;
  readonly #validUntil: Float64Array;
  readonly #lengths: Uint16Array;
  readonly #keyAt: Uint32Array;
  readonly #hashes: Uint32Array;
  readonly #keys = new ByteWriter();
  readonly #names: string[] = [];
  readonly #lengthSums = [0, 0, 0, 0];
  readonly #fieldDocs = [0, 0, 0, 0];
  #hasValidUntil = false;
  #docs = 0;

  /** @param capacity Exact number of documents to come. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#kind = new Uint8Array(capacity);
    this.#center = new Uint16Array(capacity);
    this.#audience = new Uint16Array(capacity);
    this.#received = new Float64Array(capacity);
    this.#validUntil = new Float64Array(capacity).fill(Number.NaN);
    this.#lengths = new Uint16Array(capacity * 4);
    this.#keyAt = new Uint32Array(capacity + 1);
    this.#hashes = new Uint32Array(capacity);
  }

  add(row: ColumnRow): void {
    const doc = this.#docs++;
    this.#kind[doc] = this.#kinds.idOf(row.ref.kind, 256);
    this.#center[doc] = this.#centers.idOf(row.ref.centerId, 65_536);
    this.#audience[doc] = this.#audiences.idOf(row.audience, 65_536);
    this.#received[doc] = row.receivedAtMs;
    if (row.validUntilMs !== undefined) {
      this.#validUntil[doc] = row.validUntilMs;
      this.#hasValidUntil = true;
    }
    const { key } = row.ref;
    this.#keys.reserve(key.length * 3);
    this.#keys.length += UTF8.encodeInto(key, this.#keys.bytes.subarray(this.#keys.length)).written;
    this.#keyAt[doc + 1] = this.#keys.length;
    this.#hashes[doc] = refHash(row.ref);
    this.#names.push(refText(row.ref));
    for (let field = 0; field < 4; field++) {
      const length = Math.min(row.lengths[field] as number, 65_535);
      this.#lengths[field * this.#capacity + doc] = length;
      this.#lengthSums[field] = (this.#lengthSums[field] as number) + length;
      if (length > 0) this.#fieldDocs[field] = (this.#fieldDocs[field] as number) + 1;
    }
    for (const field in row.facets) {
      const values = row.facets[field] as readonly string[];
      if (values.length > 0) this.#facet(field).set(doc, values);
    }
  }

  finish(): { readonly meta: SegmentMeta; readonly sections: Record<string, Section> } {
    if (this.#docs !== this.#capacity) throw new RangeError("documents are missing");
    const order = Uint32Array.from(this.#hashes.keys());
    order.sort((a, b) => (this.#hashes[a] as number) - (this.#hashes[b] as number) || a - b);
    const facets = [...this.#facets].sort(([a], [b]) => (a < b ? -1 : 1));
    const sections: Record<string, Section> = {
      kind: this.#kind,
      center: this.#center,
      audience: this.#audience,
      received: this.#received,
      lengths: this.#lengths,
      keyAt: this.#keyAt,
      keys: this.#keys.written(),
      refHashes: order.map((doc) => this.#hashes[doc] as number),
      refDocs: order,
      refRanks: this.#ranks(),
    };
    if (this.#hasValidUntil) sections["validUntil"] = this.#validUntil;
    for (const [field, column] of facets) sections[`facet:${field}`] = column.packed();
    return {
      meta: {
        docs: this.#docs,
        kinds: this.#kinds.list,
        centers: this.#centers.list,
        audiences: this.#audiences.list,
        facets: Object.fromEntries(facets.map(([field, column]) => [field, column.meta()])),
        lengthSums: this.#lengthSums,
        fieldDocs: this.#fieldDocs,
        hasValidUntil: this.#hasValidUntil,
      },
      sections,
    };
  }

  /** Place of each document in the order of names. */
  #ranks(): Uint32Array {
    const names = this.#names;
    const order = [...names.keys()].sort((a, b) =>
      (names[a] as string) < (names[b] as string) ? -1 : 1,
    );
    const ranks = new Uint32Array(names.length);
    order.forEach((doc, rank) => {
      ranks[doc] = rank;
    });
    return ranks;
  }

  #facet(field: string): SetColumn {
    let column = this.#facets.get(field);
    if (column === undefined) {
      column = new SetColumn(this.#capacity);
      this.#facets.set(field, column);
    }
    return column;
  }
}

const UTF8 = new TextEncoder();

/** Numbers for texts in the order of their coming. */
class Names {
  readonly list: string[] = [];
  readonly #ids = new Map<string, number>();

  /** @throws {RangeError} if there are more than `limit` different texts. */
  idOf(text: string, limit = Number.POSITIVE_INFINITY): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.list.length;
    if (id >= limit) throw new RangeError(`a segment holds at most ${limit} different names`);
    this.list.push(text);
    this.#ids.set(text, id);
    return id;
  }
}

class SetColumn {
  readonly #values = new Names();
  readonly #sets = new Names();
  /** Sets by their values as they come, so that most documents cost one look-up. */
  readonly #known = new Map<string, number>();
  readonly #setOf: Uint32Array;

  constructor(docs: number) {
    this.#setOf = new Uint32Array(docs);
    this.#sets.idOf("");
  }

  set(doc: number, values: readonly string[]): void {
    const name = values.length === 1 ? (values[0] as string) : values.join("\0");
    let set = this.#known.get(name);
    if (set === undefined) {
      // By text, so that a set is the same whatever came before.
      const ids = [...new Set(values)].sort().map((value) => this.#values.idOf(value));
      set = this.#sets.idOf(ids.join(" "));
      this.#known.set(name, set);
    }
    this.#setOf[doc] = set;
  }

  meta(): SetColumnMeta {
    return {
      values: this.#values.list,
      sets: this.#sets.list.map((set) => (set === "" ? [] : set.split(" ").map(Number))),
    };
  }

  packed(): Section {
    return this.#sets.list.length <= 65_536 ? new Uint16Array(this.#setOf) : this.#setOf;
  }
}
