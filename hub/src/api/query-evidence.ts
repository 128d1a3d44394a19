/**
 * Evidence of a record, from the log.
 *
 * @module
 */

import {
  buildEvidence,
  decodeBatchHeader,
  decodeLogEntry,
  type RecordRef,
  splitRecords,
  TributaryError,
  toHex,
  urnOf,
} from "@tributary/proto";
import { recordHashesOf } from "../catalog/erasure.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import type { Reader } from "../ports/search-index.ts";
import type { CoverageReader } from "./query-coverage.ts";
import { requireRow } from "./query-list.ts";

/** The log, as far as evidence needs it. */
export interface LogProofs {
  /** @throws {TributaryError} `ERR_NOT_FOUND`. */
  entry(position: number): Promise<StoredEntry>;
  /** Bytes of a receipt against the newest checkpoint. @throws {TributaryError} `ERR_NOT_FOUND`. */
  freshReceipt(position: number): Promise<Uint8Array>;
}

export interface EvidenceOptions {
  readonly catalog: Pick<CatalogStore, "get">;
  readonly log: LogProofs;
  readonly coverage: CoverageReader;
}

/**
 * The bytes of an Evidence message of the record's newest version.
 *
 * @throws {TributaryError} `ERR_NOT_FOUND` if the record does not exist for the reader, or was erased;
 * `ERR_LOG_DAMAGED` if the log does not hold what it has signed.
 */
export async function evidence(
  { catalog, log, coverage }: EvidenceOptions,
  ref: RecordRef,
  reader: Reader,
): Promise<Uint8Array> {
  const row = await requireRow(catalog, ref, reader);
  if (row.verdict === "erased") throw noProof(ref, "it was erased");
  const entry = await log.entry(row.logPosition);
  const { statement, signature } = decodeLogEntry(entry.entry);
  const header = decodeBatchHeader(statement);
  const records = splitRecords(entry.records, header.recordCount);
  const recordHashes = recordHashesOf(header, records);
  if (recordHashes === undefined) throw damaged(row.logPosition);
  const keyPosition = (await coverage.board())
    .centerOf(ref.centerId)
    ?.keys.findLast(
      ({ keyId, position }) => keyId === toHex(header.keyId) && position < row.logPosition,
    )?.position;
  if (keyPosition === undefined) throw noProof(ref, "the log has no approval of the key");
  const [batchReceipt, membershipReceipt] = await Promise.all([
    log.freshReceipt(row.logPosition),
    log.freshReceipt(keyPosition),
  ]);
  return buildEvidence({
    record: recordAt(records, row),
    recordIndex: row.recordIndex,
    recordHashes,
    signature,
    batchReceipt,
    membershipReceipt,
  });
}

function recordAt(records: readonly Uint8Array[], row: CatalogRow): Uint8Array {
  const record = records[row.recordIndex];
  if (record === undefined) throw damaged(row.logPosition);
  return record;
}

function noProof(ref: RecordRef, why: string): TributaryError {
  return new TributaryError("ERR_NOT_FOUND", `there is no proof of ${urnOf(ref)}: ${why}`, {
    messageZh: `没有 ${urnOf(ref)} 的证明`,
  });
}

function damaged(position: number): TributaryError {
  return new TributaryError(
    "ERR_LOG_DAMAGED",
    `the records of batch ${position} do not hash to what its center signed`,
    { messageZh: `批次 ${position} 的记录与其中心签名的内容不符` },
  );
}
