/**
 * Who is a member, in which state, with which key: the fold of the membership entries of the log.
 *
 * A key is valid by its place in the log, not by time: from the entry that approves it until one that replaces it or
 * ends the membership, so that it stays decidable for ever which batches it covers. A rotation may leave the key before
 * valid for the batches that were signed and not yet sent: those of one feed below one sequence.
 *
 * @module
 */

import {
  type BatchHeaderValue,
  decodeLogEntry,
  decodeMembershipChange,
  equalBytes,
  importVerifyingKey,
  joinCheckCode,
  keyIdOf,
  type MemberState,
  type MembershipChange,
  type MembershipDecision,
  type PreviousKey,
  previousKeyAfter,
  TributaryError,
  type VerifyingKey,
} from "@tributary/proto";
import type { PublisherKeys } from "../ingest/ingest.ts";
import type { MerkleLog } from "../log/merkle-log.ts";

/** A member as it is now. */
export interface Member {
  readonly centerId: string;
  readonly centerName: string;
  readonly state: MemberState;
  /** Of the last decision; empty where none was given. */
  readonly reason: string;
  /** Who made it. */
  readonly actor: string;
  /** Since when the state holds; ms since the epoch. */
  readonly sinceMs: number;
  readonly key: VerifyingKey;
  /** The key before a rotation, as far as it is valid. */
  readonly previousKey: PreviousKey | undefined;
  /** 32 bytes. */
  readonly recoveryPublicKey: Uint8Array;
  /** Six characters that both screens show. */
  readonly checkCode: string;
}

/** What of a batch decides about its key. */
export type SignedPlace = Pick<BatchHeaderValue, "centerId" | "keyId" | "feedId" | "seq">;

/** Most decisions that are kept of a member: enough for people; the log has all. */
const MAX_DECISIONS = 50;

/** Prefix of the facts that name the positions of membership entries. */
const FACT = "membership/";

/** Owned by one hub. */
export class MemberRegistry implements PublisherKeys {
  readonly #hubOrigin: string;
  readonly #members = new Map<string, Member>();
  readonly #decisions = new Map<string, readonly MembershipDecision[]>();

  constructor(hubOrigin: string) {
    this.#hubOrigin = hubOrigin;
  }

  /** Reads the membership entries of the log, found by their facts. */
  static async load(log: MerkleLog, hubOrigin: string): Promise<MemberRegistry> {
    const registry = new MemberRegistry(hubOrigin);
    for await (const [name] of log.facts(FACT)) {
      const position = Number.parseInt(name.slice(FACT.length), 16);
      const { entry } = await log.entry(position);
      const { statement, receivedAtMs } = decodeLogEntry(entry);
      const change = decodeMembershipChange(statement);
      registry.set(await registry.after(change, receivedAtMs));
      registry.noteDecision(change, position, receivedAtMs);
    }
    return registry;
  }

  get(centerId: string): Member | undefined {
    return this.#members.get(centerId);
  }

  /** @throws {TributaryError} `ERR_MEMBER_UNKNOWN`. */
  require(centerId: string): Member {
    const member = this.#members.get(centerId);
    if (member === undefined) {
      throw new TributaryError("ERR_MEMBER_UNKNOWN", `${centerId} is not a member of this hub`, {
        messageZh: `${centerId} 不是本枢纽的成员`,
      });
    }
    return member;
  }

  /** Ascending by center id. */
  list(): Member[] {
    return [...this.#members.values()].sort((a, b) => (a.centerId < b.centerId ? -1 : 1));
  }

  /** Centers that may publish. */
  approved(): string[] {
    return [...this.#members.values()]
      .filter(({ state }) => state === "approved")
      .map(({ centerId }) => centerId);
  }

  /** Number of members by state; ascending by state. */
  countByState(): ReadonlyMap<MemberState, number> {
    const counts = new Map<MemberState, number>();
    for (const { state } of this.#members.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
    return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** What was decided about a center, oldest first; the newest 50. */
  decisionsOf(centerId: string): readonly MembershipDecision[] {
    return this.#decisions.get(centerId) ?? [];
  }

  /** Keeps a change that is in the log, for those whom it concerns. */
  noteDecision(change: MembershipChange, position: number, atMs: number): void {
    const { centerId, state, actor, reason, publicKey, distrustedFrom } = change;
    const keyId = publicKey.length === 0 ? publicKey : keyIdOf(publicKey);
    const decision = { position, atMs, state, actor, reason, keyId, distrustedFrom };
    const all = [...this.decisionsOf(centerId), decision];
    this.#decisions.set(centerId, all.slice(-MAX_DECISIONS));
  }

  /** A member that may publish. @throws {TributaryError} `ERR_MEMBER_UNKNOWN`, `ERR_MEMBER_STATE`. */
  requireApproved(centerId: string): Member {
    const member = this.require(centerId);
    if (member.state !== "approved") {
      throw new TributaryError(
        "ERR_MEMBER_STATE",
        `the membership of ${centerId} is ${member.state}${member.reason && `: ${member.reason}`}; it may publish when it is approved`,
        {
          messageZh: `${centerId} 的成员状态为 ${member.state}${member.reason && `：${member.reason}`}；获批后方可发布`,
          details: { state: member.state },
        },
      );
    }
    return member;
  }

  requireKey({ centerId, keyId, feedId, seq }: SignedPlace): VerifyingKey {
    const member = this.requireApproved(centerId);
    if (equalBytes(member.key.keyId, keyId)) return member.key;
    const before = member.previousKey;
    const isBefore =
      before !== undefined &&
      equalBytes(before.key.keyId, keyId) &&
      equalBytes(before.until.feedId, feedId) &&
      seq < BigInt(before.until.seq);
    if (isBefore) return before.key;
    throw new TributaryError(
      "ERR_KEY_UNKNOWN",
      `${centerId} has no valid key with the id that the batch names`,
      { messageZh: `${centerId} 没有该批次所声明的有效密钥` },
    );
  }

  /** The member's current key, whatever its state, if it has this id: with it a member asks for its state. */
  keyOf(centerId: string, keyId: Uint8Array): VerifyingKey | undefined {
    const key = this.#members.get(centerId)?.key;
    return key !== undefined && equalBytes(key.keyId, keyId) ? key : undefined;
  }

  /**
   * The member after a change. Nothing is changed yet.
   *
   * @throws {TributaryError} `ERR_KEY_MALFORMED`, `ERR_KEY_WEAK`; `ERR_MEMBER_UNKNOWN` if the change brings no key and the
   * center is not a member.
   */
  async after(change: MembershipChange, atMs: number): Promise<Member> {
    const { centerId, state, reason, actor } = change;
    const before = this.#members.get(centerId);
    const common = {
      centerId,
      centerName: change.centerName || before?.centerName || centerId,
      state,
      reason,
      actor,
      sinceMs: before?.state === state ? before.sinceMs : atMs,
    };
    if (change.publicKey.length === 0) {
      const { key, previousKey, recoveryPublicKey, checkCode } = before ?? this.require(centerId);
      return { ...common, key, previousKey, recoveryPublicKey, checkCode };
    }
    const { publicKey, recoveryPublicKey } = change;
    const key = await importVerifyingKey(publicKey);
    return {
      ...common,
      key,
      previousKey: previousKeyAfter(change, key, before),
      recoveryPublicKey,
      checkCode: joinCheckCode({
        hubOrigin: this.#hubOrigin,
        centerId,
        publicKey,
        recoveryPublicKey,
      }),
    };
  }

  /** Replaces a member; returns how to take that back. */
  set(member: Member): () => void {
    const before = this.#members.get(member.centerId);
    this.#members.set(member.centerId, member);
    return () => {
      if (before === undefined) this.#members.delete(member.centerId);
      else this.#members.set(member.centerId, before);
    };
  }
}

/**
 * True if a change ends the center's open feed, so that what comes next begins with a snapshot: its key is lost or no
 * longer trusted, or the center left.
 */
export function endsFeed({ state, authorization, previousKeyFeed }: MembershipChange): boolean {
  const isWithoutOverlap = authorization !== "" && previousKeyFeed.length === 0;
  return state === "revoked" || state === "left" || isWithoutOverlap;
}

/** The fact by which a start finds a membership entry. */
export function membershipFact(position: number): readonly [name: string, value: Uint8Array] {
  return [`${FACT}${position.toString(16).padStart(16, "0")}`, new Uint8Array()];
}
