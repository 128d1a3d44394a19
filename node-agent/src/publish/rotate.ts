/**
 * How an agent changes its key: it asks the hub with proofs by the new and the current key, or by the recovery key where
 * the current one is lost or in wrong hands.
 *
 * With the current key, what was signed and not yet sent stays valid, and the feed goes on under the new key. With the
 * recovery key the key before ends at once: whatever waits under it is given up, and a new feed says everything again.
 *
 * @module
 */

import {
  decodeBatchHeader,
  equalBytes,
  type SigningKey,
  signJoinProof,
  TributaryError,
} from "@tributary/proto";
import type { Feed } from "../feed/feed.ts";
import type { FeedStore } from "../ports/feed-store.ts";
import type { MemberClient } from "../ports/member-client.ts";

export interface RotateOptions {
  readonly hubOrigin: string;
  readonly centerId: string;
  readonly client: MemberClient;
  readonly feed: Feed;
  readonly store: FeedStore;
  /** The key that is to become valid. It is kept, durably, before the hub hears of it. */
  readonly newKey: SigningKey;
  /** 32 bytes. */
  readonly recoveryPublicKey: Uint8Array;
  /** The recovery key, where it permits the change. */
  readonly recoveryKey?: SigningKey | undefined;
  /** Makes the new key the agent's own, durably. */
  readonly adopt: () => Promise<void>;
}

export interface Rotated {
  /** Position in the hub's log from which the new key is valid. */
  readonly validFromPosition: number;
  /** True if a new feed was opened. */
  readonly isNewFeed: boolean;
}

/**
 * Changes the key. Called again with the same new key after a failure, it finishes what was begun.
 *
 * Nothing is signed meanwhile: the hub is told below which sequence the key before stays valid, and no batch at or
 * beyond it may carry that key.
 *
 * @throws {TributaryError} `ERR_OUTBOX_FULL` if batches of an earlier rotation still wait; what the hub refuses with.
 */
export async function rotateKey(options: RotateOptions, signal: AbortSignal): Promise<Rotated> {
  const { client, feed, newKey, recoveryKey, centerId, recoveryPublicKey } = options;
  let validFromPosition = 0;
  let mustRenew = false;
  await feed.changeKey(async ({ feedId, nextSeq }) => {
    if (recoveryKey === undefined) await assertOneKeyWaits(options);
    const { challenge } = await client.requestChallenge(centerId, signal);
    const previousKeyUntil =
      recoveryKey === undefined ? { feedId, seq: Number(nextSeq) } : undefined;
    const statement = {
      hubOrigin: options.hubOrigin,
      centerId,
      publicKey: newKey.publicKey,
      recoveryPublicKey,
      challenge,
      previousKeyUntil,
    };
    const answer = await client.rotate(
      {
        centerId,
        publicKey: newKey.publicKey,
        proofOfPossession: await signJoinProof("join", newKey, statement),
        authorization: await signJoinProof("rotate", recoveryKey ?? feed.key, statement),
        previousKeyFeed: previousKeyUntil?.feedId ?? new Uint8Array(),
        previousKeyBeforeSeq: BigInt(previousKeyUntil?.seq ?? 0),
      },
      signal,
    );
    validFromPosition = Number(answer.validFromPosition);
    // Of an earlier try, the hub may hold an earlier end: what was signed beyond it can never be sent.
    const isCovered =
      equalBytes(answer.previousKeyFeed, feedId) && answer.previousKeyBeforeSeq >= nextSeq;
    mustRenew = !isCovered;
    await options.adopt();
    return newKey;
  });
  if (mustRenew) await feed.renew("rekeyed");
  return { validFromPosition, isNewFeed: mustRenew };
}

/** Only one key before overlaps: what an earlier one signed has to be in the log first. */
async function assertOneKeyWaits({ feed, store }: RotateOptions): Promise<void> {
  const { firstSeq } = feed.outbox;
  if (firstSeq === undefined) return;
  const first = await store.header(feed.state.ordinal, firstSeq);
  if (first === undefined) return;
  if (equalBytes(decodeBatchHeader(first.header).keyId, feed.key.keyId)) return;
  throw new TributaryError(
    "ERR_OUTBOX_FULL",
    "batches under the key before still wait for the hub; change the key again when they are published",
    { messageZh: "待发区仍有用上一把密钥签名的批次；请待其发布后再次更换密钥" },
  );
}
