/**
 * An audit of a log, entry by entry, from its public part alone: whether each entry may stand where it stands, and
 * whether the epoch summaries tell what the entries say.
 *
 * What needs the records (that they hash to what was signed, their verdicts) is not looked at here.
 *
 * @module
 */

import { type BatchHeaderValue, batchHeaderHash, ZERO_HASH } from "../batch/header.ts";
import { verifyBatchSignature } from "../batch/signature.ts";
import { equalBytes, toHex } from "../crypto/bytes.ts";
import { parseConfirmationArgument, verifyConfirmation } from "../crypto/confirmation.ts";
import { verifyLeave, verifyRotation } from "../crypto/join-proof.ts";
import { importVerifyingKey, type VerifyingKey } from "../crypto/keys.ts";
import { verifyObjection } from "../crypto/objection.ts";
import { isTributaryError } from "../errors.ts";
import { CompactRange, type NodeVisitor } from "./compact-range.ts";
import { decodeLogContent } from "./content.ts";
import { decodeLogEntry, type LogEntryValue } from "./entry.ts";
import { EpochAudit } from "./epoch-audit.ts";
import { type PreviousKey, previousKeyAfter } from "./key-validity.ts";
import { leafHash } from "./merkle.ts";
import type { CurationDecision, MembershipChange } from "./statement.ts";

/** Something that is not as it should be. */
export interface LogProblem {
  /** Position in the log; undefined where it is about the whole. */
  readonly position: number | undefined;
  readonly problem: string;
}

interface AuditedMember {
  readonly isApproved: boolean;
  readonly key: VerifyingKey;
  readonly recoveryPublicKey: Uint8Array;
  readonly previousKey: PreviousKey | undefined;
}

/** Where a feed stands. */
interface FeedEnd {
  readonly nextSeq: bigint;
  readonly lastHash: Uint8Array;
  readonly nextRecordSeq: bigint;
  /** Position of the batch that ended its snapshot. */
  readonly snapshotEnd: number | undefined;
}

const NEW_FEED: FeedEnd = {
  nextSeq: 0n,
  lastHash: ZERO_HASH,
  nextRecordSeq: 0n,
  snapshotEnd: undefined,
};

/** One pass over a log. */
export class LogAudit {
  readonly #hubOrigin: string;
  readonly #visit: NodeVisitor | undefined;
  readonly #tree = new CompactRange();
  readonly #members = new Map<string, AuditedMember>();
  /** By center and feed. */
  readonly #feeds = new Map<string, FeedEnd>();
  readonly epochs = new EpochAudit();
  /** Batches and records that were seen. */
  batches = 0;
  records = 0;
  /** Time of the newest entry; ms since the epoch. */
  newestAtMs = 0;
  #found: LogProblem[] = [];

  /** @param visit Told of each node of the tree that becomes full. */
  constructor(hubOrigin: string, visit?: NodeVisitor) {
    this.#hubOrigin = hubOrigin;
    this.#visit = visit;
  }

  /** Number of entries that were taken. */
  get size(): number {
    return this.#tree.size;
  }

  /** Root of the tree over them. */
  root(): Uint8Array {
    return this.#tree.root();
  }

  /**
   * Takes the next entry.
   *
   * @param bytes Attacker-controlled.
   * @returns What is wrong with it.
   */
  async take(bytes: Uint8Array): Promise<readonly LogProblem[]> {
    const position = this.size;
    this.#found = [];
    this.#tree.append(leafHash(bytes), this.#visit);
    try {
      await this.#apply(position, decodeLogEntry(bytes));
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      this.#tell(position, error.message);
    }
    return this.#found;
  }

  async #apply(position: number, entry: LogEntryValue): Promise<void> {
    if (entry.receivedAtMs < this.newestAtMs) {
      this.#tell(position, "it is older than the entry before it");
    }
    this.newestAtMs = entry.receivedAtMs;
    const content = decodeLogContent(entry);
    if (content.type === "batch") return this.#batch(position, entry, content.header);
    if (content.type === "membership") return this.#membership(position, content.change);
    if (content.type === "curation") return this.#curation(position, content.decision);
    if (content.type === "epoch") {
      for (const problem of this.epochs.take(position, content.summary)) {
        this.#tell(position, problem);
      }
    }
  }

  async #membership(position: number, change: MembershipChange): Promise<void> {
    const { centerId, publicKey, recoveryPublicKey } = change;
    this.epochs.name(centerId, position);
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
    if (publicKey.length > 0) {
      const key = await importVerifyingKey(publicKey);
      const previousKey = previousKeyAfter(change, key, before);
      this.#members.set(centerId, { isApproved, key, recoveryPublicKey, previousKey });
    } else if (before !== undefined) {
      this.#members.set(centerId, { ...before, isApproved });
    }
  }

  /** What a center says has its signature; what operators say has none. */
  async #curation(position: number, decision: CurationDecision): Promise<void> {
    const { action, argument, actor: centerId, reason, authorization } = decision;
    if (authorization === "") return;
    const member = this.#members.get(centerId);
    if (member === undefined)
      return this.#tell(position, "it is said by a center that is no member");
    const said = { hubOrigin: this.#hubOrigin, centerId, reason };
    const place = action === "confirm" ? parseConfirmationArgument(argument) : undefined;
    if (place === undefined) {
      return verifyObjection(authorization, member.key, { ...said, decisionId: argument });
    }
    if (!member.isApproved) this.#tell(position, "a center confirms that is not approved");
    if (this.#feeds.get(`${centerId}/${place.feedId}`)?.snapshotEnd !== place.position) {
      this.#tell(position, "it confirms what is no end of a snapshot of the center");
    }
    await verifyConfirmation(authorization, member.key, { ...said, ...place });
  }

  async #batch(position: number, entry: LogEntryValue, header: BatchHeaderValue): Promise<void> {
    this.batches += 1;
    this.records += header.recordCount;
    const headerHash = batchHeaderHash(entry.statement);
    if (header.hubOrigin !== this.#hubOrigin) this.#tell(position, "it is for another hub");
    this.#advance(position, header, headerHash);
    this.epochs.batch(position, header, headerHash);
    const key = this.#keyOf(header);
    if (key === undefined) this.#tell(position, "its key is not valid at its place in the log");
    else await verifyBatchSignature(entry.statement, entry.signature, key);
  }

  #advance(position: number, header: BatchHeaderValue, headerHash: Uint8Array): void {
    const { centerId, feedId, seq } = header;
    const name = `${centerId}/${toHex(feedId)}`;
    const feed = this.#feeds.get(name) ?? NEW_FEED;
    const isNext =
      seq === feed.nextSeq &&
      equalBytes(header.prevHash, feed.lastHash) &&
      header.firstRecordSeq === feed.nextRecordSeq;
    if (!isNext) {
      this.#tell(position, `batch ${seq} does not follow batch ${feed.nextSeq - 1n} of its feed`);
    }
    this.#feeds.set(name, {
      nextSeq: seq + 1n,
      lastHash: headerHash,
      nextRecordSeq: header.firstRecordSeq + BigInt(header.recordCount),
      snapshotEnd: header.snapshot === "end" ? position : feed.snapshotEnd,
    });
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

  #tell(position: number, problem: string): void {
    this.#found.push({ position, problem });
  }
}
