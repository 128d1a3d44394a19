/**
 * The member service.
 *
 * @module
 */

import type {
  Challenge,
  JoinAnswer,
  JoinRequestValue,
  MembershipStatus,
  RotateAnswer,
  RotateRequestValue,
} from "@tributary/proto";
import type { Membership } from "../members/membership.ts";
import type { PresenceBoard } from "../members/presence.ts";
import type { MemberRegistry } from "../members/registry.ts";

export interface MemberApiOptions {
  readonly membership: Membership;
  readonly registry: MemberRegistry;
  readonly presence: PresenceBoard;
  readonly hubOrigin: string;
  readonly hubVkey: string;
}

export function createMemberApi(options: MemberApiOptions) {
  const { membership, registry, presence, hubOrigin, hubVkey } = options;
  return {
    async requestChallenge(request: { readonly centerId: string }): Promise<Challenge> {
      return { ...membership.challenge(request.centerId), hubOrigin, hubVkey };
    },

    async join(request: JoinRequestValue): Promise<JoinAnswer> {
      const { state, checkCode, centerId } = await membership.join(request);
      presence.heard(centerId, { agentVersion: request.agentVersion });
      return { state, checkCode };
    },

    rotate(request: RotateRequestValue): Promise<RotateAnswer> {
      return membership.rotate(request);
    },

    async getStatus(request: { readonly centerId: string }): Promise<MembershipStatus> {
      const { state, reason, sinceMs, actor } = registry.require(request.centerId);
      const decisions = registry.decisionsOf(request.centerId);
      return { state, reason, sinceMs, actor, decisions };
    },
  };
}
