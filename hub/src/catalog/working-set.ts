/**
 * The catalog as it will be when the entries at hand are folded: what the store holds, overlaid with changes.
 *
 * Since every read sees every earlier change, it makes no difference how the log is cut into chunks.
 *
 * @module
 */

import type { RecordRef, RecordVerdict } from "@tributary/proto";
import { type CatalogRow, compareRefs } from "../ports/catalog-row.ts";
import type { CatalogChange, CatalogStore, RowRange } from "../ports/catalog-store.ts";
import {
  CENTER_FACTS,
  type CenterFact,
  decodeCenterFact,
  encodeCenterFact,
  unknownCenter,
} from "./center-fact.ts";
import { COUNTS_FACTS, type Counts, decodeCounts, encodeCounts, NO_COUNTS } from "./counts.ts";
import { DECISION_FACTS, type DecisionFact, decodeDecisionFact } from "./decision-fact.ts";
import { waitingFactName, waitingFactOf } from "./waiting-fact.ts";

/** Reads through, collects changes. Belongs to one fold of one chunk. */
export class WorkingSet {
  readonly #store: CatalogStore;
  /** Rows as the store has them, as far as they were needed. */
  readonly #stored = new Map<string, CatalogRow | undefined>();
  readonly #rows = new Map<string, CatalogRow>();
  /** Providers that were set since {@link takeProviders}. */
  #providers = new Map<string, CatalogRow>();
  readonly #facts = new Map<string, Uint8Array | undefined>();
  readonly #storedFacts = new Map<string, Uint8Array | undefined>();
  readonly #centers = new Map<string, CenterFact>();
  readonly #counts = new Map<string, { -readonly [K in keyof Counts]: Counts[K] }>();

  constructor(store: CatalogStore) {
    this.#store = store;
  }

  /** Reads the rows of `refs` in one go, so that {@link row} need not wait for each. */
  async load(refs: readonly RecordRef[]): Promise<void> {
    const missing = new Map(
      refs.map((ref) => [nameOf(ref), ref] as const).filter(([name]) => !this.#stored.has(name)),
    );
    const rows = await this.#store.getMany([...missing.values()]);
    for (const [i, name] of [...missing.keys()].entries()) this.#stored.set(name, rows[i]);
  }

  async row(ref: RecordRef): Promise<CatalogRow | undefined> {
    const name = nameOf(ref);
    const changed = this.#rows.get(name);
    if (changed !== undefined) return changed;
    if (!this.#stored.has(name)) await this.load([ref]);
    return this.#stored.get(name);
  }

  /** Sets a row that was read with {@link row} before. */
  setRow(row: CatalogRow): void {
    this.#rows.set(nameOf(row.ref), row);
    if (row.ref.kind === "provider") this.#providers.set(nameOf(row.ref), row);
  }

  /** Rows of providers that were set since the last call, each once as it is now. */
  takeProviders(): readonly CatalogRow[] {
    const rows = [...this.#providers.values()];
    this.#providers = new Map();
    return rows;
  }

  /** All rows of a center as of now. Rows set during the iteration are not seen. */
  rowsOf(centerId: string): AsyncIterable<CatalogRow> {
    return this.#overlaid({ centerId }, ({ ref }) => ref.centerId === centerId);
  }

  /** Rows of all centers that are wanted, likewise; no other is kept in memory. */
  rowsWith(isWanted: (row: CatalogRow) => boolean): AsyncIterable<CatalogRow> {
    return this.#overlaid({}, isWanted);
  }

  /** All rows of providers as of now, likewise. */
  providers(): AsyncIterable<CatalogRow> {
    return this.#overlaid({ kind: "provider" }, ({ ref }) => ref.kind === "provider");
  }

  async *#overlaid(range: RowRange, isIn: (row: CatalogRow) => boolean): AsyncIterable<CatalogRow> {
    const added = new Map(this.#rows);
    for await (const stored of this.#store.rows(range)) {
      const name = nameOf(stored.ref);
      const row = added.get(name) ?? stored;
      added.delete(name);
      if (!isIn(row)) continue;
      this.#stored.set(name, stored);
      yield row;
    }
    yield* [...added.values()].filter(isIn);
  }

  async center(centerId: string): Promise<CenterFact> {
    let center = this.#centers.get(centerId);
    if (center === undefined) {
      const bytes = await this.#store.fact(CENTER_FACTS + centerId);
      center = bytes === undefined ? unknownCenter(centerId) : decodeCenterFact(bytes);
      this.#centers.set(centerId, center);
    }
    return center;
  }

  setCenter(center: CenterFact): void {
    this.#centers.set(center.centerId, center);
    this.#facts.set(CENTER_FACTS + center.centerId, encodeCenterFact(center));
  }

  /** Notes that an accepted record has gone from one verdict to another; undefined where it is new. */
  async count(centerId: string, from: RecordVerdict | undefined, to: RecordVerdict): Promise<void> {
    const counts = await this.#countsOf(centerId);
    if (from !== undefined) counts[from] -= 1;
    counts[to] += 1;
  }

  async countRow(centerId: string): Promise<void> {
    (await this.#countsOf(centerId)).rows += 1;
  }

  async fact(name: string): Promise<Uint8Array | undefined> {
    if (this.#facts.has(name)) return this.#facts.get(name);
    if (!this.#storedFacts.has(name)) {
      this.#storedFacts.set(name, await this.#store.fact(name));
    }
    return this.#storedFacts.get(name);
  }

  /** Facts whose name begins with `prefix` as of now, in no order; for few. */
  async *facts(prefix: string): AsyncIterable<readonly [name: string, value: Uint8Array]> {
    const changed = new Map([...this.#facts].filter(([name]) => name.startsWith(prefix)));
    for await (const [name, value] of this.#store.facts(prefix)) {
      if (!changed.has(name)) yield [name, value];
    }
    for (const [name, value] of changed) if (value !== undefined) yield [name, value];
  }

  /** Facts by name, those that are there; what the store has is read in one go. */
  async factsNamed(names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const missing = [...new Set(names)].filter(
      (name) => !this.#facts.has(name) && !this.#storedFacts.has(name),
    );
    const values = await this.#store.factsNamed(missing);
    for (const [i, name] of missing.entries()) this.#storedFacts.set(name, values[i]);
    const found = new Map<string, Uint8Array>();
    for (const name of names) {
      const value = await this.fact(name);
      if (value !== undefined) found.set(name, value);
    }
    return found;
  }

  /** Decisions of curators, in the order of the log, those of this chunk included. */
  async *decisions(): AsyncIterable<DecisionFact> {
    const added = new Map([...this.#facts].filter(([name]) => name.startsWith(DECISION_FACTS)));
    for await (const [name, stored] of this.#store.facts(DECISION_FACTS)) {
      yield decodeDecisionFact(added.get(name) ?? stored);
      added.delete(name);
    }
    for (const value of added.values()) if (value !== undefined) yield decodeDecisionFact(value);
  }

  /** Undefined deletes. */
  setFact(name: string, value: Uint8Array | undefined): void {
    this.#facts.set(name, value);
  }

  /** Everything that changed, in an order that does not depend on how the changes came about. */
  change(position: number): CatalogChange {
    for (const [centerId, counts] of this.#counts) {
      this.#facts.set(COUNTS_FACTS + centerId, encodeCounts(counts));
    }
    for (const [name, row] of this.#rows) {
      const waiting = waitingFactOf(row);
      const waited = waitingFactOf(this.#stored.get(name)) !== undefined;
      if (waiting !== undefined || waited) this.#facts.set(waitingFactName(row.ref), waiting);
    }
    const rows = [...this.#rows]
      .map(([name, row]) => ({ row, previousChange: this.#stored.get(name)?.changePosition }))
      .sort((a, b) => compareRefs(a.row.ref, b.row.ref));
    return { rows, facts: this.#facts, position };
  }

  async #countsOf(centerId: string) {
    let counts = this.#counts.get(centerId);
    if (counts === undefined) {
      const bytes = await this.#store.fact(COUNTS_FACTS + centerId);
      counts = { ...(bytes === undefined ? NO_COUNTS : decodeCounts(bytes)) };
      this.#counts.set(centerId, counts);
    }
    return counts;
  }
}

function nameOf(ref: RecordRef): string {
  return `${ref.kind}\0${ref.centerId}\0${ref.key}`;
}
