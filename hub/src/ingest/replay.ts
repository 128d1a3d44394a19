/**
 * What the log's entries mean for feeds and members, entry by entry: checks the invariants of ingest, and makes the
 * facts that a start reads anew.
 *
 * Shares with ingest how a fact is made and how a feed advances; whether it may is judged by the audit that everybody
 * can make of a log.
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
  decodePolicyChange,
  decodeRefusal,
  type Erasure,
  isTributaryError,
  LogAudit,
  type LogEntryValue,
  type LogProblem,
  type MembershipChange,
  ZERO_HASH,
} from "@tributary/proto";
import { areRecordsOf } from "../catalog/erasure.ts";
import { epochFact } from "../log/epochs.ts";
import type { LostBatch } from "../log/salvage.ts";
import { witnessFact } from "../log/witness-list.ts";
import { endsFeed, membershipFact } from "../members/registry.ts";
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

/** One pass over a log. */
export class Replay {
  readonly facts = new Map<string, Uint8Array>();
  readonly problems: LogProblem[] = [];
  /** Batches whose records are not there. */
  readonly lost: LostBatch[] = [];
  /** Judges what the entry says by itself and after those before it. */
  readonly #audit: LogAudit;
  readonly #feeds = new FeedTable();
  /** By the positions of batches. */
  readonly #centerOf = new Map<number, string>();

  constructor(hubOrigin: string) {
    this.#audit = new LogAudit(hubOrigin);
  }

  /** Batches that were seen. */
  get batches(): number {
    return this.#audit.batches;
  }

  /** Their records. */
  get records(): number {
    return this.#audit.records;
  }

  /** Takes the next entry. What is wrong with it is added to {@link problems}. */
  async take(stored: StoredEntry): Promise<void> {
    const { position } = stored;
    const problems = await this.#audit.take(stored.entry);
    for (const { problem } of problems) this.#tell(position, problem);
    try {
      this.#apply(position, decodeLogEntry(stored.entry), stored.records);
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      // What cannot be read was told above.
      if (problems.length === 0) this.#tell(position, error.message);
    }
  }

  #apply(position: number, entry: LogEntryValue, records: Uint8Array): void {
    switch (entry.type) {
      case "batch":
        this.#batch(position, entry, records);
        return;
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
        this.#membership(change);
        return;
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
      case "policy":
        for (const fact of witnessFact(decodePolicyChange(entry.statement))) this.#add(fact);
        return;
      case "erasure":
        this.#erasure(position, decodeErasure(entry.statement));
        return;
      default:
        return;
    }
  }

  #erasure(place: number, erasure: Erasure): void {
    const centerId = this.#centerOf.get(erasure.position);
    if (centerId === undefined) this.#tell(place, "it erases a batch that the log does not have");
    else this.#add(erasureFact(centerId, erasure, place));
  }

  #membership(change: MembershipChange): void {
    const open = endsFeed(change) ? this.#feeds.get(change.centerId) : undefined;
    if (open !== undefined) this.#set({ ...open, isOpen: false });
  }

  readonly #decisions = new Map<string, ReturnType<typeof decodeCurationDecision>>();

  #batch(position: number, entry: LogEntryValue, records: Uint8Array): void {
    const header = decodeBatchHeader(entry.statement);
    this.#checkRecords(position, header, records);
    this.#advance(position, header, batchHeaderHash(entry.statement));
    this.#centerOf.set(position, header.centerId);
  }

  #checkRecords(position: number, header: BatchHeaderValue, records: Uint8Array): void {
    if (records.length === 0 && header.recordCount > 0) {
      this.lost.push({ position, header });
    } else if (!areRecordsOf(header, records)) {
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
