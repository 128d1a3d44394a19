/**
 * Numbers as LevelDB and Snappy write them: seven bits a byte, the lowest first.
 *
 * @module
 */

const MOST_BYTES = 8;

/** @returns The number and where it ends; undefined if it does not end within 8 bytes or is beyond 2^53 - 1. */
export function readVarint(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = 0; i < MOST_BYTES; i += 1) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      return Number.isSafeInteger(value) ? { value, end: at + i + 1 } : undefined;
    }
  }
  return undefined;
}
