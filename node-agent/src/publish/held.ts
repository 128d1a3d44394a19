/**
 * What the hub holds back of the center: it tells with the head of the feed.
 *
 * @module
 */

import { toHex } from "@tributary/proto";
import type { FeedHead } from "../ports/courier.ts";
import type { HeldSnapshot } from "../sync/agent-state.ts";
import type { Memo } from "../sync/memo.ts";

/** What a feed's head changes in the memo. Of a feed that the hub does not know it tells nothing. */
export function heldIn(head: FeedHead | undefined): {
  readonly held?: HeldSnapshot | undefined;
} {
  if (head === undefined) return {};
  const { held } = head;
  return { held: held && { ...held, feedId: toHex(held.feedId) } };
}

/** Remembers what the head says, if it says something new. */
export async function noteHeld(memo: Memo, head: FeedHead | undefined): Promise<void> {
  const change = heldIn(head);
  const isNew = "held" in change && change.held?.position !== memo.agent.held?.position;
  if (isNew) await memo.updateAgent(change);
}
