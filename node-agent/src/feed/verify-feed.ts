/**
 * Proves, from what the agent keeps, that its feed is whole and that the hub's receipts hold.
 *
 * @module
 */

import {
  decodeBatchHeader,
  equalBytes,
  isTributaryError,
  sha256,
  TributaryError,
  type VerifyingKey,
  verifyBatchSignature,
  verifyReceipt,
} from "@tributary/proto";
import type { FeedState, FeedStore } from "../ports/feed-store.ts";

/** A batch that does not hold. */
export interface FeedFault {
  readonly seq: bigint;
  readonly code: string;
  readonly message: string;
}

/** What was found. */
export interface FeedVerification {
  readonly batches: number;
  readonly receipts: number;
  readonly records: bigint;
  readonly faults: readonly FeedFault[];
}

/** Faults that are listed; a feed with so many is damaged as a whole. */
const MAX_FAULTS = 100;

/** Checks every header (sequence, chain, signature) and every receipt of a feed. */
export async function verifyFeed(
  store: FeedStore,
  feed: FeedState,
  trust: {
    /** The center's key and those before it. */
    readonly keys: readonly VerifyingKey[];
    readonly hubOrigin: string;
    readonly hubVkey: string;
  },
): Promise<FeedVerification> {
  const faults: FeedFault[] = [];
  const note = (seq: bigint, error: unknown) => {
    if (!isTributaryError(error)) throw error;
    if (faults.length < MAX_FAULTS) faults.push({ seq, code: error.code, message: error.message });
  };
  let expected = 0n;
  let records = 0n;
  let receipts = 0;
  let lastHash: Uint8Array = new Uint8Array(32);
  for await (const { seq, header, signature } of store.headers(feed.ordinal, 0n)) {
    try {
      const value = decodeBatchHeader(header);
      const follows =
        seq === expected &&
        value.seq === seq &&
        value.firstRecordSeq === records &&
        equalBytes(value.prevHash, lastHash) &&
        equalBytes(value.feedId, feed.feedId);
      if (!follows) throw broken(seq);
      const key = trust.keys.find(({ keyId }) => equalBytes(keyId, value.keyId));
      if (key === undefined) throw unknownKey(seq);
      await verifyBatchSignature(header, signature, key);
      records += BigInt(value.recordCount);
    } catch (error) {
      note(seq, error);
    }
    const receipt = await store.receipt(feed.ordinal, seq);
    if (receipt !== undefined) {
      try {
        const { entry } = await verifyReceipt(receipt, {
          origin: trust.hubOrigin,
          vkey: trust.hubVkey,
        });
        if (!equalBytes(entry.statement, header) || !equalBytes(entry.signature, signature)) {
          throw otherBatch(seq);
        }
        receipts += 1;
      } catch (error) {
        note(seq, error);
      }
    }
    expected = seq + 1n;
    lastHash = sha256(header);
  }
  if (expected !== feed.nextSeq || !equalBytes(lastHash, feed.lastHash)) {
    note(expected, broken(expected));
  }
  return { batches: Number(expected), receipts, records, faults };
}

function broken(seq: bigint): TributaryError {
  return new TributaryError("ERR_STORE_DAMAGED", `batch ${seq} does not follow the one before it`);
}

function unknownKey(seq: bigint): TributaryError {
  return new TributaryError(
    "ERR_KEY_UNKNOWN",
    `batch ${seq} names a key that is not and was not this center's`,
  );
}

function otherBatch(seq: bigint): TributaryError {
  return new TributaryError(
    "ERR_RECEIPT_MISMATCH",
    `the receipt of batch ${seq} is of another batch`,
  );
}
