/**
 * Which keys of a center are valid, by position in the log: what a membership change makes of those before it.
 *
 * @module
 */

import { equalBytes } from "../crypto/bytes.ts";
import type { FeedPlace } from "../crypto/join-proof.ts";
import type { VerifyingKey } from "../crypto/keys.ts";
import type { MembershipChange } from "./statement.ts";

/** A key that was replaced: valid for batches of one feed below one sequence. */
export interface PreviousKey {
  readonly key: VerifyingKey;
  readonly until: FeedPlace;
}

/** The key before `key`, as far as it stays valid. */
export function previousKeyAfter(
  { authorization, previousKeyFeed, previousKeyBeforeSeq }: MembershipChange,
  key: VerifyingKey,
  before: { readonly key: VerifyingKey; readonly previousKey: PreviousKey | undefined } | undefined,
): PreviousKey | undefined {
  if (before === undefined) return undefined;
  // An approval repeats the key: what overlapped before still does.
  if (equalBytes(before.key.keyId, key.keyId)) return before.previousKey;
  if (authorization === "" || previousKeyFeed.length === 0) return undefined;
  return { key: before.key, until: { feedId: previousKeyFeed, seq: previousKeyBeforeSeq } };
}
