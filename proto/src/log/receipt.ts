/**
 * Receipts: the hub's proof that an entry is in its log. An agent forgets its copy of a batch only on one that verifies.
 *
 * @see ../../tributary/v1/batch.proto
 * @module
 */

import { create, toBinary } from "@bufbuild/protobuf";
import { decodeCanonical } from "../canonical.ts";
import { TributaryError } from "../errors.ts";
import { ReceiptSchema } from "../gen/tributary/v1/batch_pb.ts";
import { type OpenedCheckpoint, openCheckpoint, type TrustedLog } from "./checkpoint.ts";
import { decodeLogEntry, type LogEntryValue } from "./entry.ts";
import { leafHash, verifyInclusion } from "./merkle.ts";
import { formatTlogProof, parseTlogProof, type TlogProof } from "./proof.ts";

/** What a receipt is made of. */
export interface ReceiptParts extends TlogProof {
  /** The bytes of the log entry. */
  readonly entry: Uint8Array;
}

/** The one encoding of a receipt. */
export function encodeReceipt(parts: ReceiptParts): Uint8Array {
  const { entry } = parts;
  return toBinary(ReceiptSchema, create(ReceiptSchema, { entry, proof: formatTlogProof(parts) }));
}

/**
 * Takes a receipt apart without verifying it.
 *
 * @param bytes Attacker-controlled. Copied.
 * @throws {TributaryError} `ERR_RECEIPT_MALFORMED`, `ERR_PROOF_MALFORMED`.
 */
export function decodeReceipt(bytes: Uint8Array): ReceiptParts {
  const { entry, proof } = decodeCanonical(ReceiptSchema, bytes, "ERR_RECEIPT_MALFORMED");
  return { entry, ...parseTlogProof(proof) };
}

declare const verifiedBrand: unique symbol;

/** A receipt that was verified. Only {@link verifyReceipt} makes one. */
export interface VerifiedReceipt {
  /** Position of the entry in the log. */
  readonly position: number;
  /** Size of the log at the checkpoint. */
  readonly size: number;
  readonly entry: LogEntryValue;
  /** The leaf. */
  readonly entryBytes: Uint8Array;
  /** Audit path of the leaf, leaf side first. */
  readonly path: readonly Uint8Array[];
  readonly checkpoint: OpenedCheckpoint;
  readonly [verifiedBrand]: true;
}

/**
 * Verifies that the entry is in the log.
 *
 * @param receipt Attacker-controlled.
 * @throws {TributaryError} `ERR_RECEIPT_MALFORMED`, `ERR_PROOF_MALFORMED`, `ERR_LOG_ENTRY_MALFORMED`,
 * `ERR_INCLUSION`; what `openCheckpoint` throws.
 */
export async function verifyReceipt(
  receipt: Uint8Array,
  log: TrustedLog,
): Promise<VerifiedReceipt> {
  const parts = decodeReceipt(receipt);
  const checkpoint = await openCheckpoint(parts.checkpoint, log);
  const { index, path, entry } = parts;
  const { size, root } = checkpoint;
  if (!verifyInclusion({ index, size, leafHash: leafHash(entry), path, root })) {
    throw new TributaryError(
      "ERR_INCLUSION",
      "the receipt does not prove that the entry is in the log",
      { messageZh: "回执不能证明条目已写入日志", details: { index, size } },
    );
  }
  return {
    position: index,
    size,
    entry: decodeLogEntry(entry),
    entryBytes: entry,
    path,
    checkpoint,
  } as VerifiedReceipt;
}
