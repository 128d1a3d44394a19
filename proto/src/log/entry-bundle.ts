/**
 * Entry bundles: the entries of one level 0 tile as one static file (C2SP tlog-tiles, "Log entries").
 *
 * @module
 */

import { TributaryError } from "../errors.ts";
import { MAX_LOG_ENTRY_BYTES } from "../limits.ts";
import { TILE_WIDTH } from "./tiles.ts";

const LENGTH_BYTES = 2;

/**
 * Entries one after the other, each behind its length as a big-endian uint16.
 *
 * @param entries 1 to 256, each of at most 65,535 bytes.
 */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length < 1 || entries.length > TILE_WIDTH) {
    throw malformed(`${entries.length} entries`);
  }
  const bundle = new Uint8Array(
    entries.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0),
  );
  const view = new DataView(bundle.buffer);
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_LOG_ENTRY_BYTES) throw malformed(`an entry of ${entry.length} bytes`);
    view.setUint16(at, entry.length);
    bundle.set(entry, at + LENGTH_BYTES);
    at += LENGTH_BYTES + entry.length;
  }
  return bundle;
}

/**
 * Takes a bundle apart. Nothing is proven: each entry has to hash to its leaf in the level 0 tile.
 *
 * @param bundle Attacker-controlled. The entries are views of it.
 * @param width How many entries there must be; 1 to 256.
 * @throws {TributaryError} `ERR_LOG_ENTRY_MALFORMED` if there are more, fewer, or bytes that are left.
 */
export function decodeEntryBundle(bundle: Uint8Array, width: number): Uint8Array[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.length);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length) {
    if (entries.length === width) throw malformed(`more than ${width} entries`);
    if (at + LENGTH_BYTES > bundle.length) throw malformed("a length that is cut off");
    const start = at + LENGTH_BYTES;
    at = start + view.getUint16(at);
    if (at > bundle.length) throw malformed("an entry that is cut off");
    entries.push(bundle.subarray(start, at));
  }
  if (entries.length !== width) throw malformed(`${entries.length} entries instead of ${width}`);
  return entries;
}

function malformed(what: string): TributaryError {
  return new TributaryError("ERR_LOG_ENTRY_MALFORMED", `an entry bundle has ${what}`);
}
