/**
 * Where the catalog lives on disk: the newest version of each record with its verdict.
 *
 * Everything in it is derived from the log and can be deleted.
 *
 * @module
 */

import type { RecordKind, RecordRef } from "@tributary/proto";
import type { CatalogRow } from "./catalog-row.ts";

/** A row to write and what it replaces. */
export interface RowChange {
  readonly row: CatalogRow;
  /** `changePosition` of the stored row that this one replaces; undefined when there is none. */
  readonly previousChange: number | undefined;
}

/** What one step of the fold changes. */
export interface CatalogChange {
  /** At most one for each record. */
  readonly rows: readonly RowChange[];
  /** Small derived values by name, for example counters of a center. Undefined deletes. */
  readonly facts: ReadonlyMap<string, Uint8Array | undefined>;
  /** Log size that the catalog covers afterwards. */
  readonly position: number;
}

/** A part of the rows. */
export interface RowRange {
  readonly kind?: RecordKind | undefined;
  readonly centerId?: string | undefined;
  /** Begin after this row, which need not exist. */
  readonly after?: RecordRef | undefined;
}

/**
 * Rows and facts of the catalog.
 *
 * `write` is atomic; it need not be synced, since a lost tail is folded again: position and rows travel together.
 * One writer. Reads may run concurrently, from another thread as well, and see a whole change or none of it; an
 * iteration sees the store as of when it began.
 *
 * Whatever is read back is what was written, or the call throws {@link TributaryError} `ERR_STORE_DAMAGED`: then the
 * catalog is to be cleared and folded again.
 *
 * Run `describeCatalogStore` of `catalog-store.contract.ts` against every implementation.
 */
export interface CatalogStore extends AsyncDisposable {
  /** Log size that the catalog covers; 0 when new. */
  position(): Promise<number>;

  write(change: CatalogChange): Promise<void>;

  get(ref: RecordRef): Promise<CatalogRow | undefined>;

  /** One answer for each of `refs`, in their order. */
  getMany(refs: readonly RecordRef[]): Promise<(CatalogRow | undefined)[]>;

  /** Rows ascending by kind, then center, then key, each by its UTF-8 bytes. */
  rows(range: RowRange): AsyncIterable<CatalogRow>;

  /**
   * Rows whose `changePosition` is at least `from`, ascending by it and then as in {@link rows}.
   *
   * @param after Leaves out the rows of `from` itself up to this one, which need not exist.
   */
  changedRows(from: number, after?: RecordRef): AsyncIterable<CatalogRow>;

  fact(name: string): Promise<Uint8Array | undefined>;

  /** One answer for each of `names`, in their order. */
  factsNamed(names: readonly string[]): Promise<(Uint8Array | undefined)[]>;

  /**
   * Facts whose name begins with `prefix`, ascending by the UTF-8 bytes of the name.
   *
   * @param after Begins behind this name, which begins with `prefix` and need not exist.
   */
  facts(prefix: string, after?: string): AsyncIterable<readonly [name: string, value: Uint8Array]>;

  /**
   * Looks for writes that vanished although later ones are there, as happens when a file is damaged. Cheap; for the
   * writer, once when it begins.
   *
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if there are.
   */
  check(): Promise<void>;

  /**
   * Compares all that is stored with its checksums, so that damage is found that makes a value vanish. Reads everything; for
   * the writer, once in a while. What it found it does not tell again: {@link clear} follows.
   *
   * @param shouldStop Asked now and then.
   * @returns False if it was stopped before the end.
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if something does not match.
   */
  scrub(shouldStop: () => boolean): Promise<boolean>;

  /** Deletes everything; position is 0 afterwards. */
  clear(): Promise<void>;
}
