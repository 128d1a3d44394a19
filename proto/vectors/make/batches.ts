/**
 * Vectors of headers, frames and batches, made with fixed keys.
 *
 * @module
 */

import {
  type BatchHeaderValue,
  type BatchInput,
  batchHeaderHash,
  buildBatch,
  concatBytes,
  EMPTY_ROOT,
  encodeBatchHeader,
  encodeRecord,
  encodeSignedBatch,
  joinRecords,
  openBatch,
  signBatchHeader,
  toJws,
  utf8,
  ZERO_HASH,
} from "@tributary/proto";
import { toVector, type VectorFile } from "./json.ts";
import { CENTER_ID, centerKey, HUB_ORIGIN, otherKey } from "./keys.ts";
import { full, small, withdrawn } from "./records.ts";
import { delimited, flip, number } from "./wire.ts";

const feedId = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);

export const records: readonly Uint8Array[] = [small, full, withdrawn].map(encodeRecord);

const firstInput: BatchInput = {
  hubOrigin: HUB_ORIGIN,
  centerId: CENTER_ID,
  feedId,
  seq: 0n,
  prevHash: ZERO_HASH,
  firstRecordSeq: 0n,
  createdAtMs: 1_767_225_600_000,
  snapshot: "part",
  records,
};

/** The first batch of a feed: three records. */
export const first = await buildBatch(firstInput, centerKey);

/** The second: it only ends the snapshot. */
export const second = await buildBatch(
  {
    ...firstInput,
    seq: 1n,
    prevHash: first.headerHash,
    firstRecordSeq: 3n,
    snapshot: "end",
    records: [],
  },
  centerKey,
);

/** The first, but for another hub. */
export const elsewhere = await buildBatch(
  { ...firstInput, hubOrigin: "hub.example/other" },
  centerKey,
);

const firstHeader = openBatch(first.frame).header;

const headers: Readonly<Record<string, BatchHeaderValue>> = {
  "the first of a feed": firstHeader,
  "one that only ends a snapshot": openBatch(second.frame).header,
  "with the largest numbers": {
    ...firstHeader,
    seq: 2n ** 64n - 1n,
    prevHash: batchHeaderHash(first.header),
    firstRecordSeq: 2n ** 64n - 4097n,
    recordCount: 4096,
    createdAtMs: Number.MAX_SAFE_INTEGER,
    snapshot: "none",
  },
};

const none = new Uint8Array();

function rawHeader(change: {
  readonly fields?: Readonly<Record<number, Uint8Array>>;
  readonly after?: Uint8Array;
}): Uint8Array {
  const fields: Record<number, Uint8Array> = {
    1: delimited(1, utf8(HUB_ORIGIN)),
    2: delimited(2, utf8(CENTER_ID)),
    3: delimited(3, centerKey.keyId),
    4: delimited(4, feedId),
    6: delimited(6, ZERO_HASH),
    8: number(8, 1),
    9: delimited(9, EMPTY_ROOT),
    10: number(10, 1),
    ...change.fields,
  };
  return concatBytes(...Object.values(fields), change.after ?? none);
}

const badHeaders: Readonly<Record<string, Uint8Array>> = {
  "no origin": rawHeader({ fields: { 1: none } }),
  "an origin with a space": rawHeader({ fields: { 1: delimited(1, utf8("hub example")) } }),
  "a center id in upper case": rawHeader({ fields: { 2: delimited(2, utf8("JIANGXI")) } }),
  "a key id of 31 bytes": rawHeader({ fields: { 3: delimited(3, new Uint8Array(31)) } }),
  "a feed id of 17 bytes": rawHeader({ fields: { 4: delimited(4, new Uint8Array(17)) } }),
  "a prev_hash that is not zero at 0": rawHeader({ fields: { 6: delimited(6, EMPTY_ROOT) } }),
  "a prev_hash of 31 bytes": rawHeader({ fields: { 6: delimited(6, new Uint8Array(31)) } }),
  "a first_record_seq at 0": rawHeader({ fields: { 7: number(7, 5) } }),
  "no records": rawHeader({ fields: { 8: none } }),
  "4097 records": rawHeader({ fields: { 8: number(8, 4097) } }),
  "a root of 33 bytes": rawHeader({ fields: { 9: delimited(9, new Uint8Array(33)) } }),
  "an unknown snapshot": rawHeader({ after: number(11, 3) }),
  "an explicit default": rawHeader({ after: number(11, 0) }),
  "an unknown field": rawHeader({ after: number(12, 1) }),
  "a field twice": rawHeader({ after: number(10, 1) }),
  "an over-long varint": rawHeader({ fields: { 8: number(8, 1, 1) } }),
  "a cut end": rawHeader({}).subarray(0, -1),
  "no bytes at all": none,
  "more than 1024 bytes": rawHeader({ after: delimited(12, new Uint8Array(1024)) }),
};

/** Headers. */
export function headerVectors(): VectorFile {
  return {
    description:
      "Batch headers. valid: value and bytes belong together, in both directions; hash is the SHA-256 of bytes. invalid: decoding is refused with code.",
    valid: Object.entries(headers).map(([name, value]) => {
      const bytes = encodeBatchHeader(value);
      const hash = batchHeaderHash(bytes);
      return { name, value: toVector(value), bytes: toVector(bytes), hash: toVector(hash) };
    }),
    invalid: Object.entries(badHeaders).map(([name, bytes]) => ({
      name,
      bytes: toVector(bytes),
      code: "ERR_HEADER_MALFORMED",
    })),
  };
}

/** Frames: only how they are spelled, not what is in them. */
export function frameVectors(): VectorFile {
  const header = utf8("header");
  const signature = new Uint8Array(64).fill(2);
  const run = utf8("records");
  const [h, s, r] = [delimited(1, header), delimited(2, signature), delimited(3, run)];
  const bad: Readonly<Record<string, Uint8Array>> = {
    "no bytes at all": none,
    "no header": concatBytes(s, r),
    "no signature": concatBytes(h, r),
    "an empty header": concatBytes(delimited(1, none), s, r),
    "an empty run that is spelled out": concatBytes(h, s, delimited(3, none)),
    "a signature of 63 bytes": concatBytes(h, delimited(2, signature.subarray(1)), r),
    "a header of 1025 bytes": concatBytes(delimited(1, new Uint8Array(1025).fill(1)), s, r),
    "fields in the wrong order": concatBytes(s, h, r),
    "a field twice": concatBytes(h, h, s, r),
    "records twice": concatBytes(h, s, r, r),
    "an unknown field": concatBytes(h, s, r, delimited(4, run)),
    "bytes after the end": concatBytes(h, s, r, Uint8Array.of(0)),
    "an over-long length": concatBytes(delimited(1, header, 1), s, r),
    "an over-long tag": concatBytes(Uint8Array.of(0x8a, 0x00), h.subarray(1), s, r),
    "a length beyond the end": concatBytes(h, s, r).subarray(0, -1),
    "a length of 2^32 + 6": concatBytes(
      Uint8Array.of(0x0a, 0x86, 0x80, 0x80, 0x80, 0x10),
      header,
      s,
      r,
    ),
    "a length that never ends": concatBytes(Uint8Array.of(0x0a), new Uint8Array(12).fill(0xff)),
    "the wrong wire type": concatBytes(number(1, 1), s, r),
  };
  return {
    description:
      "Frames: the outer form of a SignedBatch. valid: parts and frame belong together, in both directions. invalid: parsing is refused with code.",
    valid: [
      {
        name: "three fields",
        parts: toVector({ header, signature, records: run }),
        frame: toVector(concatBytes(h, s, r)),
      },
      {
        name: "an empty run is left out",
        parts: toVector({ header, signature, records: none }),
        frame: toVector(concatBytes(h, s)),
      },
    ],
    invalid: Object.entries(bad).map(([name, frame]) => ({
      name,
      frame: toVector(frame),
      code: "ERR_FRAME_MALFORMED",
    })),
  };
}

/** Batches, verified for HUB_ORIGIN with the center's key. */
export async function batchVectors(): Promise<VectorFile> {
  const { headerBytes, signature, records: run } = openBatch(first.frame);
  const frameOf = (change: Partial<Parameters<typeof encodeSignedBatch>[0]>) =>
    encodeSignedBatch({ header: headerBytes, signature, records: run, ...change });
  const stranger = await buildBatch(firstInput, otherKey);
  const lessRecords = encodeBatchHeader({ ...firstHeader, recordCount: 2 });
  const invalid: readonly (readonly [name: string, code: string, frame: Uint8Array])[] = [
    ["signed for another hub", "ERR_WRONG_AUDIENCE", elsewhere.frame],
    ["signed by a key that the center does not have", "ERR_KEY_UNKNOWN", stranger.frame],
    ["a bit of the signature changed", "ERR_SIGNATURE", frameOf({ signature: flip(signature, 0) })],
    [
      "signed by another key than the one named",
      "ERR_SIGNATURE",
      frameOf({ signature: await signBatchHeader(headerBytes, otherKey) }),
    ],
    ["a bit of a record changed", "ERR_RECORDS_ROOT", frameOf({ records: flip(run, -1) })],
    [
      "two records swapped",
      "ERR_RECORDS_ROOT",
      frameOf({ records: joinRecords([1, 0, 2].map((i) => records[i] as Uint8Array)) }),
    ],
    [
      "a record left out",
      "ERR_RECORDS_MALFORMED",
      frameOf({ records: joinRecords(records.slice(1)) }),
    ],
    ["the last byte cut", "ERR_RECORDS_MALFORMED", frameOf({ records: run.subarray(0, -1) })],
    [
      "a byte too many",
      "ERR_RECORDS_MALFORMED",
      frameOf({ records: concatBytes(run, Uint8Array.of(0)) }),
    ],
    [
      "a record of no bytes",
      "ERR_RECORDS_MALFORMED",
      frameOf({ records: joinRecords([none, ...records.slice(1)]) }),
    ],
    [
      "fewer records in the header, signed",
      "ERR_RECORDS_MALFORMED",
      frameOf({ header: lessRecords, signature: await signBatchHeader(lessRecords, centerKey) }),
    ],
    ["a header that is none", "ERR_HEADER_MALFORMED", frameOf({ header: utf8("header") })],
  ];
  const valid = { "three records": first, "no records, the end of a snapshot": second };
  return {
    description:
      "Batches of center.id for hubOrigin, signed with center.publicKey (RFC 8032, section 7.1, TEST 1). valid: the frame verifies; header, headerHash, signature, jws and the records' leafHashes are what it yields. invalid: verifying is refused with code.",
    hubOrigin: HUB_ORIGIN,
    center: toVector({ id: CENTER_ID, publicKey: centerKey.publicKey, keyId: centerKey.keyId }),
    valid: Object.entries(valid).map(([name, batch]) => {
      const opened = openBatch(batch.frame);
      return {
        name,
        frame: toVector(batch.frame),
        header: toVector(opened.header),
        headerHash: toVector(opened.headerHash),
        signature: toVector(opened.signature),
        jws: toJws(opened.headerBytes, opened.signature),
        records: toVector(opened.header.recordCount === 0 ? [] : records),
      };
    }),
    invalid: invalid.map(([name, code, frame]) => ({ name, code, frame: toVector(frame) })),
  };
}
