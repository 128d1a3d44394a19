/**
 * A batch, a membership change or a refusal moves a center and its rows.
 *
 * @module
 */

import {
  type BatchHeaderValue,
  type Body,
  keyIdOf,
  type MembershipChange,
  type Refusal,
  type SnapshotPlace,
  toHex,
} from "@tributary/proto";
import type { CatalogRow } from "../ports/catalog-row.ts";
import { acceptRecord } from "./accept.ts";
import { ACTIVITY_FACTS, addBatch, decodeActivity, encodeActivity } from "./activity-fact.ts";
import type { CenterFact, NewestFeed, Pause } from "./center-fact.ts";
import type { CatalogEntry } from "./entry.ts";
import type { WorkingSet } from "./working-set.ts";

type BatchEntry = Extract<CatalogEntry, { type: "batch" }>;

/** Largest share of its records that a center may lose at once without anybody confirming it. */
const MAX_LOST_SHARE = 0.25;

const MASS_CHANGE = "ERR_MASS_CHANGE";
const OMITTED = "omitted_from_snapshot";
const LEFT = "member_left";
const DISTRUSTED = "key_revoked";

/** Told of each row that became the newest of its key with a readable body. */
export type BodyListener = (row: CatalogRow, body: Body) => void;

export async function foldBatch(
  work: WorkingSet,
  { header, headerHash, records, position, receivedAtMs }: BatchEntry,
  onBody: BodyListener,
): Promise<void> {
  const { centerId } = header;
  const known = await work.center(centerId);
  const feed = feedOf(known, header, headerHash, position);
  work.setCenter({ ...known, feed, lastBatchAtMs: receivedAtMs });
  for (const [index, read] of records.entries()) {
    const place = { centerId, position, index, receivedAtMs, feedPosition: feed.position };
    const accepted = await acceptRecord(work, place, read);
    if (accepted?.body !== undefined) onBody(accepted.row, accepted.body);
  }
  await noteActivity(work, centerId, receivedAtMs, records.length);
  if (header.snapshot === "end")
    await endSnapshot(work, centerId, feed, { position, receivedAtMs });
}

async function noteActivity(
  work: WorkingSet,
  centerId: string,
  receivedAtMs: number,
  records: number,
): Promise<void> {
  const name = ACTIVITY_FACTS + centerId;
  const weeks = decodeActivity(await work.fact(name));
  work.setFact(name, encodeActivity(addBatch(weeks, receivedAtMs, records)));
}

function feedOf(
  center: CenterFact,
  { feedId, seq }: BatchHeaderValue,
  headerHash: Uint8Array,
  position: number,
): NewestFeed {
  const name = toHex(feedId);
  return {
    feedId: name,
    position: center.feed?.feedId === name ? center.feed.position : position,
    nextSeq: Number(seq) + 1,
    lastHash: toHex(headerHash),
  };
}

/**
 * What earlier feeds held and the snapshot did not repeat is withdrawn; or waits until somebody confirms it, where it is
 * more than a quarter of the center's records.
 */
async function endSnapshot(
  work: WorkingSet,
  centerId: string,
  feed: NewestFeed,
  { position, receivedAtMs }: Pick<BatchEntry, "position" | "receivedAtMs">,
): Promise<void> {
  let omitted = 0;
  let kept = 0;
  for await (const row of work.rowsOf(centerId)) {
    if (!isHeld(row)) continue;
    if (row.feedPosition < feed.position) omitted += 1;
    else if (row.firstPosition < feed.position) kept += 1;
  }
  const center = withoutHeld(await work.center(centerId));
  if (omitted <= MAX_LOST_SHARE * (omitted + kept)) {
    work.setCenter(center);
    if (omitted > 0) await withdrawBefore(work, centerId, feed.position, position);
    return;
  }
  const reason = `the snapshot repeats ${kept} of ${omitted + kept} records`;
  const { feedId, position: feedPosition } = feed;
  const held = { feedId, feedPosition, position, omitted, kept, sinceMs: receivedAtMs };
  const pauses = [...center.pauses, { code: MASS_CHANGE, reason, position }];
  work.setCenter({ ...center, pauses, held });
}

/** The center when no mass change of it waits any more. */
function withoutHeld(center: CenterFact): CenterFact {
  const pauses = center.pauses.filter(({ code }) => code !== MASS_CHANGE);
  return { ...center, pauses, held: undefined };
}

/** True if the center has the record: not withdrawn, and not erased, which nobody can repeat. */
function isHeld(row: CatalogRow): boolean {
  return row.accepted.verdict !== "withdrawn" && row.accepted.verdict !== "erased";
}

/** Withdraws what a center published in feeds that began before `feedPosition`. */
async function withdrawBefore(
  work: WorkingSet,
  centerId: string,
  feedPosition: number,
  position: number,
): Promise<void> {
  return withdrawRows(work, centerId, (row) => row.feedPosition < feedPosition, OMITTED, position);
}

/** Withdraws rows of a center; in the log, their records stay. */
async function withdrawRows(
  work: WorkingSet,
  centerId: string,
  isConcerned: (row: CatalogRow) => boolean,
  reason: string,
  position: number,
): Promise<void> {
  for await (const row of work.rowsOf(centerId)) {
    if (!isHeld(row) || !isConcerned(row)) continue;
    work.setRow({
      ...row,
      verdict: "withdrawn",
      verdictReason: reason,
      accepted: { verdict: "withdrawn", reason },
      changePosition: position,
      body: new Uint8Array(),
    });
    await work.count(centerId, row.verdict, "withdrawn");
  }
}

export async function foldMembership(
  work: WorkingSet,
  change: MembershipChange,
  position: number,
  receivedAtMs: number,
): Promise<void> {
  const known = await work.center(change.centerId);
  const makesKeyValid = change.state === "approved" && change.publicKey.length > 0;
  const key = makesKeyValid ? [{ keyId: toHex(keyIdOf(change.publicKey)), position }] : [];
  work.setCenter({
    ...known,
    name: change.centerName || known.name,
    state: change.state,
    stateAtMs: receivedAtMs,
    keys: [...known.keys, ...key],
  });
  if (change.state === "left") {
    await withdrawRows(work, change.centerId, () => true, LEFT, position);
  }
  const { distrustedFrom } = change;
  if (distrustedFrom > 0) {
    const isDistrusted = (row: CatalogRow) => row.logPosition >= distrustedFrom;
    await withdrawRows(work, change.centerId, isDistrusted, DISTRUSTED, position);
  }
}

export async function foldRefusal(
  work: WorkingSet,
  { centerId }: BatchHeaderValue,
  { code, message }: Refusal,
  position: number,
): Promise<void> {
  await pause(work, centerId, { code, reason: message, position });
}

export async function pause(work: WorkingSet, centerId: string, reason: Pause): Promise<void> {
  const center = await work.center(centerId);
  work.setCenter({ ...center, pauses: [...center.pauses, reason] });
}

/** Ends every pause of a center; what waited for the release of a snapshot is withdrawn. */
export async function release(work: WorkingSet, centerId: string, position: number): Promise<void> {
  const center = await work.center(centerId);
  work.setCenter({ ...center, pauses: [], held: undefined });
  if (center.held !== undefined) {
    await withdrawBefore(work, centerId, center.held.feedPosition, position);
  }
}

/**
 * What the center confirms was left out by a snapshot is withdrawn, and nothing else that pauses it ends. Of a center that
 * is no approved member, or about another snapshot than the one that waits, a confirmation has no effect.
 */
export async function confirm(
  work: WorkingSet,
  centerId: string,
  { feedId, position: ended }: SnapshotPlace,
  position: number,
): Promise<void> {
  const center = await work.center(centerId);
  const { held, state } = center;
  if (state !== "approved" || held?.feedId !== feedId || held.position !== ended) return;
  work.setCenter(withoutHeld(center));
  await withdrawBefore(work, centerId, held.feedPosition, position);
}
