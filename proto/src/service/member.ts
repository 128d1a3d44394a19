/**
 * What centers, operators and the hub say to each other about memberships.
 *
 * @see ../../tributary/v1/member_service.proto and admin_service.proto
 * @module
 */

import {
  CreateInvitationRequestSchema,
  CreateInvitationResponseSchema,
  GetHubStatusResponseSchema,
  MemberSchema,
  SetMemberStateRequestSchema,
} from "../gen/tributary/v1/admin_service_pb.ts";
import {
  GetStatusResponseSchema,
  JoinRequestSchema,
  JoinResponseSchema,
  RequestChallengeResponseSchema,
  RotateRequestSchema,
} from "../gen/tributary/v1/member_service_pb.ts";
import type { MemberState } from "../log/statement.ts";
import { type Codec, completeCodec } from "../plain.ts";

/** What a join or rotation must sign, and what the hub is. */
export interface Challenge {
  /** 32 random bytes; good for one use. */
  readonly challenge: Uint8Array;
  readonly expiresAtMs: number;
  readonly hubOrigin: string;
  /** The hub's checkpoint key, C2SP. */
  readonly hubVkey: string;
}

/** Asks for membership. Attacker-controlled until the proof is verified. */
export interface JoinRequestValue {
  readonly centerId: string;
  readonly invitationSecret: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 bytes. */
  readonly recoveryPublicKey: Uint8Array;
  /** See `signJoinProof`. */
  readonly proofOfPossession: string;
  readonly agentVersion: string;
}

/** The hub's answer to a join. */
export interface JoinAnswer {
  readonly state: MemberState;
  /** See `joinCheckCode`. */
  readonly checkCode: string;
}

/** Replaces a key. Attacker-controlled until both proofs are verified. */
export interface RotateRequestValue {
  readonly centerId: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** By the new key, kind `join`. */
  readonly proofOfPossession: string;
  /** By the current or the recovery key, kind `rotate`. */
  readonly authorization: string;
  /** Feed in which the current key stays valid, 16 bytes; empty: it ends, and with it the open feed. */
  readonly previousKeyFeed: Uint8Array;
  readonly previousKeyBeforeSeq: number;
}

/** The hub's answer to a rotation. */
export interface RotateAnswer {
  /** Position in the log from which the new key is valid. */
  readonly validFromPosition: number;
  /** As in the request, or as in an earlier one for the same key. */
  readonly previousKeyFeed: Uint8Array;
  readonly previousKeyBeforeSeq: number;
}

/** Ends a membership. Attacker-controlled until the proof is verified. */
export interface LeaveRequestValue {
  readonly centerId: string;
  /** By the current or the recovery key, kind `leave`. */
  readonly authorization: string;
  /** Whether the contents of the records stay in the log; otherwise they are erased. */
  readonly keepsContents: boolean;
}

/** The hub's answer to who left. */
export interface LeaveAnswer {
  readonly position: number;
  /** See `openOffboarding`. */
  readonly certificate: string;
}

/** Asks for a certificate. Attacker-controlled until the proof is verified. */
export interface IssueCertificateRequestValue {
  readonly centerId: string;
  /** SubjectPublicKeyInfo in DER, ECDSA on P-256. */
  readonly tlsPublicKey: Uint8Array;
  /** By the current key, kind `certificate`. */
  readonly authorization: string;
}

/** One change of a membership, as the log has it. */
export interface MembershipDecision {
  readonly position: number;
  readonly atMs: number;
  readonly state: MemberState;
  /** An operator's name, or the id of the center. */
  readonly actor: string;
  readonly reason: string;
  /** Of the key that it is about, 32 bytes; empty where it is about none. */
  readonly keyId: Uint8Array;
  /** With revoked: see `MembershipChange`. */
  readonly distrustedFrom: number;
}

/** The state of a membership, as its center sees it. */
export interface MembershipStatus {
  readonly state: MemberState;
  /** The operator's reason; may be empty. */
  readonly reason: string;
  readonly sinceMs: number;
  readonly actor: string;
  /** Oldest first; the newest 50. */
  readonly decisions: readonly MembershipDecision[];
}

/** An invitation to make. */
export interface InvitationRequest {
  readonly centerId: string;
  readonly centerName: string;
  /** 0 means 24 hours; at most 7 days. */
  readonly validForSeconds: number;
  /** Whether the join needs no further approval. */
  readonly preapproved: boolean;
}

/** An invitation; its code is shown once. */
export interface Invitation {
  readonly code: string;
  readonly expiresAtMs: number;
}

/** A member, as an operator sees it. */
export interface MemberView {
  readonly centerId: string;
  readonly centerName: string;
  readonly state: MemberState;
  /** The last decision's reason. */
  readonly reason: string;
  readonly checkCode: string;
  readonly sinceMs: number;
  /** 0 means never. */
  readonly lastSeenMs: number;
  readonly agentVersion: string;
  readonly nextSeq: number;
  readonly liveRecords: number;
  readonly quarantinedRecords: number;
  /** Why the feed is paused; empty when it is open. */
  readonly pausedCode: string;
  /** The key with which the center signs; 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A state to set: approved, rejected, suspended or revoked. */
export interface MemberStateChange {
  readonly centerId: string;
  readonly state: MemberState;
  /** Required but with approved; shown to the center. */
  readonly reason: string;
  /** With revoked: position from which on no batch of the center is believed; 0 when all before stay. */
  readonly distrustedFrom: number;
}

/** How the hub is. */
export interface HubStatus {
  /** Version of the software. */
  readonly version: string;
  readonly origin: string;
  readonly logSize: number;
  /** Log size up to which the catalog is folded. */
  readonly catalogSize: number;
  /** Log size up to which the index answers. */
  readonly indexSize: number;
  readonly records: readonly { readonly state: string; readonly count: number }[];
}

/** Between a challenge and its message. */
export const challengeCodec: Codec<Challenge, typeof RequestChallengeResponseSchema> =
  completeCodec<Challenge, typeof RequestChallengeResponseSchema>(RequestChallengeResponseSchema);
/** Between a join request and its message. */
export const joinRequestCodec: Codec<JoinRequestValue, typeof JoinRequestSchema> = completeCodec<
  JoinRequestValue,
  typeof JoinRequestSchema
>(JoinRequestSchema);
/** Between a join's answer and its message. */
export const joinAnswerCodec: Codec<JoinAnswer, typeof JoinResponseSchema> = completeCodec<
  JoinAnswer,
  typeof JoinResponseSchema
>(JoinResponseSchema);
/** Between a rotation and its message. */
export const rotateRequestCodec: Codec<RotateRequestValue, typeof RotateRequestSchema> =
  completeCodec<RotateRequestValue, typeof RotateRequestSchema>(RotateRequestSchema);
/** Between a membership's state and its message. */
export const membershipStatusCodec: Codec<MembershipStatus, typeof GetStatusResponseSchema> =
  completeCodec<MembershipStatus, typeof GetStatusResponseSchema>(GetStatusResponseSchema);
/** Between an invitation to make and its message. */
export const invitationRequestCodec: Codec<
  InvitationRequest,
  typeof CreateInvitationRequestSchema
> = completeCodec<InvitationRequest, typeof CreateInvitationRequestSchema>(
  CreateInvitationRequestSchema,
);
/** Between an invitation and its message. */
export const invitationCodec: Codec<Invitation, typeof CreateInvitationResponseSchema> =
  completeCodec<Invitation, typeof CreateInvitationResponseSchema>(CreateInvitationResponseSchema);
/** Between a member and its message. */
export const memberViewCodec: Codec<MemberView, typeof MemberSchema> = completeCodec<
  MemberView,
  typeof MemberSchema
>(MemberSchema);
/** Between a state to set and its message. */
export const memberStateChangeCodec: Codec<MemberStateChange, typeof SetMemberStateRequestSchema> =
  completeCodec<MemberStateChange, typeof SetMemberStateRequestSchema>(SetMemberStateRequestSchema);
/** Between the hub's state and its message. */
export const hubStatusCodec: Codec<HubStatus, typeof GetHubStatusResponseSchema> = completeCodec<
  HubStatus,
  typeof GetHubStatusResponseSchema
>(GetHubStatusResponseSchema);
