/**
 * A center objects to a decision of operators: an entry of the log, signed by the center.
 *
 * @module
 */

import { objectionIdOf, verifyObjection } from "@tributary/proto";
import { centerConcernedBy } from "../catalog/objection.ts";
import type { MemberRegistry } from "../members/registry.ts";
import { type DecisionLog, invalidArgument, noDecision, requireReason } from "./decision-log.ts";
import { requireKey } from "./require-key.ts";

export interface ObjectRequest {
  readonly centerId: string;
  readonly decisionId: string;
  readonly reason: string;
  /** Compact JWS. */
  readonly authorization: string;
}

export interface ObjectionOptions {
  readonly decisions: Pick<DecisionLog, "of" | "appendOnce">;
  readonly registry: Pick<MemberRegistry, "require">;
  readonly hubOrigin: string;
}

/** Verbs that no center objects to: what they undo or answer is what it may object to, or it said them itself. */
const NOT_OBJECTED_TO = new Set(["retract", "release", "object", "decline", "confirm"]);

export function createObjection({ decisions, registry, hubOrigin }: ObjectionOptions) {
  /**
   * Appends the objection. A center objects to a decision once.
   *
   * @throws {TributaryError} `ERR_NOT_FOUND` if no such decision concerns the center; `ERR_SIGNATURE`;
   * `ERR_ALREADY_EXISTS`; `ERR_ARGUMENT_INVALID`, `ERR_MEMBER_UNKNOWN`.
   */
  return async (request: ObjectRequest): Promise<{ readonly position: number }> => {
    const { centerId, decisionId, reason, authorization } = request;
    const target = await decisions.of(decisionId);
    const subjects = target.subjects.filter((subject) => centerConcernedBy(subject) === centerId);
    if (subjects.length === 0) throw noDecision(decisionId);
    if (NOT_OBJECTED_TO.has(target.action)) {
      throw invalidArgument(
        `nobody objects to ${target.action}; object to the decision itself`,
        `不能对 ${target.action} 提出异议，请对决定本身提出`,
      );
    }
    const action = "object";
    requireReason(action, reason, true);
    const { key } = registry.require(centerId);
    await verifyObjection(authorization, key, { hubOrigin, ...request });
    const about = { action, subjects, argument: decisionId, retracts: "" };
    const by = { decisionId: objectionIdOf(request), actor: centerId, reason, authorization };
    return decisions.appendOnce(
      { ...about, ...by },
      {
        en: `the center has objected to ${decisionId} before`,
        zh: `该中心已对 ${decisionId} 提出过异议`,
      },
      () => requireKey(registry.require(centerId), key),
    );
  };
}
