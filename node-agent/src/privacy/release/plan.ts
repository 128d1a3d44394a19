/**
 * What would leave at the next tick, and why the rest waits. For the center alone: none of this is published.
 *
 * @module
 */

import { LADDER, type Label } from "@tributary/proto";
import type { PendingRecord } from "./engagement.ts";
import type { Epoch } from "./epoch.ts";
import { coarsestLevel } from "./policy.ts";
import { type EarlierBucket, groupsOf, type SealOptions, sealEpoch } from "./seal.ts";

/** Why records wait. */
export type WaitReason =
  /** Finished or read too late for this epoch. */
  | "later"
  /** With too few other enterprises under the coarsest label that they may have yet. */
  | "few"
  /** With enough of them, but their outcomes are too alike, or say too much of a repeat customer's provider. */
  | "alike"
  /** Their facts have no label. */
  | "unlabelled";

/** Records that wait together. */
export interface WaitingGroup {
  readonly reason: WaitReason;
  /** The coarsest label that they may have at this epoch; absent with "later" and "unlabelled". */
  readonly label?: Label;
  /** Distinct enterprise groups among them. */
  readonly enterprises: number;
  readonly records: number;
  /** Epoch from which a coarser label is allowed; absent when there is none. */
  readonly coarserFrom?: Epoch;
}

/** A bucket that would be sealed. */
export interface PlannedBucket {
  readonly level: number;
  readonly label: Label;
  readonly kpi: string;
  readonly records: number;
}

export interface ReleasePlan {
  readonly epoch: Epoch;
  readonly buckets: readonly PlannedBucket[];
  /** The largest first. */
  readonly waiting: readonly WaitingGroup[];
}

/** Plans the release of an epoch. */
export function planOf(
  pending: readonly PendingRecord[],
  earlier: readonly EarlierBucket[],
  options: SealOptions,
): ReleasePlan {
  const { epoch, hierarchies, policy } = options;
  const sealed = sealEpoch(pending, earlier, options);
  const leaving = new Set(sealed.flatMap(({ members }) => members.map((m) => m.nullifier)));
  const staying = pending.filter(({ nullifier }) => !leaving.has(nullifier));
  const due = staying.filter(({ entered }) => entered <= epoch);
  const waiting: WaitingGroup[] = [];
  const labelled = new Set<unknown>();
  for (const [waited, records] of Map.groupBy(due, ({ entered }) => epoch - entered)) {
    const level = coarsestLevel(waited);
    for (const { label, records: group } of groupsOf(records, level, epoch, hierarchies)) {
      for (const record of group) labelled.add(record);
      const enterprises = countGroups(group);
      const coarser = nextCoarser(waited);
      waiting.push({
        reason: enterprises < policy.k ? "few" : "alike",
        label,
        enterprises,
        records: group.length,
        ...(coarser !== undefined && { coarserFrom: epoch - waited + coarser }),
      });
    }
  }
  const later = staying.filter(({ entered }) => entered > epoch);
  const unlabelled = due.filter((record) => !labelled.has(record));
  for (const [reason, records] of [
    ["later", later],
    ["unlabelled", unlabelled],
  ] as const) {
    if (records.length === 0) continue;
    waiting.push({ reason, enterprises: countGroups(records), records: records.length });
  }
  return {
    epoch,
    buckets: sealed.map(({ level, label, kpi, members }) => ({
      level,
      label,
      kpi,
      records: members.length,
    })),
    waiting: waiting.sort((a, b) => b.records - a.records),
  };
}

/** How long a record waits until a coarser label is allowed; undefined at the end of the ladder. */
function nextCoarser(waited: number): number | undefined {
  const level = coarsestLevel(waited);
  if (level === LADDER.length - 1) return undefined;
  let next = waited + 1;
  while (coarsestLevel(next) === level) next += 1;
  return next;
}

function countGroups(records: readonly PendingRecord[]): number {
  return new Set(records.map(({ group }) => group)).size;
}
