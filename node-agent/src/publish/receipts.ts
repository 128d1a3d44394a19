/**
 * Receipts of a feed: they come in the order of its batches, and their positions in the log ascend.
 *
 * @module
 */

import type { FeedState, FeedStore } from "../ports/feed-store.ts";

/**
 * Sequence of the first batch of a feed that has no receipt, or whose receipt is not wanted any more.
 *
 * @param isWanted True for the receipts up to some place of the feed, and for none beyond.
 */
export async function firstUnreceipted(
  store: Pick<FeedStore, "receipt">,
  { ordinal, nextSeq }: Pick<FeedState, "ordinal" | "nextSeq">,
  isWanted: (receipt: Uint8Array) => boolean = () => true,
): Promise<bigint> {
  let [low, high] = [0n, nextSeq];
  while (low < high) {
    const middle = (low + high) / 2n;
    const receipt = await store.receipt(ordinal, middle);
    if (receipt === undefined || !isWanted(receipt)) high = middle;
    else low = middle + 1n;
  }
  return low;
}
