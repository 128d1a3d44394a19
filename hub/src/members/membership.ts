/**
 * How a center becomes a member, changes its key, and is decided about. Every change is an entry of the log.
 *
 * @module
 */

import {
  type Clock,
  decodeMembershipChange,
  encodeMembershipChange,
  equalBytes,
  type FeedPlace,
  importVerifyingKey,
  isTributaryError,
  type JoinStatement,
  type MemberState,
  type MembershipChangeInput,
  parseIdentifier,
  type RotateAnswer,
  sha256Text,
  TributaryError,
  toBase64Url,
  toHex,
  verifyAuthorization,
  verifyJoinProof,
} from "@tributary/proto";
import { type FeedState, type FeedTable, feedFact } from "../ingest/feed-table.ts";
import type { CommittedEntry, MerkleLog } from "../log/merkle-log.ts";
import type { HubEvents } from "../ports/hub-events.ts";
import type { Invitation, InvitationStore } from "../ports/invitation-store.ts";
import { type Challenge, Challenges } from "./challenges.ts";
import { endsFeed, type Member, type MemberRegistry, membershipFact } from "./registry.ts";

export interface MembershipOptions {
  readonly log: MerkleLog;
  readonly registry: MemberRegistry;
  /** The feeds of the hub: some changes end one. */
  readonly feeds: FeedTable;
  readonly invitations: InvitationStore;
  readonly hubOrigin: string;
  readonly events: HubEvents;
  readonly clock: Clock;
  /** Cryptographic random bytes. */
  readonly random: (length: number) => Uint8Array;
}

/** What an operator invites. */
export interface InvitationRequest {
  readonly centerId: string;
  readonly centerName: string;
  /** 1 to 604,800; 0 means 86,400. */
  readonly validForSeconds: number;
  /** Whether the join needs no further approval. */
  readonly isPreapproved: boolean;
}

/** What a center sends to join. All of it attacker-controlled. */
export interface JoinRequest {
  readonly centerId: string;
  readonly invitationSecret: string;
  readonly publicKey: Uint8Array;
  readonly recoveryPublicKey: Uint8Array;
  /** Compact JWS by the new key, over the challenge. */
  readonly proofOfPossession: string;
}

/** What a center sends to change its key. All of it attacker-controlled. */
export interface RotateRequest {
  readonly centerId: string;
  readonly publicKey: Uint8Array;
  /** Compact JWS by the new key, over the challenge. */
  readonly proofOfPossession: string;
  /** Compact JWS by the current or the recovery key, over the same statement. */
  readonly authorization: string;
  /** Feed in which the current key stays valid, 16 bytes; empty: it ends, and with it the open feed. */
  readonly previousKeyFeed: Uint8Array;
  readonly previousKeyBeforeSeq: number;
}

/** What a center sends for a certificate. All of it attacker-controlled. */
export interface CertificateRequest {
  readonly centerId: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly tlsPublicKey: Uint8Array;
  /** Compact JWS by the current key over the challenge. */
  readonly authorization: string;
}

/** What an operator decides. */
export interface Decision {
  readonly centerId: string;
  readonly state: MemberState;
  /** Shown to the center. */
  readonly reason: string;
  /** Name of the operator. */
  readonly actor: string;
  /** With revoked: position from which on no batch of the center is believed; 0 when all before stay. */
  readonly distrustedFrom: number;
}

const DEFAULT_VALIDITY_S = 86_400;
const MAX_VALIDITY_S = 7 * 86_400;
const MAX_OPEN_INVITATIONS = 10_000;

/** Which decisions an operator can make from which state. */
const DECISIONS: Readonly<Record<MemberState, readonly MemberState[]>> = {
  pending: ["approved", "rejected"],
  approved: ["suspended", "revoked"],
  rejected: ["approved"],
  suspended: ["approved", "revoked"],
  revoked: [],
  left: [],
};

/** Decisions that a center has a right to hear the reason of. */
const NEEDS_REASON: ReadonlySet<MemberState> = new Set(["rejected", "suspended", "revoked"]);

/** One owner; changes are made one after the other. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #challenges: Challenges;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#challenges = new Challenges(options.clock, options.random);
  }

  /**
   * Makes an invitation.
   *
   * @returns The secret, 32 random bytes as base64url, which is not kept.
   * @throws {TributaryError} `ERR_IDENTIFIER_INVALID`, `ERR_ARGUMENT_INVALID`.
   */
  invite(
    request: InvitationRequest,
  ): Promise<{ readonly secret: string; readonly expiresAtMs: number }> {
    const { clock, random, invitations } = this.#options;
    return this.#inTurn(async () => {
      const centerId = parseIdentifier(request.centerId);
      const validForSeconds = request.validForSeconds || DEFAULT_VALIDITY_S;
      if (validForSeconds > MAX_VALIDITY_S) {
        throw invalid(
          `an invitation is good for at most ${MAX_VALIDITY_S} s`,
          `邀请有效期最长 ${MAX_VALIDITY_S} 秒`,
        );
      }
      if (request.centerName.trim() === "" || request.centerName.length > 200) {
        throw invalid(
          "a center needs a name of 1 to 200 characters",
          "中心名称须为 1 至 200 个字符",
        );
      }
      const secret = toBase64Url(random(32));
      const expiresAtMs = clock.now() + validForSeconds * 1_000;
      const open = (await this.#openInvitations()).filter((i) => i.centerId !== centerId);
      if (open.length >= MAX_OPEN_INVITATIONS) {
        throw invalid(`${MAX_OPEN_INVITATIONS} invitations are open`, "未使用的邀请过多");
      }
      const invitation: Invitation = {
        secretHash: hashOf(secret),
        centerId,
        centerName: request.centerName.trim(),
        expiresAtMs,
        isPreapproved: request.isPreapproved,
      };
      await invitations.write([...open, invitation]);
      return { secret, expiresAtMs };
    });
  }

  /** A challenge for a join or a rotation. @throws {TributaryError} `ERR_IDENTIFIER_INVALID`. */
  challenge(centerId: string): Challenge {
    return this.#challenges.issue(parseIdentifier(centerId));
  }

  /**
   * Exchanges an invitation and a proof of possession for a membership. The same join by the same key again, after an
   * answer was lost, answers the member as it is.
   *
   * @throws {TributaryError} `ERR_INVITATION_INVALID`, `ERR_CHALLENGE_INVALID`, `ERR_KEY_MALFORMED`, `ERR_KEY_WEAK`,
   * `ERR_JOIN_PROOF`.
   */
  join(request: JoinRequest): Promise<Member> {
    const { registry, invitations } = this.#options;
    const { centerId, publicKey, recoveryPublicKey, proofOfPossession } = request;
    return this.#inTurn(async () => {
      await this.#requireProof(request, recoveryPublicKey);
      const known = registry.get(centerId);
      if (known !== undefined && toHex(known.key.publicKey) === toHex(publicKey)) return known;
      const open = await this.#openInvitations();
      const secretHash = hashOf(request.invitationSecret);
      const invitation = open.find((i) => i.secretHash === secretHash && i.centerId === centerId);
      if (invitation === undefined) {
        throw new TributaryError(
          "ERR_INVITATION_INVALID",
          "the invitation is unknown, used, too old or for another center; ask the hub's operator for a new one",
          { messageZh: "邀请不存在、已使用、已过期或属于其他中心，请向枢纽运营人员索取新的邀请" },
        );
      }
      // Used before it has its effect: a crash in between costs a new invitation, never a second member.
      await invitations.write(open.filter((i) => i !== invitation));
      try {
        const { member } = await this.#change({
          centerId,
          state: invitation.isPreapproved ? "approved" : "pending",
          publicKey,
          recoveryPublicKey,
          actor: centerId,
          reason: "",
          proofOfPossession,
          centerName: invitation.centerName,
        });
        return member;
      } catch (error) {
        if (isTributaryError(error, "ERR_STORE_FULL")) await invitations.write(open);
        throw error;
      }
    });
  }

  /**
   * Replaces the key of a member. The same rotation to the same key again, after an answer was lost, answers what holds.
   *
   * @throws {TributaryError} `ERR_MEMBER_UNKNOWN`, `ERR_MEMBER_STATE`, `ERR_CHALLENGE_INVALID`, `ERR_KEY_WEAK`,
   * `ERR_JOIN_PROOF`, `ERR_ARGUMENT_INVALID`.
   */
  rotate(request: RotateRequest): Promise<RotateAnswer> {
    const { registry } = this.#options;
    const { centerId, publicKey, proofOfPossession, authorization } = request;
    const { previousKeyFeed, previousKeyBeforeSeq } = request;
    return this.#inTurn(async () => {
      const member = registry.require(centerId);
      if (member.state !== "approved" && member.state !== "pending") {
        throw stateRefusal(member, "it can change its key when it is pending or approved");
      }
      const { recoveryPublicKey } = member;
      const until = previousKeyUntil(request);
      const statement = await this.#requireProof(request, recoveryPublicKey, until);
      if (equalBytes(member.key.publicKey, publicKey)) return this.#rotated(member);
      await verifyAuthorization("rotate", authorization, member, statement);
      const { entry } = await this.#change({
        centerId,
        state: member.state,
        publicKey,
        recoveryPublicKey,
        actor: centerId,
        reason: "",
        proofOfPossession,
        centerName: "",
        authorization,
        previousKeyFeed,
        previousKeyBeforeSeq,
      });
      return { validFromPosition: entry.position, previousKeyFeed, previousKeyBeforeSeq };
    });
  }

  /**
   * The member whose current key asks for a certificate of a key for TLS. Uses up its challenge.
   *
   * @throws {TributaryError} `ERR_MEMBER_UNKNOWN`, `ERR_CHALLENGE_INVALID`, `ERR_JOIN_PROOF`; `ERR_MEMBER_STATE` if it is
   * neither pending nor approved.
   */
  async requireHolder({
    centerId,
    tlsPublicKey,
    authorization,
  }: CertificateRequest): Promise<Member> {
    const { registry, hubOrigin } = this.#options;
    const member = registry.require(centerId);
    const challenge = this.#challenges.use(centerId);
    const statement = {
      hubOrigin,
      centerId,
      publicKey: member.key.publicKey,
      recoveryPublicKey: EMPTY,
      challenge,
      tlsPublicKey,
    };
    await verifyJoinProof("certificate", authorization, member.key, statement);
    if (member.state === "approved" || member.state === "pending") return member;
    throw stateRefusal(member, "it gets a certificate when it is pending or approved");
  }

  /**
   * Ends a membership at the wish of its center, whose current or recovery key signs it. Again, it answers what holds.
   *
   * @returns Position in the log of the entry that says so.
   * @throws {TributaryError} `ERR_MEMBER_UNKNOWN`, `ERR_CHALLENGE_INVALID`, `ERR_JOIN_PROOF`; `ERR_MEMBER_STATE` if it was
   * revoked.
   */
  leave(centerId: string, authorization: string): Promise<number> {
    const { registry, invitations, hubOrigin } = this.#options;
    return this.#inTurn(async () => {
      const member = registry.require(centerId);
      const { publicKey } = member.key;
      const { recoveryPublicKey } = member;
      const challenge = this.#challenges.use(centerId);
      const statement = { hubOrigin, centerId, publicKey, recoveryPublicKey, challenge };
      await verifyAuthorization("leave", authorization, member, statement);
      if (member.state === "left") return this.#leftAt(centerId);
      if (member.state === "revoked") throw stateRefusal(member, "its keys say nothing any more");
      const open = await this.#openInvitations();
      await invitations.write(open.filter((invitation) => invitation.centerId !== centerId));
      const { entry } = await this.#change({
        centerId,
        state: "left",
        publicKey: EMPTY,
        recoveryPublicKey: EMPTY,
        actor: centerId,
        reason: "",
        proofOfPossession: authorization,
        centerName: "",
      });
      return entry.position;
    });
  }

  #leftAt(centerId: string): number {
    const decisions = this.#options.registry.decisionsOf(centerId);
    return decisions.findLast(({ state }) => state === "left")?.position as number;
  }

  /** What holds of a key that is the member's already. */
  #rotated({ centerId, key, previousKey }: Member): RotateAnswer {
    const decisions = this.#options.registry.decisionsOf(centerId);
    return {
      validFromPosition: decisions.find(({ keyId }) => equalBytes(keyId, key.keyId))?.position ?? 0,
      previousKeyFeed: previousKey?.until.feedId ?? EMPTY,
      previousKeyBeforeSeq: previousKey?.until.seq ?? 0,
    };
  }

  /**
   * Decides about a member.
   *
   * @returns Position in the log of the decision.
   * @throws {TributaryError} `ERR_MEMBER_UNKNOWN`; `ERR_MEMBER_STATE` if the member is not in a state for it;
   * `ERR_ARGUMENT_INVALID` if a reason is missing or longer than 1,000 characters, or a position is not of the log.
   */
  decide({ centerId, state, reason, actor, distrustedFrom }: Decision): Promise<number> {
    return this.#inTurn(async () => {
      const member = this.#options.registry.require(centerId);
      if (!DECISIONS[member.state].includes(state)) {
        const allowed = DECISIONS[member.state].join(", ") || "nothing";
        throw stateRefusal(member, `from there it can become: ${allowed}`);
      }
      if ((NEEDS_REASON.has(state) && reason.trim() === "") || reason.length > 1_000) {
        throw invalid(
          `${state} needs a reason of 1 to 1,000 characters, which the center sees`,
          `${state} 须填写 1 至 1,000 字的理由，该理由对中心可见`,
        );
      }
      const isPosition = distrustedFrom >= 0 && distrustedFrom < this.#options.log.size;
      if (!isPosition || (distrustedFrom > 0 && state !== "revoked")) {
        throw invalid(
          `batches are distrusted with a revocation, from a position of the log on (below ${this.#options.log.size}), not ${distrustedFrom}`,
          `仅撤销成员资格时可指定不再采信的日志起始位置（小于 ${this.#options.log.size}），收到 ${distrustedFrom}`,
        );
      }
      const { entry } = await this.#change({
        centerId,
        state,
        // The entry that approves carries the key: it alone proves from where on the key is valid.
        publicKey: state === "approved" ? member.key.publicKey : EMPTY,
        recoveryPublicKey: state === "approved" ? member.recoveryPublicKey : EMPTY,
        actor,
        reason: reason.trim(),
        proofOfPossession: "",
        centerName: "",
        distrustedFrom,
      });
      return entry.position;
    });
  }

  async #requireProof(
    request: {
      readonly centerId: string;
      readonly publicKey: Uint8Array;
      readonly proofOfPossession: string;
    },
    recoveryPublicKey: Uint8Array,
    previousKeyUntil?: FeedPlace,
  ): Promise<JoinStatement> {
    const centerId = parseIdentifier(request.centerId);
    const key = await importVerifyingKey(request.publicKey);
    await importVerifyingKey(recoveryPublicKey);
    const statement: JoinStatement = {
      hubOrigin: this.#options.hubOrigin,
      centerId,
      publicKey: request.publicKey,
      recoveryPublicKey,
      challenge: this.#challenges.use(centerId),
      previousKeyUntil,
    };
    await verifyJoinProof("join", request.proofOfPossession, key, statement);
    return statement;
  }

  async #change(
    input: MembershipChangeInput,
  ): Promise<{ readonly entry: CommittedEntry; readonly member: Member }> {
    const { log, registry, feeds, clock, events } = this.#options;
    const statement = encodeMembershipChange(input);
    const change = decodeMembershipChange(statement);
    const nowMs = clock.now();
    const member = await registry.after(change, nowMs);
    const open = endsFeed(change) ? feeds.get(change.centerId) : undefined;
    const ended: FeedState[] = open === undefined ? [] : [{ ...open, isOpen: false }];
    const undo: (() => void)[] = [];
    const committed = log.append({
      type: "membership",
      statement,
      facts: (position) => [membershipFact(position), ...ended.map(feedFact)],
      abandon: () => {
        for (const undoOne of undo.reverse()) undoOne();
      },
    });
    // At once, so that it holds for every batch that is appended behind it.
    undo.push(registry.set(member), ...ended.map((feed) => feeds.set(feed)));
    const entry = await committed;
    registry.noteDecision(change, entry.position, nowMs);
    events.memberChanged(member.centerId, member.state);
    return { entry, member };
  }

  async #openInvitations(): Promise<readonly Invitation[]> {
    const nowMs = this.#options.clock.now();
    return (await this.#options.invitations.read()).filter((i) => i.expiresAtMs > nowMs);
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }
}

const EMPTY = new Uint8Array();

function previousKeyUntil({
  previousKeyFeed,
  previousKeyBeforeSeq,
}: RotateRequest): FeedPlace | undefined {
  if (previousKeyFeed.length === 0) return undefined;
  if (previousKeyFeed.length !== 16) {
    throw invalid("the id of a feed has 16 bytes", "数据流标识须为 16 字节");
  }
  return { feedId: previousKeyFeed, seq: previousKeyBeforeSeq };
}

/** The secret has 256 random bits: a plain hash hides it, and needs no salt. */
function hashOf(secret: string): string {
  return toHex(sha256Text(secret));
}

function stateRefusal({ centerId, state }: Member, what: string): TributaryError {
  return new TributaryError(
    "ERR_MEMBER_STATE",
    `the membership of ${centerId} is ${state}; ${what}`,
    { messageZh: `${centerId} 的成员状态为 ${state}，不能执行此操作`, details: { state } },
  );
}

function invalid(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh });
}
