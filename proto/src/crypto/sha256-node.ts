/**
 * SHA-256 (FIPS 180-4) of Node. Chosen by the import map `#sha256` of package.json.
 *
 * @module
 */

import { hash } from "node:crypto";

/** The 32-byte hash of `data`; of a text, its UTF-8. */
export function sha256Of(data: Uint8Array | string): Uint8Array {
  const digest = hash("sha256", data, "buffer");
  // A plain view: a Buffer behaves differently in slice, toString and deep equality.
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}
