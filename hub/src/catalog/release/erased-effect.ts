/**
 * The effect of a release that was erased: what its record still says in the log.
 *
 * The catalog must be the same whether it was folded before the erasure or is folded after it, so everything that later
 * releases are held to stays: place, hash, used records, budget. Figures, labels and texts go.
 *
 * @module
 */

import {
  bucketIdOf,
  decodeErasedRelease,
  type ErasedRelease,
  encodeErasedRelease,
  fromHex,
  HASH_BYTES,
  isTributaryError,
  toHex,
} from "@tributary/proto";
import type { ReleaseEffect } from "./effect.ts";
import { isFraction } from "./fraction.ts";

/** The body that stands for an erased release. */
export function erasedBodyOf(effect: ReleaseEffect): Uint8Array {
  const { bodyHash, reason, seq, records, buckets, retracted, answers, budget } = effect;
  return encodeErasedRelease({
    bodyHash: fromHex(bodyHash),
    reason,
    seq,
    records,
    buckets: buckets.map(({ digest, nullifiers }) => ({
      digest: fromHex(digest),
      nullifiers: nullifiers.map(fromHex),
    })),
    retracted: retracted.map(fromHex),
    answers: answers.map(({ name, digest, rho }) => ({ name, digest: fromHex(digest), rho })),
    year: budget?.year,
    spentRho: budget?.spent ?? "",
  });
}

/**
 * The effect that a body stands for.
 *
 * @param body Attacker-controlled: a center can write one itself. It then has used up what it names, and shown nothing.
 * @returns Undefined if it is no such body.
 */
export function effectOfErased(body: Uint8Array): ReleaseEffect | undefined {
  let erased: ErasedRelease;
  try {
    erased = decodeErasedRelease(body);
  } catch (error) {
    if (isTributaryError(error)) return undefined;
    throw error;
  }
  const { bodyHash, reason, seq, records, buckets, retracted, answers, year, spentRho } = erased;
  const fractions = [...answers.map(({ rho }) => rho), ...(year === undefined ? [] : [spentRho])];
  if (bodyHash.length !== HASH_BYTES || !fractions.every(isFraction)) return undefined;
  return {
    bodyHash: toHex(bodyHash),
    reason,
    ...(seq !== undefined && { seq }),
    records,
    buckets: buckets.map(({ digest, nullifiers }) => ({
      id: toHex(bucketIdOf(nullifiers)),
      digest: toHex(digest),
      nullifiers: nullifiers.map(toHex),
    })),
    retracted: retracted.map(toHex),
    answers: answers.map(({ name, digest, rho }) => ({ name, digest: toHex(digest), rho })),
    ...(year !== undefined && { budget: { year, spent: spentRho } }),
  };
}
