/**
 * SHA-256 (FIPS 180-4) for browsers, where WebCrypto offers it only asynchronously. Chosen by the import map
 * `#sha256` of package.json.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";

/** The 32-byte hash of `data`. */
export function sha256Of(data: Uint8Array): Uint8Array {
  return sha256(data);
}
