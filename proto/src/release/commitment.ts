/**
 * What binds a bucket to its records without telling anything of them.
 *
 * @module
 */

import { compareBytes, concatBytes, utf8 } from "../crypto/bytes.ts";
import { sha256 } from "../crypto/sha256.ts";
import { leafHash, merkleRoot } from "../log/merkle.ts";

/** What an auditor is shown of one record. */
export interface BucketOpening {
  /** 32 bytes, secret until opened. */
  readonly salt: Uint8Array;
  /** Pseudonym of the enterprise group; 16 bytes. */
  readonly group: Uint8Array;
  /** Record nullifier; 32 bytes. */
  readonly nullifier: Uint8Array;
}

const BUCKET_ID_BYTES = 16;
const BUCKET = utf8("tributary-bucket/1\0");

/** Root of the tree (RFC 6962) over salt || group || nullifier, in the order of the nullifiers. */
export function bucketCommitment(openings: readonly BucketOpening[]): Uint8Array {
  const leaves = [...openings]
    .sort((a, b) => compareBytes(a.nullifier, b.nullifier))
    .map(({ salt, group, nullifier }) => leafHash(concatBytes(salt, group, nullifier)));
  return merkleRoot(leaves);
}

/** Identifier of the bucket of these records; 16 bytes. @param nullifiers Ascending. */
export function bucketIdOf(nullifiers: readonly Uint8Array[]): Uint8Array {
  return sha256(BUCKET, ...nullifiers).slice(0, BUCKET_ID_BYTES);
}
