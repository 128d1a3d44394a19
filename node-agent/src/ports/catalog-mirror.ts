/**
 * A copy of the shared catalog at a center, or of a part of it.
 *
 * @module
 */

import type { FieldFilter, RecordView, WatchEvent } from "@tributary/proto";

/** What is copied: the hub, and the filters of a watch. */
export interface MirrorScope {
  readonly hubOrigin: string;
  readonly filters: readonly FieldFilter[];
}

/**
 * Run `describeCatalogMirror` of `catalog-mirror.contract.ts` against every implementation.
 *
 * - atomic and durable: when `apply` resolves, all of the events survive a crash, with the position of the last one;
 * - single: one process writes it, others may read it meanwhile.
 */
export interface CatalogMirror extends AsyncDisposable {
  /** Log position up to which everything is in the copy; undefined in a new one. */
  position(): number | undefined;

  /** @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_FAILED`. */
  apply(events: readonly WatchEvent[]): Promise<void>;

  /** All records, ascending by kind, center and key. */
  records(): Iterable<RecordView>;
}
