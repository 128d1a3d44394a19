/**
 * What a source held after its last pass, and which of it this pass has seen again. In memory: about 200 bytes a row.
 *
 * @module
 */

import type { FeedStore, LocalRef, RowEntry } from "../ports/feed-store.ts";

/** A record of the source. */
export interface IndexEntry {
  readonly ref: LocalRef;
  /** The row as it was; undefined for a record that this pass added. */
  readonly rowHash: string | undefined;
  /** Ordinal of the feed that holds the record. */
  readonly feed: number;
  isSeen: boolean;
}

/** Row entries of one source, by row hash and by record. */
export class RowIndex {
  readonly #byHash = new Map<string, IndexEntry>();
  readonly #byRef = new Map<string, IndexEntry>();
  #live = 0;

  static async load(store: FeedStore, sourceId: string): Promise<RowIndex> {
    const index = new RowIndex();
    for await (const entry of store.rows(sourceId)) index.#add(entry);
    return index;
  }

  /** Records that were there when the pass began. */
  get live(): number {
    return this.#live;
  }

  row(rowHash: string): IndexEntry | undefined {
    return this.#byHash.get(rowHash);
  }

  record(ref: LocalRef): IndexEntry | undefined {
    return this.#byRef.get(refId(ref));
  }

  /** Notes a record that was not there before. */
  addNew(ref: LocalRef, feed: number): void {
    this.#byRef.set(refId(ref), { ref, rowHash: undefined, feed, isSeen: true });
  }

  /** Records that were there when the pass began and were not seen since. */
  *unseen(): Iterable<IndexEntry> {
    for (const entry of this.#byRef.values()) if (!entry.isSeen) yield entry;
  }

  #add({ kind, key, rowHash, feed }: RowEntry): void {
    const entry: IndexEntry = { ref: { kind, key }, rowHash, feed, isSeen: false };
    this.#byHash.set(rowHash, entry);
    this.#byRef.set(refId(entry.ref), entry);
    this.#live = this.#byRef.size;
  }
}

function refId({ kind, key }: LocalRef): string {
  return `${kind}\0${key}`;
}
