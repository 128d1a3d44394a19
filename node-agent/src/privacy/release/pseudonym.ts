/**
 * Pseudonyms of enterprises and records. Those of enterprises never leave the center, keyed or not: a tag that stays the
 * same over buckets is a linkage key. What leaves of a record is its nullifier, which says nothing of the enterprise.
 *
 * @module
 */

import { fromHex, hmacSha256, toHex, utf8 } from "@tributary/proto";

/** Secrets of a center, 32 random bytes each. None is ever changed: uniqueness has to hold for years. */
export interface PseudonymKeys {
  /** For enterprises. */
  readonly enterprise: Uint8Array;
  /** For record nullifiers. */
  readonly nullifier: Uint8Array;
  /** For the salts of commitments. */
  readonly salt: Uint8Array;
}

/** The secrets as texts. */
export type PseudonymKeysHex = Readonly<Record<keyof PseudonymKeys, string>>;

export function pseudonymKeysToHex({
  enterprise,
  nullifier,
  salt,
}: PseudonymKeys): PseudonymKeysHex {
  return { enterprise: toHex(enterprise), nullifier: toHex(nullifier), salt: toHex(salt) };
}

export function pseudonymKeysOfHex({
  enterprise,
  nullifier,
  salt,
}: PseudonymKeysHex): PseudonymKeys {
  return { enterprise: fromHex(enterprise), nullifier: fromHex(nullifier), salt: fromHex(salt) };
}

/** Makes pseudonyms under the keys of one center. */
export interface Pseudonyms {
  /** Pseudonym of an enterprise or of the group that controls it; 16 bytes. @param id Normalised. */
  readonly group: (id: string) => Uint8Array;
  /** Record nullifier; 32 bytes. @param recordId Names the engagement for ever within the center. */
  readonly nullifier: (recordId: string) => Uint8Array;
  /** Salt of a record's commitment; 32 bytes. */
  readonly salt: (nullifier: Uint8Array) => Uint8Array;
}

const GROUP_BYTES = 16;
const ENTERPRISE = utf8("ent\0");
const RECORD = utf8("rec\0");
const SALT = utf8("salt\0");

export function pseudonymsOf(keys: PseudonymKeys): Pseudonyms {
  const enterprise = hmacSha256(keys.enterprise);
  const nullifier = hmacSha256(keys.nullifier);
  const salt = hmacSha256(keys.salt);
  return {
    group: (id) => enterprise(ENTERPRISE, utf8(id)).slice(0, GROUP_BYTES),
    nullifier: (recordId) => nullifier(RECORD, utf8(recordId)),
    salt: (of) => salt(SALT, of),
  };
}
