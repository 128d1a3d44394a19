/**
 * Sealing: which pending records leave together at an epoch, and under which label.
 *
 * Level by level from the finest, records with one label make a bucket if there are enough of them and they are diverse
 * enough; the rest waits for a coarser level. No randomness and no search for a best cut: the same records give the same
 * buckets, and a record that stays pending changes nothing that leaves (I10).
 *
 * @module
 */

import { type Hierarchies, LADDER, type Label, labelAt } from "@tributary/proto";
import { chooseDiverse } from "./choose.ts";
import { outcomeClassOf, type PendingRecord } from "./engagement.ts";
import type { Epoch } from "./epoch.ts";
import { coarsestLevel, type ReleasePolicy } from "./policy.ts";
import { type KnownRecord, ProviderView } from "./provider-view.ts";

/** Records that leave together. */
export interface SealedGroup {
  readonly level: number;
  readonly label: Label;
  /** One a group, by nullifier. */
  readonly members: readonly PendingRecord[];
  /** The KPI that all of them state first. */
  readonly kpi: string;
}

/** A bucket that left before, as far as sealing depends on it. */
export interface EarlierBucket {
  readonly epoch: Epoch;
  readonly level: number;
  readonly label: Label;
  readonly members: readonly (KnownRecord & { readonly group: string })[];
}

/** The rules and the time of a sealing. */
export interface SealOptions {
  readonly epoch: Epoch;
  readonly policy: ReleasePolicy;
  readonly hierarchies: Hierarchies;
}

/**
 * Most records of one label that are looked at together, the oldest first: a bucket has to fit a body. Beyond it a record
 * that stays pending may hold up others of its label.
 */
const MAX_GROUP_RECORDS = 4_000;

/** Seals what may leave at an epoch. Groups are in the order of their levels and labels. */
export function sealEpoch(
  pending: readonly PendingRecord[],
  earlier: Iterable<EarlierBucket>,
  { epoch, policy, hierarchies }: SealOptions,
): SealedGroup[] {
  const view = new ProviderView(hierarchies);
  const released = new Map<string, KnownRecord[]>();
  const remember = (record: KnownRecord & { readonly group: string }) => {
    const known = released.get(record.group);
    if (known === undefined) released.set(record.group, [record]);
    else known.push(record);
  };
  for (const { epoch, level, label, members } of earlier) {
    view.add(level, label, epoch);
    members.forEach(remember);
  }

  let waiting = pending.filter(({ entered }) => entered <= epoch).sort(oldestFirst);
  const sealed: SealedGroup[] = [];
  for (const level of LADDER.keys()) {
    const left = new Set<PendingRecord>();
    for (const { label, kpi, records } of groupsOf(waiting, level, epoch, hierarchies)) {
      if (records.length < policy.k) continue;
      // The bucket itself is one more that each of its records could be in.
      const takeBack = view.add(level, label, epoch);
      const safe = records
        .slice(0, MAX_GROUP_RECORDS)
        .filter((record) => hidesProvider(record, { view, released, m: policy.m }));
      const members = chooseMembers(safe, kpi, policy);
      if (members === undefined) {
        takeBack();
        continue;
      }
      members.forEach(remember);
      for (const member of members) left.add(member);
      sealed.push({ level, label, kpi, members });
    }
    if (left.size > 0) waiting = waiting.filter((record) => !left.has(record));
  }
  return sealed;
}

/** Records that could make a bucket together at a level: of one label, and stating the same KPI first. Oldest first. */
export function groupsOf(
  waiting: readonly PendingRecord[],
  level: number,
  epoch: Epoch,
  hierarchies: Hierarchies,
): { readonly label: Label; readonly kpi: string; readonly records: PendingRecord[] }[] {
  const groups = new Map<string, { label: Label; kpi: string; records: PendingRecord[] }>();
  for (const record of waiting) {
    if (coarsestLevel(epoch - record.entered) < level) continue;
    const label = labelAt(level, record.facts, hierarchies);
    if (label === undefined) continue;
    const kpi = record.leadKpi;
    const key = [...label, kpi].join("\0");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { label, kpi, records: [record] });
    else group.records.push(record);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** True if what is known of the record's enterprise group leaves several providers (I6). */
function hidesProvider(
  record: PendingRecord,
  {
    view,
    released,
    m,
  }: {
    readonly view: ProviderView;
    readonly released: ReadonlyMap<string, readonly KnownRecord[]>;
    readonly m: number;
  },
): boolean {
  const before = released.get(record.group);
  if (before === undefined) return true;
  return view.leavesProviders([...before, record], m);
}

/** The records that leave; undefined if they are too few or too alike. */
function chooseMembers(
  records: readonly PendingRecord[],
  kpi: string,
  policy: ReleasePolicy,
): PendingRecord[] | undefined {
  const candidates = records
    .filter(({ isPublic }) => !isPublic)
    .map((record) => ({
      record,
      group: record.group,
      outcomeClass: outcomeClassOf(record, kpi),
    }));
  const chosen = chooseDiverse(candidates, policy)?.map(({ record }) => record);
  if (chosen === undefined) return undefined;
  const groups = new Set(chosen.map(({ group }) => group));
  // Those known to the public hide nobody, but their outcomes count.
  const known = records.filter(
    ({ isPublic, group }) => isPublic && !groups.has(group) && groups.add(group),
  );
  return [...chosen, ...known].sort(byNullifier);
}

function oldestFirst(a: PendingRecord, b: PendingRecord): number {
  return a.finished - b.finished || byNullifier(a, b);
}

function byNullifier(a: PendingRecord, b: PendingRecord): number {
  return a.nullifier < b.nullifier ? -1 : a.nullifier > b.nullifier ? 1 : 0;
}
