/**
 * The envelope of one thing that a center publishes, and its one encoding.
 *
 * @see ../../tributary/v1/record.proto
 * @module
 */

import { create, toBinary } from "@bufbuild/protobuf";
import { decodeCanonical } from "../canonical.ts";
import { compareBytes, utf8 } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";
import * as pb from "../gen/tributary/v1/record_pb.ts";
import { MAX_BODY_BYTES, MAX_RECORD_BYTES } from "../limits.ts";
import { isIdentifier, isRecordKey } from "./identifier.ts";
import { isRecordKind, type RecordKind } from "./kind.ts";

/** What a record does to its key: replace what was known, or take it back. */
export type Operation = "upsert" | "withdraw";

/** Who may read a record: everybody, approved members, or the centers named (and the publisher). */
export type Visibility = "public" | "members" | "centers";

/** What the log alone says of a record; each accepted record has exactly one. */
export type RecordVerdict =
  | "live"
  | "pending"
  | "quarantined"
  | "superseded"
  | "withdrawn"
  | "hidden"
  | "erased";

/** How a record is shown: its verdict, or stale when its center is silent or its validity is over. */
export type RecordState = RecordVerdict | "stale";

/** Where at the center a record came from. Holds no file name, since file names name enterprises. */
export interface Provenance {
  /** Identifier of the source in the agent's configuration. */
  readonly sourceId: string;
  /** Sheet or table, at most 200 bytes; empty where the source has only one. */
  readonly table: string;
  /** Counted from 1; 0 where rows have no number. */
  readonly row: number;
  /** First 8 bytes of the SHA-256 of the mapping. */
  readonly mappingId: Uint8Array;
  /** Ms since the epoch. */
  readonly readAtMs: number;
}

/** The envelope. */
export interface RecordValue {
  /** 16 random bytes, new for each revision. */
  readonly salt: Uint8Array;
  readonly kind: RecordKind;
  /** The center's own key, see {@link isRecordKey}. */
  readonly key: string;
  readonly operation: Operation;
  /** Increases with each revision of one (center, kind, key); at least 1, below 2^64. */
  readonly revision: bigint;
  readonly visibility: Visibility;
  /** Center ids, ascending, unique; 1 to 256 with visibility `centers`, else empty. */
  readonly visibleTo: readonly string[];
  /** SPDX id or URL; at most 200 bytes; may be empty. */
  readonly license: string;
  /** Ms since the epoch after which it is shown as stale; undefined when it does not expire. */
  readonly validUntilMs?: number | undefined;
  /** The encoded message of the kind; at most 256 KiB; empty when withdrawn. */
  readonly body: Uint8Array;
  readonly provenance?: Provenance | undefined;
}

const KINDS: Readonly<Record<RecordKind, pb.RecordKind>> = {
  center: pb.RecordKind.CENTER,
  provider: pb.RecordKind.PROVIDER,
  case: pb.RecordKind.CASE,
  policy: pb.RecordKind.POLICY,
  training: pb.RecordKind.TRAINING,
  event: pb.RecordKind.EVENT,
  outcome: pb.RecordKind.OUTCOME,
  demand: pb.RecordKind.DEMAND,
  voucher_programme: pb.RecordKind.VOUCHER_PROGRAMME,
};

const OPERATIONS: Readonly<Record<Operation, pb.Operation>> = {
  upsert: pb.Operation.UPSERT,
  withdraw: pb.Operation.WITHDRAW,
};

const VISIBILITIES: Readonly<Record<Visibility, pb.Visibility>> = {
  public: pb.Visibility.PUBLIC,
  members: pb.Visibility.MEMBERS,
  centers: pb.Visibility.CENTERS,
};

const MAX_READERS = 256;
const MAX_TEXT_BYTES = 200;

/**
 * The one encoding of a record.
 *
 * @throws {TributaryError} `ERR_RECORD_MALFORMED` if a field is outside its range.
 */
export function encodeRecord(value: RecordValue): Uint8Array {
  assertRecord(value);
  return toBinary(pb.RecordSchema, messageOf(value));
}

/**
 * Reads a record and checks every field but the body, which stays bytes.
 *
 * @param bytes Attacker-controlled. Copied.
 * @throws {TributaryError} `ERR_RECORD_MALFORMED` if the bytes are not what {@link encodeRecord} would write for the
 * same value.
 */
export function decodeRecord(bytes: Uint8Array): RecordValue {
  if (bytes.length > MAX_RECORD_BYTES) throw malformed("size", bytes.length);
  const value = recordOf(decodeCanonical(pb.RecordSchema, bytes, "ERR_RECORD_MALFORMED"));
  assertRecord(value);
  return value;
}

function messageOf(value: RecordValue): pb.Record {
  const message = create(pb.RecordSchema);
  message.salt = value.salt;
  message.kind = KINDS[value.kind];
  message.key = value.key;
  message.operation = OPERATIONS[value.operation];
  message.revision = value.revision;
  message.visibility = VISIBILITIES[value.visibility];
  message.visibleTo = [...value.visibleTo];
  message.license = value.license;
  if (value.validUntilMs !== undefined) message.validUntilMs = BigInt(value.validUntilMs);
  message.body = value.body;
  if (value.provenance !== undefined) {
    const { sourceId, table, row, mappingId, readAtMs } = value.provenance;
    message.provenance = create(pb.ProvenanceSchema, {
      sourceId,
      table,
      row,
      mappingId,
      readAtMs: BigInt(readAtMs),
    });
  }
  return message;
}

function recordOf(message: pb.Record): RecordValue {
  const { provenance } = message;
  return {
    salt: message.salt,
    kind: nameOf(KINDS, message.kind, "kind"),
    key: message.key,
    operation: nameOf(OPERATIONS, message.operation, "operation"),
    revision: message.revision,
    visibility: nameOf(VISIBILITIES, message.visibility, "visibility"),
    visibleTo: message.visibleTo,
    license: message.license,
    ...(message.validUntilMs !== undefined && {
      validUntilMs: millisOf(message.validUntilMs, "valid_until_ms"),
    }),
    body: message.body,
    ...(provenance !== undefined && {
      provenance: {
        sourceId: provenance.sourceId,
        table: provenance.table,
        row: provenance.row,
        mappingId: provenance.mappingId,
        readAtMs: millisOf(provenance.readAtMs, "read_at_ms"),
      },
    }),
  };
}

function assertRecord(value: RecordValue): void {
  if (value.salt.length !== 16) throw malformed("salt", value.salt.length);
  if (!isRecordKind(value.kind)) throw malformed("kind", value.kind);
  if (!isRecordKey(value.key)) throw malformed("key", value.key.length);
  if (value.revision < 1n || value.revision >= 2n ** 64n) {
    throw malformed("revision", value.revision);
  }
  assertReaders(value);
  assertText("license", value.license, MAX_TEXT_BYTES);
  assertMillis("valid_until_ms", value.validUntilMs);
  if (value.body.length > MAX_BODY_BYTES) throw malformed("body", value.body.length);
  if (value.operation === "withdraw" && value.body.length > 0) {
    throw malformed("body", value.body.length);
  }
  if (value.provenance !== undefined) assertProvenance(value.provenance);
}

function assertReaders({ visibility, visibleTo }: RecordValue): void {
  const most = visibility === "centers" ? MAX_READERS : 0;
  const fewest = visibility === "centers" ? 1 : 0;
  if (visibleTo.length < fewest || visibleTo.length > most) {
    throw malformed("visible_to", visibleTo.length);
  }
  for (const [i, centerId] of visibleTo.entries()) {
    if (!isIdentifier(centerId)) throw malformed("visible_to", i);
    const before = visibleTo[i - 1];
    if (before !== undefined && compareBytes(utf8(before), utf8(centerId)) >= 0) {
      throw malformed("visible_to", i);
    }
  }
}

function assertProvenance(value: Provenance): void {
  if (!isIdentifier(value.sourceId)) throw malformed("source_id", value.sourceId.length);
  assertText("table", value.table, MAX_TEXT_BYTES);
  if (!Number.isInteger(value.row) || value.row < 0 || value.row >= 2 ** 32) {
    throw malformed("row", value.row);
  }
  if (value.mappingId.length !== 8) throw malformed("mapping_id", value.mappingId.length);
  assertMillis("read_at_ms", value.readAtMs);
}

function assertText(field: string, text: string, maxBytes: number): void {
  if (!text.isWellFormed() || utf8(text).length > maxBytes) throw malformed(field, text.length);
}

function assertMillis(field: string, ms: number | undefined): void {
  if (ms !== undefined && (!Number.isSafeInteger(ms) || ms < 0)) throw malformed(field, ms);
}

function millisOf(ms: bigint, field: string): number {
  if (ms > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed(field, ms);
  return Number(ms);
}

function nameOf<N extends string>(
  names: Readonly<Record<N, number>>,
  number: number,
  field: string,
): N {
  for (const name in names) if (names[name] === number) return name;
  throw malformed(field, number);
}

function malformed(field: string, got: string | number | bigint): TributaryError {
  return new TributaryError("ERR_RECORD_MALFORMED", `${field} of the record is not valid`, {
    messageZh: `记录的 ${field} 字段无效`,
    details: { field, got },
  });
}
