/**
 * The raw format of Snappy (github.com/google/snappy, format_description.txt), reading only: the blocks of LevelDB that say
 * where the others are may be written in it.
 *
 * @module
 */

import { readVarint } from "./varint.ts";

/**
 * @param maxBytes Most bytes that may come of it.
 * @returns Undefined if the bytes are not of the format, or too many come of them.
 */
export function unsnappy(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  const length = readVarint(bytes, 0);
  if (length === undefined || length.value > maxBytes) return undefined;
  const out = new Uint8Array(length.value);
  let at = length.end;
  let filled = 0;
  while (at < bytes.length) {
    const tag = bytes[at] as number;
    at += 1;
    if ((tag & 3) === 0) {
      const extra = Math.max(0, (tag >> 2) - 59);
      const size = (extra === 0 ? tag >> 2 : littleEndian(bytes, at, extra)) + 1;
      at += extra;
      if (at + size > bytes.length || filled + size > out.length) return undefined;
      out.set(bytes.subarray(at, at + size), filled);
      at += size;
      filled += size;
      continue;
    }
    const width = [1, 2, 4][(tag & 3) - 1] as number;
    const size = width === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back = littleEndian(bytes, at, width) + (width === 1 ? (tag >> 5) * 256 : 0);
    at += width;
    if (at > bytes.length || back === 0 || back > filled || filled + size > out.length)
      return undefined;
    // Byte by byte: a copy may read what it has just written.
    for (const end = filled + size; filled < end; filled += 1) {
      out[filled] = out[filled - back] as number;
    }
  }
  return filled === out.length ? out : undefined;
}

/** A number of at most 4 bytes; bytes beyond the end count as 0. */
function littleEndian(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i -= 1) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
