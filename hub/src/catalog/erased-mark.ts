/**
 * The mark of a record that stands for an erased one: its license holds the leaf hash that the record had.
 *
 * @module
 */

import { fromHex, toHex } from "@tributary/proto";

const MARK = "erased:sha256:";

/** The license of what is left. @param hash 32 bytes. */
export function erasedLicense(hash: Uint8Array): string {
  return MARK + toHex(hash);
}

/** True for what {@link erasedLicense} makes; a center can write it too. */
export function isErased(license: string): boolean {
  return license.startsWith(MARK) && /^[0-9a-f]{64}$/.test(license.slice(MARK.length));
}

/** The leaf hash in a license; undefined if there is none. */
export function hashOfErased(license: string): Uint8Array | undefined {
  return isErased(license) ? fromHex(license.slice(MARK.length)) : undefined;
}
