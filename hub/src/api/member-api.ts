/**
 * The member service.
 *
 * @module
 */

import type {
  Challenge,
  IssueCertificateRequestValue,
  JoinAnswer,
  JoinRequestValue,
  LeaveAnswer,
  LeaveRequestValue,
  MembershipStatus,
  RotateAnswer,
  RotateRequestValue,
} from "@tributary/proto";
import type { Membership } from "../members/membership.ts";
import type { PresenceBoard } from "../members/presence.ts";
import type { MemberRegistry } from "../members/registry.ts";
import type { CertificateIssuer } from "../ports/certificate-issuer.ts";
import type { Offboard } from "./offboard.ts";
import type { CallContext } from "./rpc.ts";

export interface MemberApiOptions {
  readonly membership: Membership;
  readonly registry: MemberRegistry;
  readonly presence: PresenceBoard;
  readonly hubOrigin: string;
  readonly hubVkey: string;
  readonly offboard: Offboard;
  readonly certificates: CertificateIssuer;
}

export function createMemberApi(options: MemberApiOptions) {
  const { membership, registry, presence, hubOrigin, hubVkey, offboard, certificates } = options;
  return {
    async requestChallenge(request: { readonly centerId: string }): Promise<Challenge> {
      return { ...membership.challenge(request.centerId), hubOrigin, hubVkey };
    },

    async join(request: JoinRequestValue): Promise<JoinAnswer> {
      const { state, checkCode, centerId } = await membership.join(request);
      presence.heard(centerId, { agentVersion: request.agentVersion });
      return { state, checkCode };
    },

    async issueCertificate(request: IssueCertificateRequestValue) {
      const { centerId, key } = await membership.requireHolder(request);
      const names = { centerId, keyId: key.keyId };
      return { certificate: await certificates.issue(names, request.tlsPublicKey) };
    },

    rotate(request: RotateRequestValue): Promise<RotateAnswer> {
      return membership.rotate(request);
    },

    async leave(request: LeaveRequestValue, { signal }: CallContext): Promise<LeaveAnswer> {
      const { centerId, authorization, keepsContents } = request;
      const position = await membership.leave(centerId, authorization);
      return {
        position,
        certificate: await offboard({ centerId, position, keepsContents }, signal),
      };
    },

    async getStatus(request: { readonly centerId: string }): Promise<MembershipStatus> {
      return membershipStatusOf(registry, request.centerId);
    },
  };
}

/** How a membership stands. @throws {TributaryError} `ERR_MEMBER_UNKNOWN`. */
export function membershipStatusOf(registry: MemberRegistry, centerId: string): MembershipStatus {
  const { state, reason, sinceMs, actor } = registry.require(centerId);
  return { state, reason, sinceMs, actor, decisions: registry.decisionsOf(centerId) };
}
