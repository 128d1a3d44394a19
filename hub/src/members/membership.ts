/**
 * How a center becomes a member, changes its key, and is decided about. Every change is an entry of the log.
 *
 * @module
 */

import {
  type Clock,
  encodeMembershipChange,
  importVerifyingKey,
  isTributaryError,
  type JoinStatement,
  type MemberState,
  type MembershipChange,
  parseIdentifier,
  sha256,
  TributaryError,
  toBase64Url,
  toHex,
  utf8,
  verifyJoinProof,
} from "@tributary/proto";
import type { CommittedEntry, MerkleLog } from "../log/merkle-log.ts";
import type { HubEvents } from "../ports/hub-events.ts";
import type { Invitation, InvitationStore } from "../ports/invitation-store.ts";
import { type Challenge, Challenges } from "./challenges.ts";
import { type Member, type MemberRegistry, membershipFact } from "./registry.ts";

export interface MembershipOptions {
  readonly log: MerkleLog;
  readonly registry: MemberRegistry;
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
   * Replaces the key of a member.
   *
   * @returns Position in the log from which the new key is valid.
   * @throws {TributaryError} `ERR_MEMBER_UNKNOWN`, `ERR_MEMBER_STATE`, `ERR_CHALLENGE_INVALID`, `ERR_KEY_WEAK`,
   * `ERR_JOIN_PROOF`.
   */
  rotate(request: RotateRequest): Promise<number> {
    const { registry } = this.#options;
    const { centerId, publicKey, proofOfPossession } = request;
    return this.#inTurn(async () => {
      const member = registry.require(centerId);
      if (member.state !== "approved" && member.state !== "pending") {
        throw stateRefusal(member, "it can change its key when it is pending or approved");
      }
      const statement = await this.#requireProof(request, member.recoveryPublicKey);
      await this.#requireAuthorization(request.authorization, member, statement);
      const { entry } = await this.#change({
        centerId,
        state: member.state,
        publicKey,
        recoveryPublicKey: member.recoveryPublicKey,
        actor: centerId,
        reason: "",
        proofOfPossession,
        centerName: "",
      });
      return entry.position;
    });
  }

  /**
   * Decides about a member.
   *
   * @returns Position in the log of the decision.
   * @throws {TributaryError} `ERR_MEMBER_UNKNOWN`; `ERR_MEMBER_STATE` if the member is not in a state for it;
   * `ERR_ARGUMENT_INVALID` if a reason is missing or longer than 1,000 characters.
   */
  decide(centerId: string, state: MemberState, reason: string, actor: string): Promise<number> {
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
    };
    await verifyJoinProof("join", request.proofOfPossession, key, statement);
    return statement;
  }

  async #requireAuthorization(
    authorization: string,
    member: Member,
    statement: JoinStatement,
  ): Promise<void> {
    try {
      await verifyJoinProof("rotate", authorization, member.key, statement);
    } catch (error) {
      if (!isTributaryError(error, "ERR_JOIN_PROOF")) throw error;
      const recovery = await importVerifyingKey(member.recoveryPublicKey);
      await verifyJoinProof("rotate", authorization, recovery, statement);
    }
  }

  async #change(
    change: MembershipChange,
  ): Promise<{ readonly entry: CommittedEntry; readonly member: Member }> {
    const { log, registry, clock, events } = this.#options;
    const member = await registry.after(change, clock.now());
    let undo = () => {};
    const committed = log.append({
      type: "membership",
      statement: encodeMembershipChange(change),
      facts: (position) => [membershipFact(position)],
      abandon: () => undo(),
    });
    // At once, so that it holds for every batch that is appended behind it.
    undo = registry.set(member);
    const entry = await committed;
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

/** The secret has 256 random bits: a plain hash hides it, and needs no salt. */
function hashOf(secret: string): string {
  return toHex(sha256(utf8(secret)));
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
