/**
 * What the log's entries mean for feeds and members, entry by entry: checks the invariants of ingest, and makes the
 * facts that a start reads anew.
 *
 * Shares with ingest how a fact is made and how a feed advances; judges on its own whether it may.
 *
 * @module
 */

import {
  type BatchHeaderValue,
  batchHeaderHash,
  decodeBatchHeader,
  decodeCurationDecision,
  decodeEpochSummary,
  decodeErasure,
  decodeLogEntry,
  decodeMembershipChange,
  decodeRefusal,
  type Erasure,
  equalBytes,
  importVerifyingKey,
  isTributaryError,
  type LogEntryValue,
  leafHash,
  type MembershipChange,
  merkleRoot,
  splitRecords,
  type VerifyingKey,
  verifyBatchSignature,
  verifyLeave,
  verifyRotation,
  ZERO_HASH,
} from "@tributary/proto";
import { erasedHashOf } from "../catalog/erasure.ts";
import type { LogProblem } from "../log/check-log.ts";
import { epochFact } from "../log/epochs.ts";
import {
  endsFeed,
  membershipFact,
  type PreviousKey,
  previousKeyAfter,
} from "../members/registry.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import { decisionFact, pausedCodeAfter } from "./curation-effect.ts";
import { erasureFact } from "./eraser.ts";
import {
  advanced,
  batchFactName,
  encodeBatchPlace,
  type FeedState,
  FeedTable,
  feedFact,
} from "./feed-table.ts";

interface ReplayedMember {
  readonly isApproved: boolean;
  readonly key: VerifyingKey;
  readonly recoveryPublicKey: Uint8Array;
  readonly previousKey: PreviousKey | undefined;
}

/** One pass over a log. */
export class Replay {
  readonly facts = new Map<string, Uint8Array>();
  readonly problems: LogProblem[] = [];
  /** Batches and records that were seen. */
  batches = 0;
  records = 0;
  readonly #hubOrigin: string;
  readonly #feeds = new FeedTable();
  /** By the positions of batches. */
  readonly #centerOf = new Map<number, string>();
  /** By center, how its membership stands. */
  readonly #members = new Map<string, ReplayedMember>();

  constructor(hubOrigin: string) {
    this.#hubOrigin = hubOrigin;
  }

  /** Takes the next entry. What is wrong with it is added to {@link problems}. */
  async take(stored: StoredEntry): Promise<void> {
    const { position } = stored;
    try {
      await this.#apply(position, decodeLogEntry(stored.entry), stored.records);
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      this.#tell(position, error.message);
    }
  }

  async #apply(position: number, entry: LogEntryValue, records: Uint8Array): Promise<void> {
    switch (entry.type) {
      case "batch":
        return this.#batch(position, entry, records);
      case "refusal": {
        const header = decodeBatchHeader(entry.statement);
        const feed = this.#feeds.get(header.centerId, header.feedId);
        const { code } = decodeRefusal(entry.detail);
        if (feed === undefined) this.#tell(position, "it pauses a feed that the log does not have");
        else this.#set({ ...feed, pausedCode: code });
        return;
      }
      case "membership": {
        const change = decodeMembershipChange(entry.statement);
        this.#add(membershipFact(position));
        return this.#membership(position, change);
      }
      case "curation": {
        const decision = decodeCurationDecision(entry.statement);
        this.#add(decisionFact(decision, position));
        for (const [centerId, pausedCode] of pausedCodeAfter(decision, (id) =>
          this.#decisions.get(id),
        )) {
          const feed = this.#feeds.get(centerId);
          if (feed !== undefined) this.#set({ ...feed, pausedCode });
        }
        this.#decisions.set(decision.decisionId, decision);
        return;
      }
      case "epoch":
        this.#add(epochFact(decodeEpochSummary(entry.statement), position));
        return;
      case "erasure":
        return this.#erasure(position, decodeErasure(entry.statement));
      default:
        return;
    }
  }

  #erasure(place: number, erasure: Erasure): void {
    const centerId = this.#centerOf.get(erasure.position);
    if (centerId === undefined) this.#tell(place, "it erases a batch that the log does not have");
    else this.#add(erasureFact(centerId, erasure, place));
  }

  async #membership(position: number, change: MembershipChange): Promise<void> {
    const { centerId, publicKey, recoveryPublicKey } = change;
    const before = this.#members.get(centerId);
    const isApproved = change.state === "approved";
    if (change.authorization !== "") {
      if (before === undefined)
        this.#tell(position, "it replaces a key that the log does not have");
      else await verifyRotation(this.#hubOrigin, change, before);
    }
    if (change.state === "left") {
      if (before === undefined) this.#tell(position, "a center leaves that was no member");
      else await verifyLeave(this.#hubOrigin, change, before);
    }
    const open = endsFeed(change) ? this.#feeds.get(centerId) : undefined;
    if (open !== undefined) this.#set({ ...open, isOpen: false });
    if (publicKey.length > 0) {
      const key = await importVerifyingKey(publicKey);
      const previousKey = previousKeyAfter(change, key, before);
      this.#members.set(centerId, { isApproved, key, recoveryPublicKey, previousKey });
    } else if (before !== undefined) {
      this.#members.set(centerId, { ...before, isApproved });
    }
  }

  /** The key that the header names, if it is valid at this place. */
  #keyOf({ centerId, keyId, feedId, seq }: BatchHeaderValue): VerifyingKey | undefined {
    const member = this.#members.get(centerId);
    if (member === undefined || !member.isApproved) return undefined;
    if (equalBytes(member.key.keyId, keyId)) return member.key;
    const before = member.previousKey;
    if (before === undefined || !equalBytes(before.key.keyId, keyId)) return undefined;
    const { until } = before;
    return equalBytes(until.feedId, feedId) && seq < BigInt(until.seq) ? before.key : undefined;
  }

  readonly #decisions = new Map<string, ReturnType<typeof decodeCurationDecision>>();

  async #batch(position: number, entry: LogEntryValue, records: Uint8Array): Promise<void> {
    const header = decodeBatchHeader(entry.statement);
    const headerHash = batchHeaderHash(entry.statement);
    this.batches += 1;
    this.records += header.recordCount;
    if (header.hubOrigin !== this.#hubOrigin) this.#tell(position, "it is for another hub");
    const key = this.#keyOf(header);
    if (key === undefined) this.#tell(position, "its key is not valid at its place in the log");
    else await verifyBatchSignature(entry.statement, entry.signature, key);
    this.#checkRecords(position, header, records);
    this.#advance(position, header, headerHash);
    this.#centerOf.set(position, header.centerId);
  }

  #checkRecords(position: number, header: BatchHeaderValue, records: Uint8Array): void {
    const bytes = splitRecords(records, header.recordCount);
    const hashes = bytes.map(leafHash);
    if (equalBytes(merkleRoot(hashes), header.recordsRoot)) return;
    const withErased = bytes.map((record, i) => erasedHashOf(record) ?? (hashes[i] as Uint8Array));
    if (!equalBytes(merkleRoot(withErased), header.recordsRoot)) {
      this.#tell(position, "its records do not hash to the root that its center signed");
    }
  }

  #advance(position: number, header: BatchHeaderValue, headerHash: Uint8Array): void {
    const { centerId, feedId, seq } = header;
    const known = this.#feeds.get(centerId, feedId);
    const feed: FeedState = known ?? {
      centerId,
      feedId,
      nextSeq: 0n,
      lastHash: ZERO_HASH,
      nextRecordSeq: 0n,
      pausedCode: "",
      isOpen: true,
    };
    const isNext =
      seq === feed.nextSeq &&
      equalBytes(header.prevHash, feed.lastHash) &&
      header.firstRecordSeq === feed.nextRecordSeq;
    if (!isNext)
      this.#tell(position, `batch ${seq} does not follow batch ${feed.nextSeq - 1n} of its feed`);
    const before = known === undefined ? this.#feeds.get(centerId) : undefined;
    if (before !== undefined) this.#set({ ...before, isOpen: false });
    this.#set(advanced(feed, header, headerHash));
    this.#add([batchFactName(centerId, feedId, seq), encodeBatchPlace({ position, headerHash })]);
  }

  #set(feed: FeedState): void {
    this.#feeds.set(feed);
    this.#add(feedFact(feed));
  }

  #add([name, value]: readonly [name: string, value: Uint8Array]): void {
    this.facts.set(name, value);
  }

  #tell(position: number, problem: string): void {
    this.problems.push({ position, problem });
  }
}
