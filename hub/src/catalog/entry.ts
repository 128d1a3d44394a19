/**
 * Entries of the log, decoded for the fold.
 *
 * Bytes of records come from centers and are decoded with care: one that cannot be read is a code, not an exception.
 * Everything else was written by the hub itself, so there a failure is damage and stops the fold.
 *
 * @module
 */

import {
  batchHeaderHash,
  decodeLogContent,
  decodeLogEntry,
  decodeRecord,
  isTributaryError,
  type LogContent,
  type RecordValue,
  splitRecords,
} from "@tributary/proto";
import type { StoredEntry } from "../ports/log-store.ts";

/** A record, or why it cannot be read. */
export type ReadRecord = { readonly record: RecordValue } | { readonly code: string };

/** A decoded entry; a batch with its records. */
export type CatalogEntry = { readonly position: number; readonly receivedAtMs: number } & (
  | Exclude<LogContent, { readonly type: "batch" }>
  | (Extract<LogContent, { readonly type: "batch" }> & {
      /** SHA-256 of the header's bytes. */
      readonly headerHash: Uint8Array;
      readonly records: readonly ReadRecord[];
    })
);

/**
 * Decodes an entry of the hub's own log.
 *
 * @throws {TributaryError} `ERR_LOG_ENTRY_MALFORMED`, `ERR_HEADER_MALFORMED`, `ERR_RECORDS_MALFORMED` or
 * `ERR_STATEMENT_MALFORMED`: the log is damaged.
 */
export function decodeEntry({ position, entry, records }: StoredEntry): CatalogEntry {
  const value = decodeLogEntry(entry);
  const place = { position, receivedAtMs: value.receivedAtMs };
  const content = decodeLogContent(value);
  if (content.type !== "batch") return { ...place, ...content };
  const { recordCount } = content.header;
  const headerHash = batchHeaderHash(value.statement);
  return { ...place, ...content, headerHash, records: readRecords(records, recordCount) };
}

/** Records that a hub lost, and nobody gave back, cannot be read; those of other batches can. */
function readRecords(records: Uint8Array, count: number): readonly ReadRecord[] {
  if (records.length === 0) return Array.from({ length: count }, () => LOST);
  return splitRecords(records, count).map(readRecord);
}

const LOST: ReadRecord = { code: "ERR_STORE_DAMAGED" };

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
