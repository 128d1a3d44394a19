/**
 * What an agent keeps: its signed feeds, the outbox, and what it knows of each source's rows.
 *
 * All of it lives in one store, so that a batch and the row states that it stands for are written together or not at
 * all.
 *
 * @module
 */

import type { RecordKind } from "@tributary/proto";
import type { RecordDraft } from "../feed/record-draft.ts";
import type { Tally } from "../feed/tally.ts";
import type { AgentState } from "../sync/agent-state.ts";
import type { SourceState } from "../sync/source-state.ts";

/** Why a feed was begun. */
export type FeedReason =
  /** The first of this folder. */
  | "first"
  /** The database was behind the mark file or the hub: it had been restored from a backup. */
  | "restored"
  /** The database did not hold together. */
  | "damaged"
  /** A person asked for it. */
  | "renewed"
  /** The key of the feed before is lost, or in wrong hands. */
  | "rekeyed";

/** A feed and where it stands. */
export interface FeedState {
  /** 1 for the first feed of the folder, then 2, 3, ... */
  readonly ordinal: number;
  /** 16 random bytes. */
  readonly feedId: Uint8Array;
  readonly reason: FeedReason;
  readonly openedAtMs: number;
  /** Sequence of the next batch. */
  readonly nextSeq: bigint;
  /** SHA-256 of the newest header; 32 zero bytes before the first. */
  readonly lastHash: Uint8Array;
  /** Position of the next record. */
  readonly nextRecordSeq: bigint;
  /** True until the batch that ends the opening snapshot is signed. */
  readonly isSnapshotOpen: boolean;
  /** Records that are live behind the newest batch, by the source they come from. */
  readonly live: Readonly<Record<string, number>>;
}

/** The signed part of a batch; kept for ever. */
export interface StoredHeader {
  readonly seq: bigint;
  /** Bytes of a BatchHeader. */
  readonly header: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** A batch with its records: count times (uint32 length, record). */
export interface StoredBatch extends StoredHeader {
  readonly records: Uint8Array;
  readonly tally: Tally;
}

/** Names a record within the center. */
export interface LocalRef {
  readonly kind: RecordKind;
  readonly key: string;
}

/** What the agent remembers of a record that it published. */
export interface RecordState extends LocalRef {
  /** Source that the record comes from. */
  readonly sourceId: string;
  /** Newest revision that was signed. */
  readonly revision: bigint;
  /** Hash of what was published, without salt, revision and provenance; 16 bytes. */
  readonly contentHash: Uint8Array;
  /** Ordinal of the feed that it was last published in. */
  readonly feed: number;
  /** False after its withdrawal. */
  readonly isLive: boolean;
}

/** A row as it was when its record was last in the source. */
export interface RowEntry extends LocalRef {
  /** Hash of the raw row and its mapping; 22 characters of base64url. */
  readonly rowHash: string;
  /** Ordinal of the feed that holds its record. */
  readonly feed: number;
  /** True if a person should look at the row although its record is published. */
  readonly isRemarked: boolean;
}

/** A row entry to write, or to delete when `entry` is left out. */
export interface RowChange {
  readonly sourceId: string;
  readonly rowHash: string;
  readonly entry?: RowEntry;
}

/** Drafts that wait for the end of a read, with the row entries to write with them. */
export interface StagedChunk {
  readonly drafts: readonly RecordDraft[];
  readonly rows: readonly RowChange[];
}

/** A batch with a receipt whose records are still there. */
export interface KeptBatch {
  /** Ordinal of the feed. */
  readonly feed: number;
  readonly seq: bigint;
  /** Bytes of its records; 0 where the store lost the figure. */
  readonly bytes: number;
}

/** A receipt to keep; its batch leaves the outbox, and its records stay until they are dropped. */
export interface StoredReceipt {
  /** Ordinal of the feed. */
  readonly feed: number;
  readonly seq: bigint;
  /** Bytes of a Receipt. */
  readonly receipt: Uint8Array;
  /** Bytes of the batch's records. */
  readonly bytes: number;
}

/** A set of changes; all of them happen or none. */
export interface FeedChange {
  /** Writes a feed; one with a new ordinal becomes the current one and empties the outbox of the one before. */
  readonly feed?: FeedState;
  /** Adds a batch to `feed`, which is then the state after it. */
  readonly batch?: StoredBatch;
  readonly receipt?: StoredReceipt;
  /** Whether all states of rows and records are forgotten: the sources have them. */
  readonly forgetsStates?: boolean;
  /** Batches with a receipt whose records go. */
  readonly dropped?: readonly Pick<KeptBatch, "feed" | "seq">[];
  readonly rows?: readonly RowChange[];
  readonly records?: readonly RecordState[];
  readonly sources?: readonly SourceState[];
  readonly agent?: AgentState;
}

/** A batch that waits for its receipt. */
export interface WaitingBatch {
  /** Bytes of records. */
  readonly bytes: number;
  readonly tally: Tally;
}

/** All batches that wait for receipts in the current feed. */
export interface Outbox extends WaitingBatch {
  /** Lowest sequence without a receipt; undefined when nothing waits. */
  readonly firstSeq: bigint | undefined;
  readonly batches: number;
}

/**
 * The store of one agent.
 *
 * - atomic and durable: when `commit` resolves, all of the change survives a crash; if it rejects, whether it does is
 *   unknown until the store is opened again;
 * - checked: what changed on disk is never returned, it throws `ERR_STORE_DAMAGED`; where it is the state of a row or a record,
 *   which the sources have, `what` of its details is `states`;
 * - single: one process has it open.
 *
 * Run `describeFeedStore` of `feed-store.contract.ts` against every implementation.
 */
export interface FeedStore extends AsyncDisposable {
  /** @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`. */
  commit(change: FeedChange): Promise<void>;

  /** All feeds, oldest first; the last is the current one. */
  feeds(): Promise<readonly FeedState[]>;

  header(ordinal: number, seq: bigint): Promise<StoredHeader | undefined>;

  /** Headers of a feed from `from` on, ascending. */
  headers(ordinal: number, from: bigint): AsyncIterable<StoredHeader>;

  /** Records of a batch; undefined when they were dropped. */
  records(ordinal: number, seq: bigint): Promise<Uint8Array | undefined>;

  /** Batches that have a receipt and their records, oldest first. */
  kept(): AsyncIterable<KeptBatch>;

  receipt(ordinal: number, seq: bigint): Promise<Uint8Array | undefined>;

  outbox(ordinal: number): Promise<Outbox>;

  /** A batch in the outbox; undefined if it is not there. */
  waiting(ordinal: number, seq: bigint): Promise<WaitingBatch | undefined>;

  /** Row entries of a source, in the order of their hashes; in chunks, since a promise for each costs more than it. */
  rows(sourceId: string): AsyncIterable<readonly RowEntry[]>;

  /** States of records, in the order of `refs`. */
  recordStates(refs: readonly LocalRef[]): Promise<readonly (RecordState | undefined)[]>;

  /** All source states that were ever written, by source id. */
  sources(): Promise<ReadonlyMap<string, SourceState>>;

  agent(): Promise<AgentState>;

  /** Sets a chunk aside; not durable, and not part of the feed. */
  stage(sourceId: string, chunk: StagedChunk): Promise<void>;

  /** Chunks that were set aside, in their order. */
  staged(sourceId: string): AsyncIterable<StagedChunk>;

  /** Throws away what was set aside for a source. */
  clearStaged(sourceId: string): Promise<void>;
}
