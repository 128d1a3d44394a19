/**
 * What a center signs: the header of a batch, and its one encoding.
 *
 * @see ../../tributary/v1/batch.proto
 * @module
 */

import { create, toBinary } from "@bufbuild/protobuf";
import { decodeCanonical } from "../canonical.ts";
import { equalBytes } from "../crypto/bytes.ts";
import { HASH_BYTES, sha256 } from "../crypto/sha256.ts";
import { TributaryError } from "../errors.ts";
import * as pb from "../gen/tributary/v1/batch_pb.ts";
import { MAX_BATCH_RECORDS, MAX_HEADER_BYTES } from "../limits.ts";
import { isIdentifier, isOrigin } from "../record/identifier.ts";

/** Whether a batch belongs to the snapshot that opens a feed. */
export type Snapshot = "none" | "part" | "end";

/** The header of a batch. */
export interface BatchHeaderValue {
  /** Origin of the hub that it is for. */
  readonly hubOrigin: string;
  readonly centerId: string;
  /** RFC 7638 thumbprint of the signing key; 32 bytes. */
  readonly keyId: Uint8Array;
  /** 16 random bytes that name the feed. */
  readonly feedId: Uint8Array;
  /** Position of the batch in the feed: 0, 1, 2, ... */
  readonly seq: bigint;
  /** SHA-256 of the header before it; 32 zero bytes at 0. */
  readonly prevHash: Uint8Array;
  /** Position in the feed of the first record. */
  readonly firstRecordSeq: bigint;
  /** 1 to 4096; 0 only with snapshot `end`. */
  readonly recordCount: number;
  /** RFC 6962 root over the records; 32 bytes. */
  readonly recordsRoot: Uint8Array;
  /** When the agent signed it; ms since the epoch. Advisory: it decides nothing. */
  readonly createdAtMs: number;
  readonly snapshot: Snapshot;
}

/** Length of a feed id, in bytes. */
export const FEED_ID_BYTES = 16;

/** `prevHash` of the first batch of a feed. Do not modify. */
export const ZERO_HASH = new Uint8Array(HASH_BYTES);

const SNAPSHOTS: readonly Snapshot[] = ["none", "part", "end"];
const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * The one encoding of a header.
 *
 * @throws {TributaryError} `ERR_HEADER_MALFORMED` if a field is outside its range.
 */
export function encodeBatchHeader(value: BatchHeaderValue): Uint8Array {
  assertHeader(value);
  return toBinary(
    pb.BatchHeaderSchema,
    create(pb.BatchHeaderSchema, {
      ...value,
      createdAtMs: BigInt(value.createdAtMs),
      snapshot: SNAPSHOTS.indexOf(value.snapshot) as pb.Snapshot,
    }),
  );
}

/**
 * Reads a header and checks every field.
 *
 * @param bytes Attacker-controlled. Copied.
 * @throws {TributaryError} `ERR_HEADER_MALFORMED` if the bytes are not what {@link encodeBatchHeader} would write for
 * the same value.
 */
export function decodeBatchHeader(bytes: Uint8Array): BatchHeaderValue {
  if (bytes.length > MAX_HEADER_BYTES) throw malformed("size", bytes.length);
  const message = decodeCanonical(pb.BatchHeaderSchema, bytes, "ERR_HEADER_MALFORMED");
  if (message.createdAtMs > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw malformed("created_at_ms", message.createdAtMs);
  }
  const snapshot = SNAPSHOTS[message.snapshot];
  if (snapshot === undefined) throw malformed("snapshot", message.snapshot);
  const value: BatchHeaderValue = {
    hubOrigin: message.hubOrigin,
    centerId: message.centerId,
    keyId: message.keyId,
    feedId: message.feedId,
    seq: message.seq,
    prevHash: message.prevHash,
    firstRecordSeq: message.firstRecordSeq,
    recordCount: message.recordCount,
    recordsRoot: message.recordsRoot,
    createdAtMs: Number(message.createdAtMs),
    snapshot,
  };
  assertHeader(value);
  return value;
}

/** SHA-256 of an encoded header: the next one's `prevHash`, and the batch's id. */
export function batchHeaderHash(header: Uint8Array): Uint8Array {
  return sha256(header);
}

function assertHeader(value: BatchHeaderValue): void {
  if (!isOrigin(value.hubOrigin)) throw malformed("hub_origin", value.hubOrigin.length);
  if (!isIdentifier(value.centerId)) throw malformed("center_id", value.centerId.length);
  if (value.keyId.length !== HASH_BYTES) throw malformed("key_id", value.keyId.length);
  if (value.feedId.length !== FEED_ID_BYTES) throw malformed("feed_id", value.feedId.length);
  if (value.seq < 0n || value.seq > MAX_UINT64) throw malformed("seq", value.seq);
  if (value.prevHash.length !== HASH_BYTES) throw malformed("prev_hash", value.prevHash.length);
  if (value.recordsRoot.length !== HASH_BYTES) {
    throw malformed("records_root", value.recordsRoot.length);
  }
  const { recordCount, firstRecordSeq, createdAtMs, snapshot } = value;
  const fewest = snapshot === "end" ? 0 : 1;
  if (!Number.isInteger(recordCount) || recordCount < fewest || recordCount > MAX_BATCH_RECORDS) {
    throw malformed("record_count", recordCount);
  }
  if (firstRecordSeq < 0n || firstRecordSeq + BigInt(recordCount) > MAX_UINT64) {
    throw malformed("first_record_seq", firstRecordSeq);
  }
  if (!Number.isSafeInteger(createdAtMs) || createdAtMs < 0) {
    throw malformed("created_at_ms", createdAtMs);
  }
  if (value.seq === 0n) {
    if (firstRecordSeq !== 0n) throw malformed("first_record_seq", firstRecordSeq);
    if (!equalBytes(value.prevHash, ZERO_HASH)) throw malformed("prev_hash", "not zero at 0");
  }
}

function malformed(field: string, got: string | number | bigint): TributaryError {
  return new TributaryError("ERR_HEADER_MALFORMED", `${field} of the batch header is not valid`, {
    messageZh: `批次头的 ${field} 字段无效`,
    details: { field, got },
  });
}
