/**
 * Entries of the log, decoded for the fold.
 *
 * Bytes of records come from centers and are decoded with care: one that cannot be read is a code, not an exception.
 * Everything else was written by the hub itself, so there a failure is damage and stops the fold.
 *
 * @module
 */

import {
  type BatchHeaderValue,
  type CurationDecision,
  decodeBatchHeader,
  decodeCurationDecision,
  decodeErasure,
  decodeLogEntry,
  decodeMembershipChange,
  decodePolicyChange,
  decodeRecord,
  decodeRefusal,
  type Erasure,
  isTributaryError,
  type MembershipChange,
  type PolicyChange,
  type RecordValue,
  type Refusal,
  splitRecords,
} from "@tributary/proto";
import type { StoredEntry } from "../ports/log-store.ts";

/** A record, or why it cannot be read. */
export type ReadRecord = { readonly record: RecordValue } | { readonly code: string };

/** A decoded entry. */
export type CatalogEntry = { readonly position: number; readonly receivedAtMs: number } & (
  | {
      readonly type: "batch";
      readonly header: BatchHeaderValue;
      readonly records: readonly ReadRecord[];
    }
  | { readonly type: "refusal"; readonly header: BatchHeaderValue; readonly refusal: Refusal }
  | { readonly type: "membership"; readonly change: MembershipChange }
  | { readonly type: "curation"; readonly decision: CurationDecision }
  | { readonly type: "erasure"; readonly erasure: Erasure }
  | { readonly type: "policy"; readonly change: PolicyChange }
  | { readonly type: "restart" | "epoch" }
);

/**
 * Decodes an entry of the hub's own log.
 *
 * @throws {TributaryError} `ERR_LOG_ENTRY_MALFORMED`, `ERR_HEADER_MALFORMED`, `ERR_RECORDS_MALFORMED` or
 * `ERR_STATEMENT_MALFORMED`: the log is damaged.
 */
export function decodeEntry({ position, entry, records }: StoredEntry): CatalogEntry {
  const { receivedAtMs, type, statement, detail } = decodeLogEntry(entry);
  const place = { position, receivedAtMs };
  switch (type) {
    case "batch": {
      const header = decodeBatchHeader(statement);
      const bytes = splitRecords(records, header.recordCount);
      return { ...place, type, header, records: bytes.map(readRecord) };
    }
    case "refusal":
      return {
        ...place,
        type,
        header: decodeBatchHeader(statement),
        refusal: decodeRefusal(detail),
      };
    case "membership":
      return { ...place, type, change: decodeMembershipChange(statement) };
    case "curation":
      return { ...place, type, decision: decodeCurationDecision(statement) };
    case "erasure":
      return { ...place, type, erasure: decodeErasure(statement) };
    case "policy":
      return { ...place, type, change: decodePolicyChange(statement) };
    case "restart":
    case "epoch":
      return { ...place, type };
  }
}

/** @param bytes Of a center: whatever they are, this returns. */
export function readRecord(bytes: Uint8Array): ReadRecord {
  try {
    return { record: decodeRecord(bytes) };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/**
 * The code under which something unreadable is quarantined. What a decoder throws by mistake counts as unreadable too:
 * a record must not be able to stop the catalog.
 */
export function codeOf(error: unknown): string {
  return isTributaryError(error) ? error.code : "ERR_INTERNAL";
}
