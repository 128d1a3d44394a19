/**
 * HMAC-SHA-256 (RFC 2104), synchronous on every platform.
 *
 * @module
 */

import { sha256 } from "./sha256.ts";

/** Block of SHA-256, in bytes. */
const BLOCK_BYTES = 64;

/** A key that makes 32-byte codes. */
export type Hmac = (...parts: readonly Uint8Array[]) => Uint8Array;

/** HMAC-SHA-256 under a key. @param key Any length; 32 random bytes for a secret. */
export function hmacSha256(key: Uint8Array): Hmac {
  const block = key.length > BLOCK_BYTES ? sha256(key) : key;
  const inner = new Uint8Array(BLOCK_BYTES).fill(0x36);
  const outer = new Uint8Array(BLOCK_BYTES).fill(0x5c);
  for (let i = 0; i < block.length; i++) {
    inner[i] = (inner[i] as number) ^ (block[i] as number);
    outer[i] = (outer[i] as number) ^ (block[i] as number);
  }
  return (...parts) => sha256(outer, sha256(inner, ...parts));
}
