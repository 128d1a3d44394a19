/**
 * A look at the bytes of a body before it is decoded: how many elements, how deep. Two million empty sub-messages fit
 * into 4 MB and block a decoder for seconds; counting them stops at the limit.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 * @module
 */

import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { TributaryError } from "../errors.ts";
import { MAX_BODY_BYTES, MAX_BODY_DEPTH, MAX_BODY_ELEMENTS } from "../limits.ts";

/** Wire types. Groups (3 and 4) are refused: nothing here uses them. */
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

interface Scan {
  readonly bytes: Uint8Array;
  at: number;
  elements: number;
}

/**
 * Checks size, element count and depth. Reads at most 20,000 elements, whatever the size.
 *
 * @param body Attacker-controlled.
 * @throws {TributaryError} `ERR_BODY_MALFORMED` above a limit or if the wire format is broken.
 */
export function assertBodyWithinLimits(desc: DescMessage, body: Uint8Array): void {
  if (body.length > MAX_BODY_BYTES) throw tooMuch("bytes", body.length, MAX_BODY_BYTES);
  scanMessage({ bytes: body, at: 0, elements: 0 }, desc, body.length, 1);
}

function scanMessage(scan: Scan, desc: DescMessage | undefined, end: number, depth: number): void {
  if (depth > MAX_BODY_DEPTH) throw tooMuch("depth", depth, MAX_BODY_DEPTH);
  while (scan.at < end) {
    count(scan);
    const tag = readVarint(scan, end);
    const field = desc && fieldOf(desc, tag >>> 3);
    switch (tag & 7) {
      case VARINT:
        readVarint(scan, end);
        break;
      case FIXED64:
        skip(scan, 8, end);
        break;
      case FIXED32:
        skip(scan, 4, end);
        break;
      case DELIMITED: {
        const length = readVarint(scan, end);
        if (length > end - scan.at) throw broken(scan);
        scanDelimited(scan, field, scan.at + length, depth);
        break;
      }
      default:
        throw broken(scan);
    }
  }
}

function scanDelimited(scan: Scan, field: DescField | undefined, end: number, depth: number): void {
  if (field?.fieldKind === "map") {
    scanMapEntry(scan, field.message, end, depth);
  } else if (field?.message !== undefined) {
    scanMessage(scan, field.message, end, depth + 1);
  } else if (field?.fieldKind === "list" && field.packed) {
    // A varint ends at a byte below 128; fixed-width elements are at least as long as that.
    for (; scan.at < end; scan.at++) if ((scan.bytes[scan.at] as number) < 128) count(scan);
  } else {
    scan.at = end;
  }
}

/** A map entry is a message with the key as field 1 and the value as field 2. */
function scanMapEntry(
  scan: Scan,
  value: DescMessage | undefined,
  end: number,
  depth: number,
): void {
  while (scan.at < end) {
    count(scan);
    const tag = readVarint(scan, end);
    if ((tag & 7) === VARINT) {
      readVarint(scan, end);
    } else if ((tag & 7) === DELIMITED) {
      const length = readVarint(scan, end);
      if (length > end - scan.at) throw broken(scan);
      if (tag >>> 3 === 2 && value !== undefined) {
        scanMessage(scan, value, scan.at + length, depth + 1);
      } else {
        scan.at += length;
      }
    } else {
      throw broken(scan);
    }
  }
}

const fieldsOfMessages = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

function fieldOf(desc: DescMessage, number: number): DescField | undefined {
  let fields = fieldsOfMessages.get(desc);
  if (fields === undefined) {
    fields = new Map(desc.fields.map((field) => [field.number, field]));
    fieldsOfMessages.set(desc, fields);
  }
  return fields.get(number);
}

/** The low 32 bits, which is all that tags and lengths need; at most ten bytes. */
function readVarint(scan: Scan, end: number): number {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    if (scan.at >= end) throw broken(scan);
    const byte = scan.bytes[scan.at++] as number;
    if (i < 5) value |= (byte & 127) << (7 * i);
    if (byte < 128) return value >>> 0;
  }
  throw broken(scan);
}

function skip(scan: Scan, length: number, end: number): void {
  if (length > end - scan.at) throw broken(scan);
  scan.at += length;
}

function count(scan: Scan): void {
  if (++scan.elements > MAX_BODY_ELEMENTS) {
    throw tooMuch("elements", scan.elements, MAX_BODY_ELEMENTS);
  }
}

function tooMuch(what: string, got: number, limit: number): TributaryError {
  return new TributaryError(
    "ERR_BODY_MALFORMED",
    `the body has ${got} or more ${what}; at most ${limit} are allowed`,
    { messageZh: `正文超过上限（${what} 最多 ${limit}）`, details: { what, got, limit } },
  );
}

function broken(scan: Scan): TributaryError {
  return new TributaryError("ERR_BODY_MALFORMED", "the body is not a Protobuf message", {
    messageZh: "正文不是有效的 Protobuf 消息",
    details: { at: scan.at },
  });
}
