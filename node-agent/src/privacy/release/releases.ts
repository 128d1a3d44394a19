/**
 * The releases of a center: what waits, what leaves at each tick, what is taken back.
 *
 * A record is used once. Buckets are never cut anew: a correction changes records that still wait, and a bucket with a
 * mistake is taken back as a whole. So every set that an attacker can form of what was published is a union of whole
 * buckets, each of at least k enterprises, however long the history.
 *
 * @module
 */

import { type Clock, fromHex, TributaryError, toHex } from "@tributary/proto";
import type {
  LedgerHead,
  ReleaseLedger,
  RetractionReason,
  SealedMember,
  StoredBucket,
  StoredPending,
  StoredRelease,
} from "../../ports/release-ledger.ts";
import {
  answersOfYear,
  type GradedOutcome,
  gradeOf,
  type NoiseSource,
} from "../noised/year-answers.ts";
import { bucketOf } from "./bucket.ts";
import {
  type Engagement,
  type EngagementFault,
  type PendingRecord,
  pendingRecordOf,
} from "./engagement.ts";
import { type Epoch, tickOf } from "./epoch.ts";
import { planOf, type ReleasePlan } from "./plan.ts";
import type { Pseudonyms } from "./pseudonym.ts";
import { type ReleaseTerms, releasesOf } from "./release-body.ts";
import { type SealedGroup, sealEpoch } from "./seal.ts";

/** What releases need. The ledger has a head. */
export interface ReleasesOptions {
  readonly ledger: ReleaseLedger;
  readonly pseudonyms: Pseudonyms;
  readonly terms: ReleaseTerms;
  readonly clock: Clock;
  /** With it, the release that ends a year carries noised answers. */
  readonly noise?: NoiseSource | undefined;
}

/** What became of the engagements of a source. */
export interface IntakeSummary {
  /** Records that wait and were not known. */
  readonly added: number;
  /** Records that wait and changed. */
  readonly changed: number;
  /** Records that waited and are no longer in the source. */
  readonly dropped: number;
  /** Engagements that were released already, or taken back: no change to them is published. */
  readonly used: number;
  /** Engagements that cannot become evidence, by their record id. */
  readonly faults: ReadonlyMap<string, EngagementFault>;
}

/** The releases of one center. Its methods may be called concurrently: they run one after the other. */
export class Releases {
  readonly #options: ReleasesOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ReleasesOptions) {
    this.#options = options;
  }

  /**
   * Takes all engagements of a source, by their record ids. Durable on return.
   *
   * @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`.
   */
  take(sourceId: string, engagements: ReadonlyMap<string, Engagement>): Promise<IntakeSummary> {
    return this.#exclusively(() => this.#take(sourceId, engagements));
  }

  /**
   * Releases every epoch that has ended and was not released, in order; each is durable before the next.
   *
   * @returns The new releases.
   * @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`, `ERR_EPOCH_PAST` if the budget ledger is ahead of the
   * releases; the signal's reason when aborted between two epochs.
   */
  tick(signal: AbortSignal): Promise<readonly StoredRelease[]> {
    return this.#exclusively(() => this.#tick(signal));
  }

  /** Whether the next {@link tick} makes a release, and how many there are. */
  standing(): Promise<{ readonly isDue: boolean; readonly count: number }> {
    return this.#exclusively(async () => {
      const { nextSeq, openEpoch } = await this.#head();
      return { isDue: tickOf(openEpoch) <= this.#options.clock.now(), count: nextSeq };
    });
  }

  /** What would leave at the next tick, and why the rest waits. Changes nothing. */
  plan(): Promise<ReleasePlan> {
    return this.#exclusively(async () => {
      const { terms } = this.#options;
      const { openEpoch } = await this.#head();
      const buckets = await Array.fromAsync(this.#options.ledger.buckets());
      const pending = await Array.fromAsync(this.#options.ledger.pending());
      return planOf(pending, buckets, { epoch: openEpoch, ...terms });
    });
  }

  /**
   * Takes a bucket back as a whole: the next release says so. Its records are never used again, since a new bucket of
   * all but one would give that one away.
   *
   * @param bucketId In hex.
   * @returns Epoch of the release that says so.
   * @throws {TributaryError} `ERR_NOT_FOUND`, `ERR_ALREADY_EXISTS` if it was taken back before, `ERR_STORE_FULL`,
   * `ERR_STORE_DAMAGED`.
   */
  retract(bucketId: string, reason: RetractionReason): Promise<Epoch> {
    return this.#exclusively(async () => {
      const { ledger } = this.#options;
      const buckets = await Array.fromAsync(ledger.buckets());
      const bucket = buckets.find((known) => known.bucketId === bucketId);
      if (bucket === undefined) throw noBucket(bucketId);
      if (bucket.retraction !== undefined) throw isRetracted(bucketId);
      const { openEpoch: epoch } = await this.#head();
      await ledger.commit({ buckets: [{ ...bucket, retraction: { reason, epoch } }] });
      return epoch;
    });
  }

  async #take(
    sourceId: string,
    engagements: ReadonlyMap<string, Engagement>,
  ): Promise<IntakeSummary> {
    const { ledger, pseudonyms, terms } = this.#options;
    const { openEpoch } = await this.#head();
    const used = await this.#usedNullifiers();
    const waiting = new Map<string, StoredPending>();
    for await (const record of ledger.pending()) waiting.set(record.nullifier, record);
    const vanished = new Set(
      [...waiting.values()].filter((record) => record.sourceId === sourceId).map(nullifierOf),
    );
    const faults = new Map<string, EngagementFault>();
    const changes: StoredPending[] = [];
    let [added, usedCount] = [0, 0];
    for (const [recordId, engagement] of engagements) {
      const record = pendingRecordOf(recordId, engagement, { pseudonyms, ...terms, openEpoch });
      if (typeof record === "string") {
        faults.set(recordId, record);
        continue;
      }
      if (used.has(record.nullifier)) {
        usedCount += 1;
        continue;
      }
      const before = waiting.get(record.nullifier);
      vanished.delete(record.nullifier);
      const stored = { ...record, ...entryOf(record, before), sourceId };
      if (before === undefined) added += 1;
      if (before === undefined || !isSame(before, stored)) changes.push(stored);
    }
    if (changes.length > 0 || vanished.size > 0) {
      await ledger.commit({ pending: changes, dropped: [...vanished] });
    }
    return {
      added,
      changed: changes.length - added,
      dropped: vanished.size,
      used: usedCount,
      faults,
    };
  }

  async #tick(signal: AbortSignal): Promise<readonly StoredRelease[]> {
    const { ledger, clock } = this.#options;
    let head = await this.#head();
    if (tickOf(head.openEpoch) > clock.now()) return [];
    let buckets = await Array.fromAsync(ledger.buckets());
    let pending = await Array.fromAsync(ledger.pending());
    const all: StoredRelease[] = [];
    while (tickOf(head.openEpoch) <= clock.now()) {
      signal.throwIfAborted();
      const { sealed, releases, ...next } = await this.#release({ head, pending, buckets });
      const used = new Set(sealed.flatMap(({ members }) => members.map(nullifierOf)));
      await ledger.commit({ ...next, buckets: sealed, releases, dropped: [...used] });
      head = next.head;
      buckets = [...buckets, ...sealed];
      pending = pending.filter(({ nullifier }) => !used.has(nullifier));
      all.push(...releases);
    }
    return all;
  }

  /** The release of the open epoch. */
  async #release({
    head,
    pending,
    buckets,
  }: {
    readonly head: LedgerHead;
    readonly pending: readonly StoredPending[];
    readonly buckets: readonly StoredBucket[];
  }) {
    const { terms, pseudonyms, noise } = this.#options;
    const epoch = head.openEpoch;
    const groups = sealEpoch(pending, buckets, { epoch, ...terms }).map((group) => ({
      group,
      bucket: bucketOf(group, terms.policy, pseudonyms),
    }));
    const retracted = buckets
      .filter(({ retraction }) => retraction?.epoch === epoch)
      .map(({ bucketId, retraction }) => ({
        bucketId: fromHex(bucketId),
        reason: retraction?.reason as RetractionReason,
      }));
    const answers =
      noise &&
      (await answersOfYear(epoch, gradedOutcomes(pending, buckets), {
        ...noise,
        hierarchies: terms.hierarchies,
      }));
    const content = { buckets: groups.map(({ bucket }) => bucket), retracted, answers };
    return {
      ...releasesOf(epoch, content, head, terms),
      sealed: groups.map(({ group, bucket }) => storedBucketOf(group, epoch, bucket.bucketId)),
    };
  }

  async #head(): Promise<LedgerHead> {
    const head = await this.#options.ledger.head();
    if (head === undefined) throw new TypeError("the ledger was not begun");
    return head;
  }

  async #usedNullifiers(): Promise<ReadonlySet<string>> {
    const used = new Set<string>();
    for await (const { members } of this.#options.ledger.buckets()) {
      for (const { nullifier } of members) used.add(nullifier);
    }
    return used;
  }

  #exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** When a record entered: what is known already keeps its place, unless it is finished later than was thought. */
function entryOf(record: PendingRecord, before: PendingRecord | undefined) {
  if (before === undefined) return {};
  return { entered: Math.max(record.finished, before.entered) };
}

function storedBucketOf(
  { level, label, members }: SealedGroup,
  epoch: Epoch,
  bucketId: Uint8Array,
): StoredBucket {
  return { bucketId: toHex(bucketId), epoch, level, label, members: members.map(sealedMemberOf) };
}

function sealedMemberOf(record: PendingRecord): SealedMember {
  const { nullifier, group, facts, finished } = record;
  return { nullifier, group, facts, finished, ...gradeAndSatisfaction(record) };
}

function gradeAndSatisfaction({ deltas, leadKpi, isSatisfied = false }: PendingRecord) {
  return { grade: gradeOf(deltas[leadKpi] as number), isSatisfied };
}

/** All that the center knows, but for what was taken back. */
function gradedOutcomes(
  pending: readonly StoredPending[],
  buckets: readonly StoredBucket[],
): GradedOutcome[] {
  const sealed = buckets.flatMap(({ members, retraction }) => (retraction ? [] : members));
  return [
    ...pending.map((record) => ({ ...record, ...gradeAndSatisfaction(record) })),
    ...sealed,
  ].flatMap(({ nullifier, group, facts: { scenario }, finished, grade, isSatisfied = false }) =>
    grade === undefined ? [] : [{ nullifier, group, finished, scenario, grade, isSatisfied }],
  );
}

function nullifierOf({ nullifier }: { readonly nullifier: string }): string {
  return nullifier;
}

/** Both come from one function, so equal values have equal texts. */
function isSame(a: StoredPending, b: StoredPending): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(record: StoredPending): unknown {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

function noBucket(bucketId: string): TributaryError {
  return new TributaryError("ERR_NOT_FOUND", `no bucket ${bucketId} was released`, {
    messageZh: `没有已发布的分组 ${bucketId}`,
  });
}

function isRetracted(bucketId: string): TributaryError {
  return new TributaryError("ERR_ALREADY_EXISTS", `the bucket ${bucketId} was taken back before`, {
    messageZh: `分组 ${bucketId} 此前已撤回`,
  });
}
