/**
 * Protobuf bytes by hand, to spell messages as no encoder would.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 * @module
 */

import { concatBytes } from "@tributary/proto";

/** A varint; with `extra` bytes more than it needs. */
export function varint(value: number, extra = 0): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest % 128);
    if (rest < 128) break;
  }
  for (let i = 0; i < extra; i++) bytes.push(0);
  return Uint8Array.from(bytes, (byte, i) => (i < bytes.length - 1 ? byte | 128 : byte));
}

/** A length-delimited field; `extra` bytes more than the length needs. */
export function delimited(field: number, bytes: Uint8Array, extra = 0): Uint8Array {
  return concatBytes(varint(field * 8 + 2), varint(bytes.length, extra), bytes);
}

/** A varint field. */
export function number(field: number, value: number, extra = 0): Uint8Array {
  return concatBytes(varint(field * 8), varint(value, extra));
}

/** The bytes with one bit changed. */
export function flip(bytes: Uint8Array, at: number, bit = 0): Uint8Array {
  const changed = bytes.slice();
  changed[at < 0 ? bytes.length + at : at] = (changed.at(at) as number) ^ (1 << bit);
  return changed;
}
