/**
 * Small JSON files that nobody else vouches for, with a checksum in the member `sum`: a flipped bit in them would be
 * believed. Against accidents, not against somebody who can write the files.
 *
 * @module
 */

import { sha256Text, toHex } from "@tributary/proto";

const SUM_LENGTH = 16;

/** @param value Without a member `sum`. @param indent As for JSON.stringify. */
export function summedJson(value: object, indent?: number): string {
  return JSON.stringify({ ...value, sum: sumOf(value) }, null, indent);
}

/**
 * What was written, without its sum; one without any, as earlier versions wrote it, is taken as it is.
 *
 * @throws {SyntaxError} If it is not JSON of an object, or does not match.
 */
export function parseSummedJson(text: string): object {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null) throw new SyntaxError("no object");
  const { sum, ...value } = parsed as { readonly sum?: unknown };
  if (sum !== undefined && sum !== sumOf(value)) throw new SyntaxError("it does not match its sum");
  return value;
}

function sumOf(value: object): string {
  return toHex(sha256Text(JSON.stringify(value))).slice(0, SUM_LENGTH);
}
