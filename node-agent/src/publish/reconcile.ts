/**
 * What to do about where the hub says that a feed stands.
 *
 * @module
 */

import { equalBytes, sha256 } from "@tributary/proto";
import type { Feed } from "../feed/feed.ts";
import type { FeedHead } from "../ports/courier.ts";
import type { FeedStore } from "../ports/feed-store.ts";

/** How the hub's view of the feed compares with ours. */
export type Standing =
  /** They agree: batches without a receipt are sent. */
  | "agrees"
  /** The hub has what this database does not: the database was restored from a backup. */
  | "hub-is-ahead"
  /** The hub lacks batches that it gave receipts for. */
  | "hub-lost-batches";

/** Compares the hub's head of the current feed (undefined: it does not know the feed) with ours. */
export async function standingOf(
  head: FeedHead | undefined,
  feed: Feed,
  store: FeedStore,
): Promise<Standing> {
  const { ordinal, nextSeq } = feed.state;
  const acknowledged = feed.outbox.firstSeq ?? nextSeq;
  const hubNext = head?.nextSeq ?? 0n;
  if (hubNext > nextSeq) return "hub-is-ahead";
  if (hubNext < acknowledged) return "hub-lost-batches";
  if (head === undefined || hubNext === 0n) return "agrees";
  const newest = await store.header(ordinal, hubNext - 1n);
  const isSame = newest !== undefined && equalBytes(sha256(newest.header), head.lastHash);
  return isSame ? "agrees" : "hub-is-ahead";
}
