/**
 * What a center has released of its outcomes, and what waits.
 *
 * It must be kept: without it nobody knows which records were used, and no further bucket may be sealed.
 *
 * @module
 */

import type { Label, LabelFacts } from "@tributary/proto";
import type { PendingRecord } from "../privacy/release/engagement.ts";
import type { Epoch } from "../privacy/release/epoch.ts";

/** A pending record and the source that it was read from. */
export interface StoredPending extends PendingRecord {
  readonly sourceId: string;
}

/** What is remembered of a sealed record. */
export interface SealedMember {
  /** Record nullifier in hex. */
  readonly nullifier: string;
  /** Pseudonym of the enterprise group in hex. */
  readonly group: string;
  readonly facts: LabelFacts;
  readonly finished: Epoch;
  /** How good it was, 0 to 10, for noised answers; absent in what versions before them sealed. */
  readonly grade?: number;
  readonly isSatisfied?: boolean;
}

/** Why a bucket is taken back: an enterprise or a court asks, or the center made a mistake. */
export type RetractionReason = "legal" | "error";

/** A sealed bucket: never changed, but for being retracted as a whole. */
export interface StoredBucket {
  /** In hex. */
  readonly bucketId: string;
  readonly epoch: Epoch;
  readonly level: number;
  readonly label: Label;
  /** By nullifier. They are never used again, also after a retraction. */
  readonly members: readonly SealedMember[];
  /** Set when the bucket is taken back; `epoch` is that of the release that says so. */
  readonly retraction?: { readonly reason: RetractionReason; readonly epoch: Epoch };
}

/** One body that was released. */
export interface StoredRelease {
  /** 0, 1, 2, ... */
  readonly seq: number;
  readonly epoch: Epoch;
  readonly part: number;
  readonly parts: number;
  /** Bytes of an OutcomeRelease. */
  readonly body: Uint8Array;
}

/** Where the ledger stands. */
export interface LedgerHead {
  /** The next epoch to be released. */
  readonly openEpoch: Epoch;
  /** Sequence of the next release. */
  readonly nextSeq: number;
  /** SHA-256 of the newest body; empty before the first. */
  readonly lastHash: Uint8Array;
}

/** A set of changes; all of them happen or none. */
export interface LedgerChange {
  readonly head?: LedgerHead;
  /** Written under their nullifiers. */
  readonly pending?: readonly StoredPending[];
  /** Nullifiers that no longer wait. */
  readonly dropped?: readonly string[];
  /** Written under their ids. */
  readonly buckets?: readonly StoredBucket[];
  readonly releases?: readonly StoredRelease[];
}

/**
 * The ledger of one center.
 *
 * - atomic and durable: when `commit` resolves, all of the change survives a crash; if it rejects, whether it does is
 *   unknown until the ledger is opened again;
 * - checked: what changed on disk is never returned, it throws `ERR_STORE_DAMAGED`;
 * - single: one process has it open.
 *
 * Run `describeReleaseLedger` of `release-ledger.contract.ts` against every implementation.
 */
export interface ReleaseLedger extends AsyncDisposable {
  /** Undefined in a new ledger. */
  head(): Promise<LedgerHead | undefined>;

  /** All that waits, by nullifier. */
  pending(): AsyncIterable<StoredPending>;

  /** All buckets, by id. */
  buckets(): AsyncIterable<StoredBucket>;

  /** Releases from a sequence on, ascending. */
  releases(fromSeq: number): AsyncIterable<StoredRelease>;

  /** @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`. */
  commit(change: LedgerChange): Promise<void>;
}
