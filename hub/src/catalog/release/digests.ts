/**
 * Digests of parts of a release, to tell whether the same part came before.
 *
 * @module
 */

import { sha256Text, toHex } from "@tributary/proto";
import type { ReleaseAnswer, ReleaseBucket } from "./context.ts";

/** Lower-case hex of the SHA-256 of everything that is published of a bucket. */
export function bucketDigest(bucket: ReleaseBucket): string {
  return toHex(sha256Text(canonicalText(bucket)));
}

/** Names an answer among those of its center. */
export function answerNameOf({ queryId, statistic }: ReleaseAnswer): string {
  return `${toHex(queryId)}/${statistic}`;
}

/** Lower-case hex of the SHA-256 of an answer. */
export function answerDigest(answer: ReleaseAnswer): string {
  return toHex(sha256Text(canonicalText(answer)));
}

/** JSON with sorted names and bytes as hex: one text for one value. */
function canonicalText(value: unknown): string {
  if (value instanceof Uint8Array) return JSON.stringify(toHex(value));
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member)}`);
  return `{${members.join()}}`;
}
