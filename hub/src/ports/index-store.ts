/**
 * Where the segments of the index are kept between runs.
 *
 * Everything in it is derived from the catalog and can be deleted; so it need not survive, only never lie: what is read
 * is what was written, or an error.
 *
 * @module
 */

/** What one step changes. */
export interface IndexStoreChange {
  /** New blobs by name. A name is used once in the life of the store. */
  readonly blobs: ReadonlyMap<string, Uint8Array<SharedArrayBuffer>>;
  /** Names that are no longer needed. */
  readonly removed: readonly string[];
  /** Replaces the manifest. At most 1 MiB. */
  readonly manifest: Uint8Array;
}

/** Bytes of a part of a blob; the last part is what is left. */
export const PART_BYTES = 2 ** 18;

/** What an entry of {@link ArrivingBlob.parts} says. Who needs an absent part makes it a wanted one, and waits. */
export const PartState = { absent: 0, here: 1, wanted: 2, lost: 3 } as const;

/** A blob that is used while it is read. */
export interface ArrivingBlob {
  readonly buffer: SharedArrayBuffer;
  /** A {@link PartState} for each part; who waits for a change is notified (`Atomics.notify`). */
  readonly parts: Int32Array<SharedArrayBuffer>;
  /**
   * Reads the parts that hold the bytes `from` to `to` (exclusive), where they are not here.
   *
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if they are missing or not what was written.
   */
  read(from: number, to: number): Promise<void>;
  /** Says of all that is not here that it is lost. */
  lose(): void;
}

/**
 * Durable blobs and one manifest.
 *
 * `commit` is atomic and synced: after a crash the manifest is the old or the new one, and every blob that was in the
 * store with it is whole. One writer; `commit` is not called while another is under way.
 * Run `describeIndexStore` of `index-store.contract.ts` against every implementation.
 */
export interface IndexStore extends AsyncDisposable {
  /** The manifest; undefined when nothing was committed. @throws {TributaryError} `ERR_STORE_DAMAGED`. */
  readManifest(): Promise<Uint8Array | undefined>;
  /** A blob, in new shared memory. @throws {TributaryError} `ERR_STORE_DAMAGED` if it is missing or not what was written. */
  readBlob(name: string): Promise<SharedArrayBuffer>;
  /** A blob of which nothing is here yet. @throws {TributaryError} `ERR_STORE_DAMAGED` if the store does not know it. */
  openBlob(name: string): Promise<ArrivingBlob>;
  /** @throws {TributaryError} `ERR_STORE_FULL` if the disk is full; the manifest is the old one then. */
  commit(change: IndexStoreChange): Promise<void>;
  /** Deletes everything. */
  clear(): Promise<void>;
}
