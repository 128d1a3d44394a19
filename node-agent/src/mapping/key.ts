/**
 * What names a row for ever.
 *
 * @module
 */

import { sha256, toHex, utf8 } from "@tributary/proto";

/** Longest key of a record, in UTF-8 bytes. */
const MAX_KEY_BYTES = 128;
const HASH_DIGITS = 32;
const text = new TextDecoder();

/**
 * A record's key from the values of its key columns: NFKC and single spaces, so that a full-width bracket or a space
 * more is the same row; joined by "/". One that is too long is named by its hash. Undefined if all are empty.
 */
export function recordKeyOf(values: readonly string[]): string | undefined {
  const parts = values.map((value) =>
    value
      .normalize("NFKC")
      .replaceAll(/\p{Cf}/gu, "")
      .replaceAll(/[\s\p{Cc}\p{Cs}]+/gu, " ")
      .trim(),
  );
  if (parts.every((part) => part === "")) return undefined;
  const key = parts.filter((part) => part !== "").join("/");
  const bytes = utf8(key);
  // Read from the bytes: a part of a longer string would keep all of it in memory as long as the key is known.
  return bytes.length <= MAX_KEY_BYTES
    ? text.decode(bytes)
    : `sha256-${toHex(sha256(bytes)).slice(0, HASH_DIGITS)}`;
}
