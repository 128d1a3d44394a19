/**
 * What the log says of a center: its membership, its keys, its newest feed, why it is paused.
 *
 * @module
 */

import { fromUtf8, type MemberState, utf8 } from "@tributary/proto";
import type { CatalogStore } from "../ports/catalog-store.ts";

/** A key of a center and where it entered the log. */
export interface CenterKey {
  /** Lower-case hex of the key id. */
  readonly keyId: string;
  /** Position of the membership change that made the key valid. */
  readonly position: number;
}

/** The feed of a center's newest batch. */
export interface NewestFeed {
  /** Lower-case hex of the feed id. */
  readonly feedId: string;
  /** Position of its first batch. */
  readonly position: number;
  /** The sequence behind its newest batch. */
  readonly nextSeq: number;
  /** Lower-case hex of the SHA-256 of that batch's header. */
  readonly lastHash: string;
}

/** A reason for which a center is paused. */
export interface Pause {
  /** For example `ERR_BATCH_FORK`, `ERR_MASS_CHANGE`, or `ERR_FEED_PAUSED` where a curator decided it. */
  readonly code: string;
  /** A sentence for people; may be empty. */
  readonly reason: string;
  /** Position of the entry that paused it. */
  readonly position: number;
}

/** A snapshot that left out more than a center may lose unasked: what it did not repeat stays until that is confirmed. */
export interface HeldSnapshot {
  /** The feed that began with it; lower-case hex of its id. */
  readonly feedId: string;
  /** Position of that feed's first batch: rows of feeds before it wait. */
  readonly feedPosition: number;
  /** Position of the batch that ended it. */
  readonly position: number;
  /** Records of earlier feeds that it did not repeat. */
  readonly omitted: number;
  /** Records of earlier feeds that it repeated. */
  readonly kept: number;
  /** When the hub received that batch; ms since the epoch. */
  readonly sinceMs: number;
}

/** One center. */
export interface CenterFact {
  readonly centerId: string;
  /** Name as the operator entered it; empty when unknown. */
  readonly name: string;
  /** Undefined when the log has a batch and no membership change, which only tests make. */
  readonly state: MemberState | undefined;
  /** Since when; ms since the epoch; undefined with `state`. */
  readonly stateAtMs: number | undefined;
  /** Ascending by position. */
  readonly keys: readonly CenterKey[];
  readonly feed: NewestFeed | undefined;
  /** Ascending by position; not empty means paused. */
  readonly pauses: readonly Pause[];
  /** What waits with an `ERR_MASS_CHANGE` among the pauses. */
  readonly held: HeldSnapshot | undefined;
  /** When the hub received the newest batch; ms since the epoch; undefined before the first. */
  readonly lastBatchAtMs: number | undefined;
}

export const CENTER_FACTS = "center/";

/** A center of which the log has said nothing yet. */
export function unknownCenter(centerId: string): CenterFact {
  return {
    centerId,
    name: "",
    state: undefined,
    stateAtMs: undefined,
    keys: [],
    feed: undefined,
    pauses: [],
    held: undefined,
    lastBatchAtMs: undefined,
  };
}

/** The fact's one encoding. */
export function encodeCenterFact(fact: CenterFact): Uint8Array {
  const { centerId, name, state, stateAtMs, keys, feed, pauses, held, lastBatchAtMs } = fact;
  return utf8(
    JSON.stringify({
      centerId,
      name,
      state,
      stateAtMs,
      keys: keys.map(({ keyId, position }) => ({ keyId, position })),
      feed: feed && {
        feedId: feed.feedId,
        position: feed.position,
        nextSeq: feed.nextSeq,
        lastHash: feed.lastHash,
      },
      pauses: pauses.map(({ code, reason, position }) => ({ code, reason, position })),
      held: held && {
        feedId: held.feedId,
        feedPosition: held.feedPosition,
        position: held.position,
        omitted: held.omitted,
        kept: held.kept,
        sinceMs: held.sinceMs,
      },
      lastBatchAtMs,
    }),
  );
}

/** @param bytes From the catalog's store. */
export function decodeCenterFact(bytes: Uint8Array): CenterFact {
  const fact = JSON.parse(fromUtf8(bytes)) as CenterFact;
  return { ...unknownCenter(fact.centerId), ...fact };
}

/** The snapshot of a center that waits, by what the catalog covers. */
export async function heldSnapshotOf(
  catalog: Pick<CatalogStore, "fact">,
  centerId: string,
): Promise<HeldSnapshot | undefined> {
  const fact = await catalog.fact(CENTER_FACTS + centerId);
  return fact && decodeCenterFact(fact).held;
}

/** True for a center whose records are or may be in answers. */
export function isPublishing({ state, lastBatchAtMs }: CenterFact): boolean {
  if (state === "left") return false;
  return state === "approved" || lastBatchAtMs !== undefined;
}
