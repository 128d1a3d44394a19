/**
 * What a source held after its last pass, and which of it this pass has seen again. In memory: about 300 bytes a row.
 *
 * @module
 */

import type { RecordKind } from "@tributary/proto";
import type { FeedStore, LocalRef, RowEntry } from "../ports/feed-store.ts";

/** A record of the source. */
export interface IndexEntry extends LocalRef {
  /** The row as it was; undefined for a record that this pass added. */
  readonly rowHash: string | undefined;
  /** Ordinal of the feed that holds the record. */
  readonly feed: number;
  readonly isRemarked: boolean;
  isSeen: boolean;
}

/** Row entries of one source, by row hash and by record. */
export class RowIndex {
  readonly #byHash = new Map<string, IndexEntry>();
  readonly #byKey = new Map<RecordKind, Map<string, IndexEntry>>();
  #live = 0;

  static async load(store: FeedStore, sourceId: string): Promise<RowIndex> {
    const index = new RowIndex();
    for await (const entries of store.rows(sourceId)) {
      for (const entry of entries) index.#add(entry);
    }
    for (const entries of index.#byKey.values()) index.#live += entries.size;
    return index;
  }

  /** Records that were there when the pass began. */
  get live(): number {
    return this.#live;
  }

  row(rowHash: string): IndexEntry | undefined {
    return this.#byHash.get(rowHash);
  }

  record({ kind, key }: LocalRef): IndexEntry | undefined {
    return this.#byKey.get(kind)?.get(key);
  }

  /** Notes a record that was not there before. */
  addNew(ref: LocalRef, feed: number): void {
    this.#put({ ...ref, rowHash: undefined, feed, isRemarked: false, isSeen: true });
  }

  /** Records that were there when the pass began and were not seen since. */
  *unseen(): Iterable<IndexEntry> {
    for (const entries of this.#byKey.values()) {
      for (const entry of entries.values()) if (!entry.isSeen) yield entry;
    }
  }

  #add({ kind, key, rowHash, feed, isRemarked }: RowEntry): void {
    const entry: IndexEntry = { kind, key, rowHash, feed, isRemarked, isSeen: false };
    this.#byHash.set(rowHash, entry);
    this.#put(entry);
  }

  #put(entry: IndexEntry): void {
    let entries = this.#byKey.get(entry.kind);
    if (entries === undefined) {
      entries = new Map();
      this.#byKey.set(entry.kind, entries);
    }
    entries.set(entry.key, entry);
  }
}
