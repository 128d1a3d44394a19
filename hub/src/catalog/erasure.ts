/**
 * Erasure of a record: its content goes, its place, its hash and its proof stay.
 *
 * The bytes in the log are replaced by {@link erasedRecord}, which keeps what orders the record among its revisions,
 * so that the catalog is the same whether it was folded before the erasure or is folded after it; and the record's
 * leaf hash, so that its neighbours in the batch stay provable.
 *
 * @module
 */

import {
  type BatchHeaderValue,
  concatBytes,
  decodeBatchHeader,
  decodeLogEntry,
  type Erasure,
  encodeRecord,
  equalBytes,
  HASH_BYTES,
  isTributaryError,
  leafHash,
  merkleRoot,
  splitRecords,
  utf8,
} from "@tributary/proto";
import type { StoredEntry } from "../ports/log-store.ts";
import { unreadableFactName } from "./accept.ts";
import { readRecord } from "./entry.ts";
import { erasedLicense, hashOfErased } from "./erased-mark.ts";
import { erasedBodyOf } from "./release/erased-effect.ts";
import { readEffect } from "./release/fold-release.ts";
import { widen } from "./verdict.ts";
import type { WorkingSet } from "./working-set.ts";

/** Finds an entry of the log; undefined beyond its end. */
export type EntryLookup = (position: number) => Promise<StoredEntry | undefined>;

const NOTHING = new Uint8Array();
/** Begins what stands for a record that could not be read before either; no record begins with a zero byte. */
const UNREADABLE = Uint8Array.of(0);

/**
 * What is left of a record: kind, key, revision, readers and leaf hash; no body, no origin, no salt. Of an outcome release
 * also what later ones are held to.
 *
 * @param reason Of an outcome release: the code under which it is quarantined; empty where it was accepted.
 */
export function erasedRecord(bytes: Uint8Array, reason = ""): Uint8Array {
  const hash = leafHash(bytes);
  const read = readRecord(bytes);
  if ("code" in read) return concatBytes(UNREADABLE, hash);
  const { kind, key, operation, revision, visibility, visibleTo } = read.record;
  const rest = { kind, key, operation, revision, visibility, visibleTo };
  const isRelease = kind === "outcome" && operation === "upsert";
  const body = isRelease ? erasedBodyOf(readEffect(read.record.body, reason)) : NOTHING;
  return encodeRecord({ ...rest, salt: new Uint8Array(16), license: erasedLicense(hash), body });
}

/**
 * The leaf hash that a record had before it was erased.
 *
 * @param bytes What {@link erasedRecord} made, or anything: a center can write such bytes too, so the answer is to be
 * checked against the batch's root.
 * @returns Undefined where the bytes do not stand for an erased record.
 */
export function erasedHashOf(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] === 0 && bytes.length === 1 + HASH_BYTES) return bytes.subarray(1);
  const read = readRecord(bytes);
  return "code" in read ? undefined : hashOfErased(read.record.license);
}

/** Leaf hashes of a batch's records, with those that erased records had; undefined if they are not the batch's. */
export function recordHashesOf(
  { recordsRoot }: Pick<BatchHeaderValue, "recordsRoot">,
  records: readonly Uint8Array[],
): readonly Uint8Array[] | undefined {
  const hashes = records.map(leafHash);
  if (equalBytes(merkleRoot(hashes), recordsRoot)) return hashes;
  const withErased = records.map((bytes, i) => erasedHashOf(bytes) ?? (hashes[i] as Uint8Array));
  return equalBytes(merkleRoot(withErased), recordsRoot) ? withErased : undefined;
}

/** Whether these are the records of a batch, some of them erased or not. */
export function areRecordsOf(header: BatchHeaderValue, records: Uint8Array): boolean {
  try {
    return recordHashesOf(header, splitRecords(records, header.recordCount)) !== undefined;
  } catch (error) {
    if (isTributaryError(error, "ERR_RECORDS_MALFORMED")) return false;
    throw error;
  }
}

export async function foldErasure(
  work: WorkingSet,
  erasure: Erasure,
  position: number,
  lookup: EntryLookup,
): Promise<void> {
  const { index, position: batchPosition } = erasure;
  const batch = batchPosition < position ? await lookup(batchPosition) : undefined;
  const entry = batch && decodeLogEntry(batch.entry);
  if (batch === undefined || entry?.type !== "batch") return;
  const { centerId, recordCount } = decodeBatchHeader(entry.statement);
  // Its records are lost, and with them what was erased.
  if (batch.records.length === 0) return;
  const bytes = splitRecords(batch.records, recordCount)[index];
  const done = `erased/${String(batchPosition).padStart(16, "0")}/${String(index).padStart(4, "0")}`;
  if (bytes === undefined || (await work.fact(done)) !== undefined) return;
  work.setFact(done, utf8(String(position)));

  const read = readRecord(bytes);
  if ("code" in read) {
    work.setFact(unreadableFactName(centerId, batchPosition, index), undefined);
    await work.count(centerId, "quarantined", "erased");
    return;
  }
  const { kind, key, visibility, visibleTo } = read.record;
  const refused = unreadableFactName(centerId, batchPosition, index);
  if ((await work.fact(refused)) !== undefined) {
    work.setFact(refused, undefined);
    await work.count(centerId, "quarantined", "erased");
    return;
  }
  const row = await work.row({ kind, centerId, key });
  if (row === undefined) return;
  // Folded after the erasure, the record never was live: the audience must not depend on it.
  const audience = widen(row.audience, visibility, visibleTo);
  if (row.logPosition !== batchPosition || row.recordIndex !== index) {
    // A repeated release has its findings from here, and they may quote it.
    work.setRow({ ...row, audience, findings: kind === "outcome" ? [] : row.findings });
    await work.count(centerId, "superseded", "erased");
    return;
  }
  work.setRow({
    ...row,
    verdict: "erased",
    verdictReason: erasure.reason,
    accepted: { verdict: "erased", reason: erasure.reason },
    license: "",
    validUntilMs: undefined,
    changePosition: position,
    audience,
    provenance: undefined,
    findings: [],
    body: NOTHING,
  });
  await work.count(centerId, row.verdict, "erased");
}
