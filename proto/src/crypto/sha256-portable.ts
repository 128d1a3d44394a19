/**
 * SHA-256 (FIPS 180-4) for browsers, where WebCrypto offers it only asynchronously. Chosen by the import map
 * `#sha256` of package.json.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { utf8 } from "./bytes.ts";

/** The 32-byte hash of `data`; of a text, its UTF-8. */
export function sha256Of(data: Uint8Array | string): Uint8Array {
  return sha256(typeof data === "string" ? utf8(data) : data);
}
