/**
 * Evidence: everything needed to prove, offline, that a center published a record and that the hub logged it. What it
 * proves, step by step: the record is a leaf of a batch; the center's key signed the batch; the log holds the batch;
 * and before it, the log holds the operator's approval of that key for that center.
 *
 * It does not prove that the record is still current, nor that the key was not revoked between approval and batch: who
 * needs that reads the log.
 *
 * @see ../../tributary/v1/log.proto
 * @module
 */

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type BatchHeaderValue, decodeBatchHeader } from "../batch/header.ts";
import { verifyBatchSignature } from "../batch/signature.ts";
import { decodeCanonical } from "../canonical.ts";
import { equalBytes } from "../crypto/bytes.ts";
import { importVerifyingKey } from "../crypto/keys.ts";
import { isTributaryError, TributaryError, type TributaryErrorCode } from "../errors.ts";
import { ReceiptSchema } from "../gen/tributary/v1/batch_pb.ts";
import { type Evidence, EvidenceSchema } from "../gen/tributary/v1/log_pb.ts";
import { decodeRecord, type RecordValue } from "../record/record.ts";
import type { TrustedLog } from "./checkpoint.ts";
import { inclusionPath, leafHash, verifyInclusion } from "./merkle.ts";
import { formatNote, parseNote } from "./note.ts";
import { decodeReceipt, encodeReceipt, type VerifiedReceipt, verifyReceipt } from "./receipt.ts";
import { decodeMembershipChange } from "./statement.ts";

/** What evidence is built from. */
export interface EvidenceInput {
  /** Bytes of the record. */
  readonly record: Uint8Array;
  /** Index of the record in its batch. */
  readonly recordIndex: number;
  /** Leaf hashes of all records of the batch, in order. */
  readonly recordHashes: readonly Uint8Array[];
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** Bytes of the receipt of the batch. */
  readonly batchReceipt: Uint8Array;
  /** Bytes of the receipt of the membership change that made the key valid. */
  readonly membershipReceipt: Uint8Array;
}

/**
 * The bytes of evidence. Checkpoints keep only the signature of the log itself, so that every byte is one that a
 * verifier checks. Nothing is verified: a hub builds from what it has verified.
 */
export function buildEvidence(input: EvidenceInput): Uint8Array {
  return toBinary(
    EvidenceSchema,
    create(EvidenceSchema, {
      record: input.record,
      recordIndex: input.recordIndex,
      recordPath: inclusionPath(input.recordHashes, input.recordIndex),
      signature: input.signature,
      batch: fromBinary(ReceiptSchema, withSoleSignature(input.batchReceipt)),
      membership: fromBinary(ReceiptSchema, withSoleSignature(input.membershipReceipt)),
    }),
  );
}

/** The receipt without the checkpoint's cosignatures. The log signs first: its key's name is the origin. */
function withSoleSignature(receipt: Uint8Array): Uint8Array {
  const parts = decodeReceipt(receipt);
  const { text, signatures } = parseNote(parts.checkpoint);
  const origin = text.slice(0, text.indexOf("\n"));
  const own = signatures.filter(({ name }) => name === origin).slice(0, 1);
  return encodeReceipt({ ...parts, checkpoint: formatNote({ text, signatures: own }) });
}

declare const verifiedBrand: unique symbol;

/** What evidence proves. Only {@link verifyEvidence} makes one. */
export interface VerifiedEvidence {
  readonly centerId: string;
  readonly record: RecordValue;
  /** Bytes of the record. */
  readonly recordBytes: Uint8Array;
  readonly header: BatchHeaderValue;
  /** Index of the record in its batch. */
  readonly recordIndex: number;
  /** Position of the batch in the log. */
  readonly position: number;
  /** When the hub wrote the batch to its log; ms since the epoch; the hub's word. */
  readonly receivedAtMs: number;
  /** Key that signed; 32 bytes. */
  readonly keyId: Uint8Array;
  /** Size of the log at the checkpoint that proves the batch. */
  readonly checkpointSize: number;
  /** Root of the log at that checkpoint; 32 bytes. */
  readonly checkpointRoot: Uint8Array;
  /** Position of the approval of the key. */
  readonly membershipPosition: number;
  readonly [verifiedBrand]: true;
}

/**
 * Verifies evidence offline. Every single-byte change of it is refused.
 *
 * @param evidence Attacker-controlled, the hub included: only `log` is trusted.
 * @throws {TributaryError} `ERR_EVIDENCE_MALFORMED`, `ERR_EVIDENCE_RECORD`, `ERR_EVIDENCE_SIGNATURE`,
 * `ERR_EVIDENCE_MEMBERSHIP` or `ERR_EVIDENCE_LOG`, with what failed as its cause; `ERR_VKEY_MALFORMED` if `log.vkey` is
 * none.
 */
export async function verifyEvidence(
  evidence: Uint8Array,
  log: TrustedLog,
): Promise<VerifiedEvidence> {
  const message = decodeCanonical(EvidenceSchema, evidence, "ERR_EVIDENCE_MALFORMED");
  const batch = await receiptOf(message.batch, log, "batch");
  const membership = await receiptOf(message.membership, log, "membership");
  if (batch.entry.type !== "batch") {
    throw refused("ERR_EVIDENCE_LOG", "the receipt is not of a batch");
  }
  const { header, record } = await step("ERR_EVIDENCE_RECORD", () => recordOf(message, batch));
  if (header.hubOrigin !== log.origin) {
    throw refused("ERR_EVIDENCE_LOG", "the batch was signed for another hub");
  }
  const key = await step("ERR_EVIDENCE_MEMBERSHIP", () => approvedKey(header, batch, membership));
  await step("ERR_EVIDENCE_SIGNATURE", () =>
    verifyBatchSignature(batch.entry.statement, message.signature, key),
  );
  return {
    centerId: header.centerId,
    record,
    recordBytes: message.record,
    header,
    recordIndex: message.recordIndex,
    position: batch.position,
    receivedAtMs: batch.entry.receivedAtMs,
    keyId: key.keyId,
    checkpointSize: batch.size,
    checkpointRoot: batch.checkpoint.root,
    membershipPosition: membership.position,
  } as VerifiedEvidence;
}

/** Verifies a receipt whose checkpoint has one signature, the log's: others could be changed unseen. */
async function receiptOf(
  message: Evidence["batch"],
  log: TrustedLog,
  name: string,
): Promise<VerifiedReceipt> {
  if (message === undefined) {
    throw refused("ERR_EVIDENCE_MALFORMED", `the receipt of the ${name} is missing`);
  }
  try {
    const receipt = await verifyReceipt(toBinary(ReceiptSchema, message), log);
    if (receipt.checkpoint.note.signatures.length === 1) return receipt;
  } catch (cause) {
    if (isTributaryError(cause, "ERR_VKEY_MALFORMED")) throw cause;
    throw refused("ERR_EVIDENCE_LOG", `the log does not prove the ${name}`, cause);
  }
  throw refused("ERR_EVIDENCE_LOG", `the checkpoint of the ${name} has more than one signature`);
}

/** The record, proven to be in the batch whose header is logged. */
function recordOf(
  message: Evidence,
  batch: VerifiedReceipt,
): { header: BatchHeaderValue; record: RecordValue } {
  if (!equalBytes(message.signature, batch.entry.signature)) {
    throw refused("ERR_EVIDENCE_SIGNATURE", "the signature is not the one in the log");
  }
  const header = decodeBatchHeader(batch.entry.statement);
  const proof = {
    index: message.recordIndex,
    size: header.recordCount,
    leafHash: leafHash(message.record),
    path: message.recordPath,
    root: header.recordsRoot,
  };
  if (!verifyInclusion(proof)) {
    throw refused("ERR_EVIDENCE_RECORD", "the record is not in the batch");
  }
  return { header, record: decodeRecord(message.record) };
}

/** The key that the log approved for the center before the batch. */
function approvedKey(
  header: BatchHeaderValue,
  batch: VerifiedReceipt,
  membership: VerifiedReceipt,
): ReturnType<typeof importVerifyingKey> {
  if (membership.entry.type !== "membership" || membership.position >= batch.position) {
    throw refused("ERR_EVIDENCE_MEMBERSHIP", "the approval is not logged before the batch");
  }
  const change = decodeMembershipChange(membership.entry.statement);
  if (change.state !== "approved" || change.centerId !== header.centerId) {
    throw refused("ERR_EVIDENCE_MEMBERSHIP", "the logged change does not approve the center");
  }
  return importVerifyingKey(change.publicKey).then((key) => {
    if (equalBytes(key.keyId, header.keyId)) return key;
    throw refused("ERR_EVIDENCE_MEMBERSHIP", "the approved key is not the one that signed");
  });
}

/** Runs one step; what it throws becomes the cause of the step's code. */
async function step<T>(code: TributaryErrorCode, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (isTributaryError(cause) && cause.code.startsWith("ERR_EVIDENCE_")) throw cause;
    throw refused(code, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function refused(code: TributaryErrorCode, problem: string, cause?: unknown): TributaryError {
  return new TributaryError(code, `the evidence does not hold: ${problem}`, {
    messageZh: "证据不成立",
    cause,
  });
}
