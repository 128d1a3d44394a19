/**
 * The records of a batch as one run of bytes: each with its length in front, an unsigned 32-bit big-endian number.
 *
 * @module
 */

import { plainView } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";
import { MAX_BATCH_RECORDS, MAX_RECORD_BYTES } from "../limits.ts";
import { leafHash } from "../log/merkle.ts";

/** The run of these records. */
export function joinRecords(records: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const record of records) size += 4 + record.length;
  const run = new Uint8Array(size);
  const view = new DataView(run.buffer);
  let at = 0;
  for (const record of records) {
    view.setUint32(at, record.length);
    run.set(record, at + 4);
    at += 4 + record.length;
  }
  return run;
}

/**
 * Splits a run into its records without copying.
 *
 * @param run Attacker-controlled. The records are views of it.
 * @param count How many there must be; 0 to 4096.
 * @throws {TributaryError} `ERR_RECORDS_MALFORMED` if there are more or fewer, one is empty or larger than a record may
 * be, or bytes are left.
 */
export function splitRecords(run: Uint8Array, count: number): Uint8Array[] {
  if (!Number.isInteger(count) || count < 0 || count > MAX_BATCH_RECORDS) {
    throw malformed("count is out of range", count);
  }
  const bytes = plainView(run);
  const view = new DataView(run.buffer, run.byteOffset, run.byteLength);
  const records: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (run.length - at < 4) throw malformed("run ends before the record", i);
    const length = view.getUint32(at);
    at += 4;
    if (length === 0 || length > MAX_RECORD_BYTES) throw malformed("length is out of range", i);
    if (length > run.length - at) throw malformed("run ends in the record", i);
    records.push(bytes.subarray(at, at + length));
    at += length;
  }
  if (at !== run.length) throw malformed("bytes are left after the record", count - 1);
  return records;
}

/** The RFC 6962 leaf hash of each record, in order. */
export function recordHashes(records: readonly Uint8Array[]): Uint8Array[] {
  return records.map(leafHash);
}

function malformed(problem: string, index: number): TributaryError {
  return new TributaryError("ERR_RECORDS_MALFORMED", `the run of records is damaged: ${problem}`, {
    messageZh: "批次中的记录串已损坏",
    details: { index },
  });
}
