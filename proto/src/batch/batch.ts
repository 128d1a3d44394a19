/**
 * Batches: building them at a center, and verifying them anywhere else.
 *
 * A hub verifies in two steps, so that cheap checks that need its state (identity, quota, sequence) stand between
 * them: {@link openBatch} costs nothing but a look at the header, {@link verifyOpenedBatch} costs a signature and the
 * hashes. {@link verifyBatch} is both. None can be told to skip a check.
 *
 * @module
 */

import { equalBytes } from "../crypto/bytes.ts";
import type { SigningKey, VerifyingKey } from "../crypto/keys.ts";
import { TributaryError } from "../errors.ts";
import { merkleRoot } from "../log/merkle.ts";
import { encodeSignedBatch, parseSignedBatch } from "./frame.ts";
import {
  type BatchHeaderValue,
  batchHeaderHash,
  decodeBatchHeader,
  encodeBatchHeader,
} from "./header.ts";
import { joinRecords, recordHashes, splitRecords } from "./records.ts";
import { signBatchHeader, verifyBatchSignature } from "./signature.ts";

/** What goes into a batch; the rest of the header follows from the records and the key. */
export type BatchInput = Omit<BatchHeaderValue, "keyId" | "recordCount" | "recordsRoot"> & {
  /** Encoded records, in order; 0 to 4096. */
  readonly records: readonly Uint8Array[];
};

/** A batch ready to be sent. */
export interface BuiltBatch {
  /** The bytes that travel. */
  readonly frame: Uint8Array;
  readonly header: Uint8Array;
  /** SHA-256 of `header`: the next batch's `prevHash`. */
  readonly headerHash: Uint8Array;
}

/**
 * Builds and signs a batch. Deterministic: the same input and key give the same bytes.
 *
 * @throws {TributaryError} `ERR_HEADER_MALFORMED` if a field is outside its range; `ERR_FRAME_TOO_LARGE` if the frame
 * would be too large for gRPC; `ERR_RECORDS_MALFORMED` if a record is empty or too large.
 */
export async function buildBatch(input: BatchInput, key: SigningKey): Promise<BuiltBatch> {
  const { records, ...rest } = input;
  const header = encodeBatchHeader({
    ...rest,
    keyId: key.keyId,
    recordCount: records.length,
    recordsRoot: merkleRoot(recordHashes(records)),
  });
  const signature = await signBatchHeader(header, key);
  const run = joinRecords(records);
  const frame = encodeSignedBatch({ header, signature, records: run });
  // What a receiver would refuse is found here, before it is stored or sent.
  parseSignedBatch(frame);
  splitRecords(run, records.length);
  return { frame, header, headerHash: batchHeaderHash(header) };
}

/** A batch that was taken apart. Nothing in it is proven: whoever sent it may have written all of it. */
export interface OpenedBatch {
  readonly header: BatchHeaderValue;
  /** As received: what is signed and hashed. */
  readonly headerBytes: Uint8Array;
  /** SHA-256 of `headerBytes`. */
  readonly headerHash: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** The run of length-prefixed records. */
  readonly records: Uint8Array;
}

declare const verifiedBrand: unique symbol;

/** A batch whose audience, signature and records were checked. Only {@link verifyOpenedBatch} makes one. */
export interface VerifiedBatch extends OpenedBatch {
  /** Each record's bytes, views of `records`. */
  readonly recordBytes: readonly Uint8Array[];
  /** Each record's RFC 6962 leaf hash. */
  readonly recordHashes: readonly Uint8Array[];
  readonly [verifiedBrand]: true;
}

/**
 * Takes a batch apart without verifying it.
 *
 * @param frame Attacker-controlled. Signature and records are views of it: it must not change while they are in use.
 * @throws {TributaryError} `ERR_FRAME_TOO_LARGE`, `ERR_FRAME_MALFORMED`, `ERR_HEADER_MALFORMED`.
 */
export function openBatch(frame: Uint8Array): OpenedBatch {
  const { header: headerBytes, signature, records } = parseSignedBatch(frame);
  const header = decodeBatchHeader(headerBytes);
  return { header, headerBytes, headerHash: batchHeaderHash(headerBytes), signature, records };
}

/**
 * Verifies a batch that was taken apart: audience, key, signature, records, root; cheapest first.
 *
 * @param expected.hubOrigin Origin of this hub.
 * @param expected.key The key that is valid for the center and the header's key id.
 * @throws {TributaryError} `ERR_WRONG_AUDIENCE`, `ERR_KEY_UNKNOWN` if `key` is not the one that the header names,
 * `ERR_SIGNATURE`, `ERR_RECORDS_MALFORMED`, `ERR_RECORDS_ROOT`.
 */
export async function verifyOpenedBatch(
  batch: OpenedBatch,
  expected: { readonly hubOrigin: string; readonly key: VerifyingKey },
): Promise<VerifiedBatch> {
  const { header, headerBytes, signature, records } = batch;
  assertAudience(header, expected.hubOrigin);
  if (!equalBytes(expected.key.keyId, header.keyId)) throw keyUnknown(header);
  await verifyBatchSignature(headerBytes, signature, expected.key);
  const recordBytes = splitRecords(records, header.recordCount);
  const hashes = recordHashes(recordBytes);
  if (!equalBytes(merkleRoot(hashes), header.recordsRoot)) {
    throw new TributaryError("ERR_RECORDS_ROOT", "the records are not those that were signed", {
      messageZh: "批次中的记录与签名不符",
      details: { seq: header.seq },
    });
  }
  return { ...batch, recordBytes, recordHashes: hashes } as unknown as VerifiedBatch;
}

/** @throws {TributaryError} `ERR_WRONG_AUDIENCE` if the batch was signed for another hub. */
export function assertAudience(header: BatchHeaderValue, hubOrigin: string): void {
  if (header.hubOrigin !== hubOrigin) {
    throw new TributaryError(
      "ERR_WRONG_AUDIENCE",
      `the batch was signed for ${header.hubOrigin}; this hub is ${hubOrigin}`,
      { messageZh: `该批次是为 ${header.hubOrigin} 签名的，本枢纽为 ${hubOrigin}` },
    );
  }
}

/** Finds the key that is valid for a center; undefined if it has none with this id. */
export type BatchKeyLookup = (centerId: string, keyId: Uint8Array) => VerifyingKey | undefined;

/**
 * Verifies a frame.
 *
 * @param frame Attacker-controlled; it must not change while the result is in use.
 * @throws {TributaryError} what {@link openBatch} and {@link verifyOpenedBatch} throw; `ERR_KEY_UNKNOWN` if the lookup
 * finds no key.
 */
export async function verifyBatch(
  frame: Uint8Array,
  expected: { readonly hubOrigin: string; readonly keyOf: BatchKeyLookup },
): Promise<VerifiedBatch> {
  const batch = openBatch(frame);
  assertAudience(batch.header, expected.hubOrigin);
  const key = expected.keyOf(batch.header.centerId, batch.header.keyId);
  if (key === undefined) throw keyUnknown(batch.header);
  return verifyOpenedBatch(batch, { hubOrigin: expected.hubOrigin, key });
}

function keyUnknown(header: BatchHeaderValue): TributaryError {
  return new TributaryError(
    "ERR_KEY_UNKNOWN",
    `${header.centerId} has no valid key with the id that the batch names`,
    { messageZh: `${header.centerId} 没有该批次所声明的有效密钥` },
  );
}
