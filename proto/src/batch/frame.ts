/**
 * The frame of a batch as it travels, read by hand: fields 1, 2 and 3 of SignedBatch, each at most once, in this
 * order, with minimal lengths, and nothing else. A general Protobuf decoder would accept many spellings of one batch.
 *
 * @see ../../tributary/v1/batch.proto
 * @module
 */

import { plainView } from "../crypto/bytes.ts";
import { SIGNATURE_BYTES } from "../crypto/keys.ts";
import { TributaryError } from "../errors.ts";
import { MAX_FRAME_BYTES, MAX_HEADER_BYTES } from "../limits.ts";

/** The parts of a frame. */
export interface SignedBatchParts {
  /** An encoded header. */
  readonly header: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** The run of length-prefixed records; empty in a batch that only ends a snapshot. */
  readonly records: Uint8Array;
}

/** Tags of the fields: (number << 3) | 2, length-delimited. */
const HEADER_TAG = 0x0a;
const SIGNATURE_TAG = 0x12;
const RECORDS_TAG = 0x1a;

/** The one encoding of a signed batch. As proto3 has it, an empty run of records is left out. */
export function encodeSignedBatch(parts: SignedBatchParts): Uint8Array {
  const fields: readonly (readonly [tag: number, bytes: Uint8Array])[] = [
    [HEADER_TAG, parts.header],
    [SIGNATURE_TAG, parts.signature],
    [RECORDS_TAG, parts.records],
  ];
  const present = fields.filter(([, bytes]) => bytes.length > 0);
  const size = present.reduce((sum, [, b]) => sum + 1 + varintSize(b.length) + b.length, 0);
  const frame = new Uint8Array(size);
  let at = 0;
  for (const [tag, bytes] of present) {
    frame[at++] = tag;
    let rest = bytes.length;
    for (; rest > 127; rest >>>= 7) frame[at++] = (rest & 127) | 128;
    frame[at++] = rest;
    frame.set(bytes, at);
    at += bytes.length;
  }
  return frame;
}

/**
 * Takes a frame apart. Costs the same for every frame: nothing inside is read.
 *
 * @param frame Attacker-controlled. The parts are views of it: it must not change while they are in use.
 * @throws {TributaryError} `ERR_FRAME_TOO_LARGE` above 3.5 MiB; `ERR_FRAME_MALFORMED` if it is not the one encoding.
 */
export function parseSignedBatch(frame: Uint8Array): SignedBatchParts {
  if (frame.length > MAX_FRAME_BYTES) {
    throw new TributaryError(
      "ERR_FRAME_TOO_LARGE",
      `the frame has ${frame.length} bytes; at most ${MAX_FRAME_BYTES} are taken`,
      {
        messageZh: `批次为 ${frame.length} 字节，上限 ${MAX_FRAME_BYTES} 字节`,
        details: { limitName: "frame_bytes", limitValue: MAX_FRAME_BYTES, size: frame.length },
      },
    );
  }
  const reader = { frame: plainView(frame), at: 0 };
  const header = readField(reader, HEADER_TAG);
  const signature = readField(reader, SIGNATURE_TAG);
  const records = reader.at < frame.length ? readField(reader, RECORDS_TAG) : new Uint8Array();
  if (reader.at !== frame.length) throw malformed("bytes after field 3", reader.at);
  if (header.length > MAX_HEADER_BYTES) throw malformed("header too long", header.length);
  if (signature.length !== SIGNATURE_BYTES) {
    throw malformed("signature is not 64 bytes", signature.length);
  }
  return { header, signature, records };
}

function readField(reader: { readonly frame: Uint8Array; at: number }, tag: number): Uint8Array {
  const { frame } = reader;
  if (frame[reader.at] !== tag) throw malformed(`expected field ${tag >> 3}`, reader.at);
  reader.at++;
  let length = 0;
  // A frame is below 2^22 bytes: a length has at most four bytes.
  for (let shift = 0; ; shift += 7) {
    const byte = frame[reader.at++];
    if (byte === undefined || shift > 21) throw malformed("length is cut or too long", reader.at);
    length |= (byte & 127) << shift;
    if (byte < 128) {
      if (byte === 0 && shift > 0) throw malformed("length is not minimal", reader.at);
      break;
    }
  }
  if (length === 0) throw malformed("empty field", reader.at);
  if (length > frame.length - reader.at) throw malformed("field is cut", reader.at);
  const bytes = frame.subarray(reader.at, reader.at + length);
  reader.at += length;
  return bytes;
}

function varintSize(n: number): number {
  return n < 128 ? 1 : n < 16_384 ? 2 : n < 2_097_152 ? 3 : 4;
}

function malformed(problem: string, at: number): TributaryError {
  return new TributaryError("ERR_FRAME_MALFORMED", `the frame is not a signed batch: ${problem}`, {
    messageZh: "不是有效的签名批次",
    details: { at },
  });
}
