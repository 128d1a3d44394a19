/**
 * SHA-256 (FIPS 180-4), the one hash of the protocol; synchronous on every platform.
 *
 * @module
 */

import { sha256Of } from "#sha256";
import { concatBytes } from "./bytes.ts";

/** Length of a hash, in bytes. */
export const HASH_BYTES = 32;

/** The 32-byte hash of the text's UTF-8. */
export function sha256Text(text: string): Uint8Array {
  return sha256Of(text);
}

/** The 32-byte hash of the parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return sha256Of(parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(...parts));
}
