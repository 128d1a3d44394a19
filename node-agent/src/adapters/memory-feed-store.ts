/**
 * {@link FeedStore} in memory, for tests and for `preview`: nothing survives the process.
 *
 * @module
 */

import { plus } from "../feed/tally.ts";
import type {
  FeedChange,
  FeedState,
  FeedStore,
  KeptBatch,
  LocalRef,
  Outbox,
  RecordState,
  RowEntry,
  StagedChunk,
  StoredBatch,
  StoredHeader,
  WaitingBatch,
} from "../ports/feed-store.ts";
import type { AgentState } from "../sync/agent-state.ts";
import type { SourceState } from "../sync/source-state.ts";

interface MemoryBatch extends Omit<StoredBatch, "records"> {
  readonly records?: Uint8Array;
  readonly receipt?: Uint8Array;
}

export class MemoryFeedStore implements FeedStore {
  readonly #feeds = new Map<number, FeedState>();
  readonly #batches = new Map<number, Map<bigint, MemoryBatch>>();
  readonly #rows = new Map<string, Map<string, RowEntry>>();
  readonly #records = new Map<string, RecordState>();
  readonly #sources = new Map<string, SourceState>();
  readonly #staged = new Map<string, StagedChunk[]>();
  #agent: AgentState = {};

  async commit(change: FeedChange): Promise<void> {
    const { feed, batch, receipt } = change;
    if (feed !== undefined) {
      this.#feeds.set(feed.ordinal, feed);
      if (batch === undefined) this.#emptyOutboxesBefore(feed.ordinal);
    }
    if (batch !== undefined) {
      if (feed === undefined) throw new TypeError("a batch needs the state of its feed");
      this.#batchesOf(feed.ordinal).set(batch.seq, batch);
    }
    if (receipt !== undefined) {
      const batches = this.#batchesOf(receipt.feed);
      const stored = batches.get(receipt.seq);
      if (stored !== undefined) {
        batches.set(stored.seq, { ...stored, receipt: receipt.receipt });
      }
    }
    for (const { feed: ordinal, seq } of change.dropped ?? []) {
      const batches = this.#batchesOf(ordinal);
      const { records: _, ...kept } = batches.get(seq) ?? {};
      if ("header" in kept) batches.set(seq, kept as MemoryBatch);
    }
    if (change.forgetsStates) {
      this.#rows.clear();
      this.#records.clear();
    }
    for (const { sourceId, rowHash, entry } of change.rows ?? []) {
      const rows = this.#rows.get(sourceId) ?? new Map<string, RowEntry>();
      this.#rows.set(sourceId, rows);
      if (entry === undefined) rows.delete(rowHash);
      else rows.set(rowHash, entry);
    }
    for (const state of change.records ?? []) this.#records.set(refId(state), state);
    for (const state of change.sources ?? []) this.#sources.set(state.sourceId, state);
    if (change.agent !== undefined) this.#agent = change.agent;
  }

  async feeds(): Promise<readonly FeedState[]> {
    return [...this.#feeds.values()].sort((a, b) => a.ordinal - b.ordinal);
  }

  async header(ordinal: number, seq: bigint): Promise<StoredHeader | undefined> {
    const [stored] = await Array.fromAsync(this.headers(ordinal, seq));
    return stored?.seq === seq ? stored : undefined;
  }

  async *headers(ordinal: number, from: bigint): AsyncIterable<StoredHeader> {
    for (const { seq, header, signature } of this.#sortedBatches(ordinal)) {
      if (seq >= from) yield { seq, header, signature };
    }
  }

  async records(ordinal: number, seq: bigint): Promise<Uint8Array | undefined> {
    return this.#batchesOf(ordinal).get(seq)?.records;
  }

  async *kept(): AsyncIterable<KeptBatch> {
    for (const feed of [...this.#batches.keys()].sort((a, b) => a - b)) {
      for (const { seq, records, receipt } of this.#sortedBatches(feed)) {
        if (records !== undefined && receipt !== undefined) {
          yield { feed, seq, bytes: records.length };
        }
      }
    }
  }

  async receipt(ordinal: number, seq: bigint): Promise<Uint8Array | undefined> {
    return this.#batchesOf(ordinal).get(seq)?.receipt;
  }

  async outbox(ordinal: number): Promise<Outbox> {
    const waiting = this.#sortedBatches(ordinal).filter(isWaiting);
    return {
      firstSeq: waiting[0]?.seq,
      batches: waiting.length,
      bytes: waiting.reduce((bytes, batch) => bytes + (batch.records?.length ?? 0), 0),
      tally: waiting.reduce((sum, { tally }) => plus(sum, tally), {}),
    };
  }

  async waiting(ordinal: number, seq: bigint): Promise<WaitingBatch | undefined> {
    const batch = this.#batchesOf(ordinal).get(seq);
    if (batch?.records === undefined || !isWaiting(batch)) return undefined;
    return { bytes: batch.records.length, tally: batch.tally };
  }

  async *rows(sourceId: string): AsyncIterable<readonly RowEntry[]> {
    const rows = [...(this.#rows.get(sourceId) ?? [])];
    rows.sort(([a], [b]) => (a < b ? -1 : 1));
    yield rows.map(([, entry]) => entry);
  }

  async recordStates(refs: readonly LocalRef[]): Promise<readonly (RecordState | undefined)[]> {
    return refs.map((ref) => this.#records.get(refId(ref)));
  }

  async sources(): Promise<ReadonlyMap<string, SourceState>> {
    return new Map(this.#sources);
  }

  async agent(): Promise<AgentState> {
    return this.#agent;
  }

  async stage(sourceId: string, chunk: StagedChunk): Promise<void> {
    const chunks = this.#staged.get(sourceId) ?? [];
    this.#staged.set(sourceId, [...chunks, chunk]);
  }

  async *staged(sourceId: string): AsyncIterable<StagedChunk> {
    yield* this.#staged.get(sourceId) ?? [];
  }

  async clearStaged(sourceId: string): Promise<void> {
    this.#staged.delete(sourceId);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #batchesOf(ordinal: number): Map<bigint, MemoryBatch> {
    const batches = this.#batches.get(ordinal) ?? new Map<bigint, MemoryBatch>();
    this.#batches.set(ordinal, batches);
    return batches;
  }

  #sortedBatches(ordinal: number): MemoryBatch[] {
    return [...this.#batchesOf(ordinal).values()].sort((a, b) => (a.seq < b.seq ? -1 : 1));
  }

  #emptyOutboxesBefore(ordinal: number): void {
    for (const [other, batches] of this.#batches) {
      if (other >= ordinal) continue;
      for (const batch of [...batches.values()].filter(isWaiting)) {
        const { records: _, ...kept } = batch;
        batches.set(kept.seq, kept);
      }
    }
  }
}

function isWaiting({ records, receipt }: MemoryBatch): boolean {
  return records !== undefined && receipt === undefined;
}

function refId({ kind, key }: LocalRef): string {
  return `${kind}\0${key}`;
}
