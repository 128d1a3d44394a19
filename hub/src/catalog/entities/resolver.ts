/**
 * Entity resolution: which records describe one thing.
 *
 * What comes out is a function of the model, the records and what people said, and of nothing else: not of the order in
 * which they came, nor of what was there before and is gone. A record that is added or taken away changes the clusters
 * around it only, so one more record costs milliseconds.
 *
 * @module
 */

import { type Asserted, type AssertionEntry, assertedBy } from "./assertions.ts";
import { BlockIndex } from "./blocking.ts";
import { clusterRows, type Link, type PairRules } from "./cluster.ts";
import type { Veto } from "./compare/comparison.ts";
import { THRESHOLDS, type Thresholds } from "./decision.ts";
import { type Entity, entityOf } from "./entity.ts";
import {
  evidenceBits,
  isComparable,
  type Model,
  shareIdentity,
  vetoOf,
  type Weighed,
  weigh,
} from "./model.ts";
import { prepare } from "./prepare.ts";
import { compareIds, type EntityRecord } from "./record.ts";

/** Options of {@link Resolver}. */
export interface ResolverOptions {
  /** Default {@link THRESHOLDS}. */
  readonly thresholds?: Thresholds;
  /** Sources of which no two records are one thing, such as a register. Default none. */
  readonly uniqueSources?: ReadonlySet<string>;
}

/** A pair that weighs enough to be linked or shown. */
export interface Neighbour {
  readonly id: string;
  /** Weight with the prior, in bits. */
  readonly bits: number;
}

/** Records and their entities. Not safe for concurrent use; every call is synchronous. */
export class Resolver {
  readonly model: Model;
  readonly thresholds: Thresholds;
  readonly #uniqueSources: ReadonlySet<string>;
  readonly #index: BlockIndex;
  readonly #rows = new Map<string, number>();
  readonly #records: (Weighed | undefined)[] = [];
  /** Weights of pairs that reach the review threshold, by row. */
  readonly #neighbours: Map<number, number>[] = [];
  readonly #entries = new Map<string, AssertionEntry>();
  #asserted: Asserted = assertedBy([]);
  /** Clusters by row; rows that are missing have to be clustered anew. */
  readonly #clusters = new Map<number, readonly number[]>();
  /** Records whose cluster may have changed since {@link takeTouched}. */
  #touched = new Set<string>();

  constructor(model: Model, { thresholds = THRESHOLDS, uniqueSources }: ResolverOptions = {}) {
    this.model = model;
    this.thresholds = thresholds;
    this.#uniqueSources = uniqueSources ?? new Set();
    this.#index = new BlockIndex(model.keys);
  }

  /** How many records there are. */
  get size(): number {
    return this.#rows.size;
  }

  /** The statements in force. */
  get asserted(): Asserted {
    return this.#asserted;
  }

  /** Adds a record, in place of the one with the same id. */
  add(record: EntityRecord): void {
    this.remove(record.id);
    const added = weigh(this.model, prepare(this.model.comparisons, record));
    const row = this.#records.length;
    this.#rows.set(record.id, row);
    this.#records.push(added);
    const near = new Map<number, number>();
    this.#neighbours.push(near);
    this.#index.candidates(added.keys, (other) => {
      const bits = this.#weight(row, other);
      if (bits === undefined || bits < this.thresholds.reviewBits) return;
      near.set(other, bits);
      (this.#neighbours[other] as Map<number, number>).set(row, bits);
    });
    this.#index.add(row, added.keys);
    this.#forgetAround(row);
  }

  /** Takes a record away; does nothing if there is none. */
  remove(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#forgetAround(row);
    this.#index.remove(row, (this.#records[row] as Weighed).keys);
    for (const other of this.#neighbours[row]?.keys() ?? []) this.#neighbours[other]?.delete(row);
    this.#neighbours[row]?.clear();
    this.#records[row] = undefined;
    this.#rows.delete(id);
  }

  /** Adds entries to what people said; an entry with a known id changes nothing. */
  assert(entries: Iterable<AssertionEntry>): void {
    for (const entry of entries) {
      if (!this.#entries.has(entry.id)) this.#entries.set(entry.id, entry);
    }
    const before = this.#asserted.all;
    this.#asserted = assertedBy(this.#entries.values());
    for (const { a, b } of new Set([...before, ...this.#asserted.all])) {
      for (const id of [a, b]) {
        const row = this.#rows.get(id);
        if (row !== undefined) this.#forgetAround(row);
      }
    }
  }

  /** Ids of the records there are whose entity, or whose open questions, may have changed since the last call. */
  takeTouched(): readonly string[] {
    const touched = [...this.#touched].filter((id) => this.#rows.has(id)).sort(compareIds);
    this.#touched = new Set();
    return touched;
  }

  /** The record with an id, as it is compared. */
  record(id: string): Weighed | undefined {
    return this.#records[this.#rows.get(id) ?? -1];
  }

  /** The entity of a record; undefined if there is no such record. */
  entityOf(id: string): Entity | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : this.#entity(this.#clusterOf(row));
  }

  /** All entities, by id. */
  entities(): readonly Entity[] {
    const clusters = new Set<readonly number[]>();
    for (const row of this.#rows.values()) clusters.add(this.#clusterOf(row));
    return [...clusters].map((rows) => this.#entity(rows)).sort((a, b) => compareIds(a.id, b.id));
  }

  /** Records that a record may be one with, the likeliest first. */
  neighboursOf(id: string): readonly Neighbour[] {
    return [...(this.#neighbours[this.#rows.get(id) ?? -1] ?? [])]
      .map(([row, bits]) => ({ id: this.#idOf(row), bits }))
      .sort((a, b) => b.bits - a.bits || compareIds(a.id, b.id));
  }

  /** True if there is something else that the one record fits as well as the other. */
  isAmbiguous(a: string, b: string): boolean {
    const left = this.#rows.get(a);
    const right = this.#rows.get(b);
    const bits = left === undefined ? undefined : this.#neighbours[left]?.get(right ?? -1);
    return (
      left !== undefined &&
      right !== undefined &&
      bits !== undefined &&
      (this.#hasRival(left, right, bits) || this.#hasRival(right, left, bits))
    );
  }

  /** True if the two records must not be linked, by a rule or by what a person said. */
  isExcluded(a: string, b: string): boolean {
    const left = this.#rows.get(a);
    const right = this.#rows.get(b);
    if (left === undefined || right === undefined) return false;
    return this.#rules.excludes(left, right) !== undefined;
  }

  #idOf(row: number): string {
    return (this.#records[row] as Weighed).record.id;
  }

  #entity(rows: readonly number[]): Entity {
    return entityOf(rows.map((row) => (this.#records[row] as Weighed).record));
  }

  /** Weight of a pair; undefined if the two cannot be compared. */
  #weight(row: number, other: number): number | undefined {
    const a = this.#records[row] as Weighed;
    const b = this.#records[other] as Weighed;
    if (!isComparable(this.model.pairing, a, b)) return undefined;
    return this.model.priorBits + evidenceBits(this.model, a, b);
  }

  readonly #rules: PairRules = {
    evidence: (a, b) =>
      evidenceBits(this.model, this.#records[a] as Weighed, this.#records[b] as Weighed),
    excludes: (a, b) => {
      const reason = this.#exclusion(a, b);
      return reason === undefined || reason === "person" ? reason : "rule";
    },
    order: (a, b) => compareIds(this.#idOf(a), this.#idOf(b)),
  };

  /** Why two rows must not be linked: a person said so, both are of a source without duplicates, or by what they say. */
  #exclusion(row: number, other: number): "person" | "source" | Veto | undefined {
    const a = this.#records[row] as Weighed;
    const b = this.#records[other] as Weighed;
    const said = this.#asserted.of(a.record.id, b.record.id);
    if (said === "different" || said === "related") return "person";
    const { source } = a.record;
    if (source === b.record.source && this.#uniqueSources.has(source)) return "source";
    return vetoOf(this.model, a, b);
  }

  #clusterOf(row: number): readonly number[] {
    const known = this.#clusters.get(row);
    if (known !== undefined) return known;
    const { rows, links } = this.#componentOf(row);
    for (const cluster of clusterRows(rows, links, this.#rules)) {
      for (const member of cluster) this.#clusters.set(member, cluster);
    }
    return this.#clusters.get(row) as readonly number[];
  }

  /** Everything that links connect with a row, and the links. */
  #componentOf(start: number): { readonly rows: readonly number[]; readonly links: Link[] } {
    const rows = [start];
    const seen = new Set(rows);
    const links: Link[] = [];
    for (const row of rows) {
      for (const link of this.#linksOf(row)) {
        const other = link.a === row ? link.b : link.a;
        if (link.a === row) links.push(link);
        if (seen.has(other)) continue;
        seen.add(other);
        rows.push(other);
      }
    }
    return { rows, links };
  }

  /** The links of a row, asserted ones and those that weigh enough and have no rival. */
  #linksOf(row: number): Link[] {
    const links: Link[] = [];
    const add = (other: number, bits: number, isAsserted: boolean) => {
      const [a, b] = this.#rules.order(row, other) < 0 ? [row, other] : [other, row];
      links.push({ a, b, bits, isAsserted });
    };
    for (const [other, bits] of this.#neighbours[row] ?? []) {
      if (bits < this.thresholds.autoBits || this.#rules.excludes(row, other) !== undefined)
        continue;
      if (this.#hasRival(row, other, bits) || this.#hasRival(other, row, bits)) continue;
      add(other, bits, false);
    }
    for (const id of this.#asserted.sameAs(this.#idOf(row))) {
      const other = this.#rows.get(id);
      if (other !== undefined && other !== row) add(other, 0, true);
    }
    return links;
  }

  /**
   * Whether a row fits something else nearly as well or better that is not what `other` is. If the two are linked by their
   * code, what has another one counts too: a record may have the name of one company and the code of another.
   */
  #hasRival(row: number, other: number, bits: number): boolean {
    const { marginBits } = this.thresholds;
    if (marginBits <= 0) return false;
    const [a, b] = [this.#records[row] as Weighed, this.#records[other] as Weighed];
    const isByCode = shareIdentity(this.model, a, b);
    for (const [rival, rivalBits] of this.#neighbours[row] ?? []) {
      if (rival === other || rivalBits <= bits - marginBits) continue;
      const reason = this.#exclusion(row, rival);
      if (reason !== undefined && !(reason === "code" && isByCode)) continue;
      if (this.#exclusion(other, rival) !== undefined) return true;
      if (this.#rules.evidence(other, rival) < 0) return true;
    }
    return false;
  }

  /** Forgets the clusters that a change at a row can touch: its own and those of all its neighbours. */
  #forgetAround(row: number): void {
    for (const near of [row, ...(this.#neighbours[row]?.keys() ?? [])]) this.#forget(near);
  }

  /** Forgets the clusters of a component: what is one cluster of it may depend on all of it. */
  #forget(row: number): void {
    const rows = [row];
    const seen = new Set(rows);
    const reach = (other: number | undefined) => {
      if (other === undefined || seen.has(other)) return;
      seen.add(other);
      rows.push(other);
    };
    for (const next of rows) {
      const touched = this.#records[next];
      if (touched !== undefined) this.#touched.add(touched.record.id);
      this.#clusters.get(next)?.forEach(reach);
      this.#clusters.delete(next);
      for (const [other, bits] of this.#neighbours[next] ?? []) {
        if (bits >= this.thresholds.autoBits) reach(other);
      }
      if (touched === undefined) continue;
      for (const id of this.#asserted.sameAs(touched.record.id)) reach(this.#rows.get(id));
    }
  }
}
