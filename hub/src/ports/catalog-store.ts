/**
 * Where the catalog lives on disk: the newest version of each record with its verdict.
 *
 * Everything in it is derived from the log and can be deleted.
 *
 * @module
 */

import type { RecordKind, RecordRef, RecordVerdict, Visibility } from "@tributary/proto";

/** The catalog's row of one (kind, center, key). */
export interface CatalogRow {
  readonly ref: RecordRef;
  /** Revision of the center. */
  readonly revision: bigint;
  /** What the log alone says; staleness depends on time and is added when a row is shown. */
  readonly verdict: RecordVerdict;
  /** Code or curator's reason where the verdict is not live; empty otherwise. */
  readonly verdictReason: string;
  readonly visibility: Visibility;
  /** Center ids, ascending; only with visibility `centers`. */
  readonly visibleTo: readonly string[];
  readonly license: string;
  /** Ms since the epoch; undefined when it does not expire. */
  readonly validUntilMs: number | undefined;
  /** Position in the log of the batch, and index of the record in it. */
  readonly logPosition: number;
  readonly recordIndex: number;
  /** When the hub received the batch; ms since the epoch. */
  readonly receivedAtMs: number;
  /** Encoded body; empty when withdrawn or erased. */
  readonly body: Uint8Array;
  readonly sourceId: string;
  readonly sourceTable: string;
  readonly sourceRow: number;
}

/** What one step of the fold changes. */
export interface CatalogChange {
  /** Rows to write. */
  readonly rows: readonly CatalogRow[];
  /** Small derived values by name, for example counters of a center. */
  readonly facts: ReadonlyMap<string, Uint8Array>;
  /** Log size that the catalog covers afterwards. */
  readonly position: number;
}

/** Order of rows: kind, then center, then key, each by UTF-8 bytes. */
export interface RowRange {
  readonly kind?: RecordKind;
  readonly centerId?: string;
  /** Begin after this row. */
  readonly after?: RecordRef;
}

/**
 * Durable rows of the catalog.
 *
 * `write` is atomic; it need not be synced, since a lost tail is folded again: position and rows travel together.
 * One writer. Reads may run concurrently and see a whole change or none of it.
 * Run `describeCatalogStore` of `catalog-store.contract.ts` against every implementation.
 */
export interface CatalogStore extends AsyncDisposable {
  /** Log size that the catalog covers; 0 when new. */
  position(): Promise<number>;
  write(change: CatalogChange): Promise<void>;
  get(ref: RecordRef): Promise<CatalogRow | undefined>;
  getMany(refs: readonly RecordRef[]): Promise<(CatalogRow | undefined)[]>;
  rows(range: RowRange): AsyncIterable<CatalogRow>;
  fact(name: string): Promise<Uint8Array | undefined>;
  /** Facts whose name begins with `prefix`, ascending by name. */
  facts(prefix: string): AsyncIterable<readonly [name: string, value: Uint8Array]>;
  /** Deletes everything; position is 0 afterwards. */
  clear(): Promise<void>;
}
