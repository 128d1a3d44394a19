/**
 * {@link ReleaseLedger} in memory, for tests and for trials: nothing survives the process.
 *
 * @module
 */

import type {
  LedgerChange,
  LedgerHead,
  ReleaseLedger,
  StoredBucket,
  StoredPending,
  StoredRelease,
} from "../ports/release-ledger.ts";

export class MemoryReleaseLedger implements ReleaseLedger {
  #head: LedgerHead | undefined;
  readonly #pending = new Map<string, StoredPending>();
  readonly #buckets = new Map<string, StoredBucket>();
  readonly #releases = new Map<number, StoredRelease>();

  async head(): Promise<LedgerHead | undefined> {
    return this.#head;
  }

  async *pending(): AsyncIterable<StoredPending> {
    yield* [...this.#pending].sort(byKey).map(([, record]) => record);
  }

  async *buckets(): AsyncIterable<StoredBucket> {
    yield* [...this.#buckets].sort(byKey).map(([, bucket]) => bucket);
  }

  async *releases(fromSeq: number): AsyncIterable<StoredRelease> {
    yield* [...this.#releases.values()]
      .filter(({ seq }) => seq >= fromSeq)
      .sort((a, b) => a.seq - b.seq);
  }

  async commit(change: LedgerChange): Promise<void> {
    const { head, pending = [], dropped = [], buckets = [], releases = [] } = change;
    if (head !== undefined) this.#head = head;
    for (const record of pending) this.#pending.set(record.nullifier, record);
    for (const nullifier of dropped) this.#pending.delete(nullifier);
    for (const bucket of buckets) this.#buckets.set(bucket.bucketId, bucket);
    for (const release of releases) this.#releases.set(release.seq, release);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
