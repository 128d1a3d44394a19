/**
 * One leaf of the hub's log, and its one encoding.
 *
 * @see ../../tributary/v1/log.proto
 * @module
 */

import { create, toBinary } from "@bufbuild/protobuf";
import { decodeCanonical } from "../canonical.ts";
import { TributaryError } from "../errors.ts";
import * as pb from "../gen/tributary/v1/log_pb.ts";
import { MAX_LOG_ENTRY_BYTES } from "../limits.ts";

/** What the statement of an entry is. */
export type LogEntryType =
  | "batch"
  | "refusal"
  | "membership"
  | "curation"
  | "erasure"
  | "policy"
  | "restart"
  | "epoch";

/** An entry. */
export interface LogEntryValue {
  /** When the hub wrote it; ms since the epoch. */
  readonly receivedAtMs: number;
  readonly type: LogEntryType;
  /** The signed or decided bytes; not empty. With `batch` and `refusal` an encoded batch header. */
  readonly statement: Uint8Array;
  /** Signature by the one who makes the statement; empty where the hub itself decides. */
  readonly signature: Uint8Array;
  /** With `refusal` the bytes of a Refusal; otherwise empty. */
  readonly detail: Uint8Array;
}

const TYPES: Readonly<Record<LogEntryType, pb.LogEntryType>> = {
  batch: pb.LogEntryType.BATCH,
  refusal: pb.LogEntryType.REFUSAL,
  membership: pb.LogEntryType.MEMBERSHIP,
  curation: pb.LogEntryType.CURATION,
  erasure: pb.LogEntryType.ERASURE,
  policy: pb.LogEntryType.POLICY,
  restart: pb.LogEntryType.RESTART,
  epoch: pb.LogEntryType.EPOCH,
};

const NAMES = new Map(
  Object.entries(TYPES).map(([name, number]) => [number, name as LogEntryType]),
);

/**
 * The one encoding of an entry.
 *
 * @throws {TributaryError} `ERR_LOG_ENTRY_MALFORMED` if a field is outside its range.
 */
export function encodeLogEntry(value: LogEntryValue): Uint8Array {
  assertEntry(value);
  const bytes = toBinary(
    pb.LogEntrySchema,
    create(pb.LogEntrySchema, {
      ...value,
      receivedAtMs: BigInt(value.receivedAtMs),
      type: TYPES[value.type],
    }),
  );
  if (bytes.length > MAX_LOG_ENTRY_BYTES) throw malformed("size", bytes.length);
  return bytes;
}

/**
 * Reads an entry.
 *
 * @param bytes Attacker-controlled unless they come from the own log. Copied.
 * @throws {TributaryError} `ERR_LOG_ENTRY_MALFORMED` if the bytes are not what {@link encodeLogEntry} would write.
 */
export function decodeLogEntry(bytes: Uint8Array): LogEntryValue {
  if (bytes.length > MAX_LOG_ENTRY_BYTES) throw malformed("size", bytes.length);
  const message = decodeCanonical(pb.LogEntrySchema, bytes, "ERR_LOG_ENTRY_MALFORMED");
  const type = NAMES.get(message.type);
  if (type === undefined) throw malformed("type", message.type);
  if (message.receivedAtMs > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw malformed("received_at_ms", message.receivedAtMs);
  }
  const value: LogEntryValue = {
    receivedAtMs: Number(message.receivedAtMs),
    type,
    statement: message.statement,
    signature: message.signature,
    detail: message.detail,
  };
  assertEntry(value);
  return value;
}

function assertEntry(value: LogEntryValue): void {
  const { receivedAtMs, type, statement, detail } = value;
  if (!Number.isSafeInteger(receivedAtMs) || receivedAtMs < 0) {
    throw malformed("received_at_ms", receivedAtMs);
  }
  if (statement.length === 0) throw malformed("statement", 0);
  if ((type === "refusal") !== detail.length > 0) throw malformed("detail", detail.length);
  const signed = type === "batch" || type === "refusal";
  if (signed && value.signature.length !== 64) {
    throw malformed("signature", value.signature.length);
  }
}

function malformed(field: string, got: string | number | bigint): TributaryError {
  return new TributaryError("ERR_LOG_ENTRY_MALFORMED", `${field} of the log entry is not valid`, {
    details: { field, got },
  });
}
